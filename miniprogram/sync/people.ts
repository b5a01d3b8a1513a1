/**
 * Owns the names and pictures of everybody met. Asks the server for those that are needed and not known, many at
 * once, and once for each connection, so that a changed name is seen after the next one at the latest.
 */
import type { Clock, Undo } from '../net/clock';
import type { SysBody, User, UserId } from '../protocol/objects';
import type { Cache } from './cache';
import type { View } from './view';

export interface PeoplePorts {
  view: View;
  clock: Clock;
  cache: Pick<Cache, 'read' | 'keep'>;
  get: (users: UserId[]) => Promise<{ users: User[] }>;
}

/** Beyond it those met first are forgotten; a room that shows them asks again. */
export const MAX_PEOPLE = 2_000;
/** Kept for the next start of the app. */
const MAX_KEPT = 300;
const GATHER_MS = 50;
const PER_REQUEST = 100;

export class People {
  readonly #ports: PeoplePorts;
  /** Told or asked over this connection; unknown ids, too, are asked only once. */
  readonly #asked = new Set<UserId>();
  #wanted = new Set<UserId>();
  #timer: Undo | null = null;
  #live = false;

  constructor(ports: PeoplePorts) {
    this.#ports = ports;
    const kept = ports.cache.read('people');
    if (Array.isArray(kept)) this.met(kept as User[]);
  }

  met(users: readonly User[]): void {
    const { view, cache } = this.#ports;
    for (const user of users) {
      this.#asked.add(user.id);
      const known = view.state.people[user.id];
      if (known?.name === user.name && known.avatar === user.avatar) continue;
      view.put('people', user.id, user);
    }
    const ids = Object.keys(view.state.people);
    for (const id of ids.slice(0, -MAX_PEOPLE)) {
      view.remove('people', id);
      this.#asked.delete(id);
    }
    cache.keep('people', () => Object.values(view.state.people).slice(-MAX_KEPT));
  }

  /** Those who are named in these lines. */
  need(lines: readonly { from: UserId | ''; kind: string; body: object }[]): void {
    for (const { from, kind, body } of lines) {
      this.#want(from);
      if (kind === 'sys') namedIn(body as SysBody).forEach((user) => this.#want(user));
    }
    if (this.#live && this.#wanted.size > 0)
      this.#timer ??= this.#ports.clock.after(GATHER_MS, () => this.#ask());
  }

  start(): void {
    this.#live = true;
    this.#asked.clear();
    this.need([]);
  }

  stop(): void {
    this.#live = false;
    this.#timer?.();
    this.#timer = null;
  }

  #want(user: UserId | ''): void {
    if (user !== '' && !this.#asked.has(user) && this.#wanted.size < MAX_PEOPLE) this.#wanted.add(user);
  }

  #ask(): void {
    this.#timer = null;
    const ids = [...this.#wanted];
    this.#wanted = new Set();
    for (let start = 0; start < ids.length; start += PER_REQUEST) {
      const users = ids.slice(start, start + PER_REQUEST);
      users.forEach((user) => this.#asked.add(user));
      this.#ports.get(users).then(
        (reply) => this.met(reply.users),
        // Not known then; whoever needs them next asks again.
        () => users.forEach((user) => this.#asked.delete(user)),
      );
    }
  }
}

function namedIn(notice: SysBody): UserId[] {
  if ('users' in notice) return notice.users;
  return 'user' in notice ? [notice.user] : [];
}
