/** All sessions of this node, known or not yet: opens them, looks after their deadlines, sends them away at the end. */
import { CloseCode } from '../../miniprogram/protocol/errors.ts';
import type { Clock, Undo } from '../domain/ports.ts';
import type { Fanout } from './fanout.ts';
import type { Peer } from './peer.ts';
import type { Registry } from './registry.ts';
import { Session, type SessionDeps } from './session.ts';

export interface SessionsDeps {
  clock: Clock;
  heartbeatMs: number;
  maxRequests: number;
  maxBacklog: number;
  registry: Registry;
  fanout: Fanout;
}

/** Deadlines are kept to about this; a tenth of it where heartbeats are that short. */
const LOOK_EVERY_MS = 500;
/** Who comes sooner finds nobody: a server takes that long to end and to start, and a try that failed costs more. */
const LEAST_PAUSE_MS = 1_000;
/** Sockets come back spread over half a millisecond each, so that a thousand phones do not come in one instant. */
const SPREAD_PER_SOCKET_MS = 0.5;
const LEAST_SPREAD_MS = 500;
const MOST_SPREAD_MS = 2_000;
const RESTARTING = 'server restarting';

export class Sessions {
  readonly #deps: SessionsDeps;
  /** Of each session, the same for all. */
  readonly #each: SessionDeps;
  readonly #all = new Set<Session>();
  readonly #lookEveryMs: number;
  readonly #undo: Undo;
  /** Monotonic ms of the last look. */
  #looked: number;
  /** Those that hold; null: none has ever been withdrawn. */
  #kids: ReadonlySet<string> | null = null;

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
    this.#each = { ...deps, onClosed: (session) => this.#closed(session) };
    this.#lookEveryMs = Math.min(LOOK_EVERY_MS, deps.heartbeatMs / 4);
    this.#looked = deps.clock.monotonic();
    this.#undo = deps.clock.every(this.#lookEveryMs, () => this.#look());
  }

  get size(): number {
    return this.#all.size;
  }

  open(peer: Peer): Session {
    const session = new Session(peer, this.#each);
    this.#all.add(session);
    return session;
  }

  #closed(session: Session): void {
    const { registry, fanout } = this.#deps;
    fanout.leaveAll(session);
    if (session.user) registry.remove(session.user.id, session);
    this.#all.delete(session);
  }

  #look(): void {
    const since = this.#deps.clock.monotonic() - this.#looked;
    this.#looked += since;
    // This process stood still. What clients said meanwhile is read before anybody is called silent.
    if (since > 2 * this.#lookEveryMs) return;
    for (const session of this.#all) {
      session.tick();
      // Asked each time: a hello that was proved by a key may be answered after the key has gone.
      if (this.#isWithdrawn(session))
        session.hangUp(CloseCode.UNAUTHORIZED, 'the key of its token was withdrawn');
    }
  }

  #isWithdrawn({ kid }: Session): boolean {
    return this.#kids !== null && kid !== undefined && !this.#kids.has(kid);
  }

  /** From the next look on only sessions of these keys stay. */
  keepKeys(kids: readonly string[]): void {
    this.#kids = new Set(kids);
  }

  /** Tells all that the server restarts, and each when to come back. */
  bye(): void {
    this.#undo();
    const spread = Math.min(MOST_SPREAD_MS, Math.max(LEAST_SPREAD_MS, this.#all.size * SPREAD_PER_SOCKET_MS));
    for (const session of this.#all) {
      session.bye(CloseCode.RESTARTING, RESTARTING, Math.round(LEAST_PAUSE_MS + Math.random() * spread));
    }
  }

  hangUpAll(): void {
    for (const session of [...this.#all]) session.hangUp(CloseCode.RESTARTING, RESTARTING);
  }
}
