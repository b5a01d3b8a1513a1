/**
 * The sessions of this node by user: at most so many a user, the oldest goes when one more comes. Listens to the
 * bus for what concerns a user while that user has a session here.
 */
import { CloseCode } from '../../miniprogram/protocol/errors.ts';
import type { UserId } from '../../miniprogram/protocol/objects.ts';
import type { Bus, BusMessage, Undo } from '../domain/ports.ts';
import type { Session } from './session.ts';

export interface RegistryDeps {
  bus: Bus;
  subjectOf: (user: UserId) => string;
  maxSessions: number;
  /** What the bus brings for a user, but for hangups, which the registry carries out itself. */
  onMessage: (session: Session, message: BusMessage) => void;
  /** The user's first session came, or the last one went. */
  onFirst: (user: UserId) => void;
  onLast: (user: UserId) => void;
}

interface Present {
  /** In the order of arrival. */
  sessions: Set<Session>;
  undo: Undo;
}

export class Registry {
  readonly #deps: RegistryDeps;
  readonly #users = new Map<UserId, Present>();

  constructor(deps: RegistryDeps) {
    this.#deps = deps;
  }

  /** Users who have a session here. */
  get size(): number {
    return this.#users.size;
  }

  isOnline(user: UserId): boolean {
    return this.#users.has(user);
  }

  /** Those who have a session here. */
  users(): UserId[] {
    return [...this.#users.keys()];
  }

  add(user: UserId, session: Session): void {
    const present = this.#users.get(user);
    if (present) {
      present.sessions.add(session);
      if (present.sessions.size > this.#deps.maxSessions) {
        const [oldest] = present.sessions;
        oldest?.hangUp(CloseCode.TOO_MANY_SOCKETS, 'another device of this user took the place');
      }
      return;
    }
    const undo = this.#deps.bus.subscribe(this.#deps.subjectOf(user), (message) => this.#hear(user, message));
    this.#users.set(user, { sessions: new Set([session]), undo });
    this.#deps.onFirst(user);
  }

  remove(user: UserId, session: Session): void {
    const present = this.#users.get(user);
    if (!present?.sessions.delete(session) || present.sessions.size > 0) return;
    present.undo();
    this.#users.delete(user);
    this.#deps.onLast(user);
  }

  /** The user's sessions on this node; they may come and go meanwhile. */
  of(user: UserId): Session[] {
    return [...(this.#users.get(user)?.sessions ?? [])];
  }

  #hear(user: UserId, message: BusMessage): void {
    for (const session of this.of(user)) {
      if (message.type !== 'hangup') this.#deps.onMessage(session, message);
      else if (message.sid === undefined || message.sid === session.sid) {
        session.hangUp(message.closeCode, message.reason);
      }
    }
  }
}
