/**
 * One connection: who it is, whether it is alive, which of its requests are open. A session promises exactly one
 * reply to every request and says why before it hangs up. It never decides what a request may do.
 */
import { CloseCode, ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { Pushes, ReplyBody, Op } from '../../miniprogram/protocol/frames.ts';
import { HELLO_DEADLINE_MS, REPLY_DEADLINE_MS } from '../../miniprogram/protocol/limits.ts';
import type { RoomId, User } from '../../miniprogram/protocol/objects.ts';
import type { Clock } from '../domain/ports.ts';
import { Refusal } from '../outcome.ts';
import { errorFrame, pushFrame, replyFrame } from './frames.ts';
import type { Peer } from './peer.ts';

/** Who speaks on a socket, and until when that is proven. */
export interface Identified {
  user: User;
  sid: string;
  /** The key that proves it. */
  kid?: string;
  /** Wall-clock ms. */
  expiresAt: number;
}

/** What else a goodbye says: how long to stay away, in ms, or until when. */
export interface Farewell {
  retryAfterMs?: number;
  until?: number;
}

type State =
  /** Nothing was said yet. `since`: monotonic ms. */
  | { name: 'silent'; since: number }
  /** The hello is being answered; what comes meanwhile waits, in order. `who`: once the token has told. */
  | { name: 'greeting'; waiting: (() => void)[]; who?: Identified }
  | ({ name: 'live' } & Identified)
  | { name: 'closed' };

export interface SessionDeps {
  clock: Clock;
  heartbeatMs: number;
  maxRequests: number;
  /** Bytes that may wait for a slow reader when the session is looked at. */
  maxBacklog: number;
  onClosed: (session: Session) => void;
}

/** A token's end may be passed by this long without the socket being closed; nothing is accepted meanwhile. */
const RENEWAL_GRACE_MS = 20_000;
/** A close frame holds a reason of so many bytes (RFC 6455 §5.5). */
const REASON_BYTES = 123;
/** Catching up pauses while more than this waits in the socket. */
const PACE_BYTES = 128 * 1024;

export class Session {
  readonly peer: Peer;
  /** The rooms it hears or is about to hear. */
  readonly rooms = new Set<RoomId>();
  readonly #deps: SessionDeps;
  #state: State;
  /** Monotonic ms of the last frame. */
  #heard: number;
  /** Request id → when its reply is due, monotonic ms. */
  readonly #open = new Map<number, number>();
  #onDrained: (() => void)[] = [];
  #saidBye = false;

  constructor(peer: Peer, deps: SessionDeps) {
    this.peer = peer;
    this.#deps = deps;
    this.#heard = deps.clock.monotonic();
    this.#state = { name: 'silent', since: this.#heard };
  }

  get state(): State['name'] {
    return this.#state.name;
  }

  get isClosed(): boolean {
    return this.#state.name === 'closed';
  }

  get user(): User | undefined {
    return this.#who?.user;
  }

  get sid(): string | undefined {
    return this.#who?.sid;
  }

  get kid(): string | undefined {
    return this.#who?.kid;
  }

  get #who(): Identified | undefined {
    if (this.#state.name === 'live') return this.#state;
    return this.#state.name === 'greeting' ? this.#state.who : undefined;
  }

  /** The token has run out: nothing is accepted until it is renewed. */
  get isExpired(): boolean {
    return this.#state.name === 'live' && this.#state.expiresAt <= this.#deps.clock.now();
  }

  /** @throws Refusal UNAUTHORIZED where the token has run out */
  mustBeValid(): void {
    if (this.isExpired) {
      throw new Refusal(ErrorCode.UNAUTHORIZED, 'the token has expired; renew it with session.renew');
    }
  }

  /** Any frame proves life. */
  heard(): void {
    this.#heard = this.#deps.clock.monotonic();
  }

  startGreeting(): void {
    if (this.#state.name !== 'silent')
      throw new Refusal(ErrorCode.BAD_REQUEST, 'op: session.hello was said before');
    this.#state = { name: 'greeting', waiting: [] };
  }

  /** While the hello is being answered, what comes after it waits its turn; false where nobody need wait. */
  defer(job: () => void): boolean {
    if (this.#state.name !== 'greeting') return false;
    this.#state.waiting.push(job);
    return true;
  }

  /** The hello was refused in a way that the client can mend on this socket. */
  abandonGreeting(): void {
    if (this.#state.name === 'greeting') this.#state = { name: 'silent', since: this.#heard };
  }

  identify(who: Identified): void {
    if (this.#state.name === 'greeting') this.#state.who = who;
  }

  /** The hello was answered: what waited for it gets its turn. */
  goLive(): void {
    if (this.#state.name !== 'greeting' || !this.#state.who) return;
    const { waiting, who } = this.#state;
    this.#state = { name: 'live', ...who };
    for (const job of waiting) job();
  }

  renew({ user, sid, kid, expiresAt }: Identified): void {
    if (this.#state.name !== 'live') return;
    if (user.id !== this.#state.user.id)
      throw new Refusal(ErrorCode.UNAUTHORIZED, 'token: is of another user');
    this.#state = { name: 'live', user, sid, ...(kid !== undefined && { kid }), expiresAt };
  }

  /** Takes note of a request; throws where its id is in use or too many are open. */
  begin(id: number): void {
    if (this.#open.has(id)) throw new Refusal(ErrorCode.BAD_REQUEST, `id: request ${id} is still open`);
    const { maxRequests, clock } = this.#deps;
    if (this.#open.size >= maxRequests) {
      throw new Refusal(
        ErrorCode.RATE_LIMITED,
        `at most ${maxRequests} requests may be open on a socket`,
        1_000,
      );
    }
    this.#open.set(id, clock.monotonic() + REPLY_DEADLINE_MS);
  }

  reply<O extends Op>(id: number, body: ReplyBody<O>): void {
    if (this.#open.delete(id)) this.#answer(replyFrame(id, body));
  }

  /** Answers an open request. */
  refuse(id: number, refusal: Refusal): void {
    if (this.#open.delete(id)) this.#answer(errorFrame(id, refusal.toBody()));
  }

  /** Answers all that is open alike: the hello that it waited for has come to nothing. */
  refuseOpen(refusal: Refusal): void {
    for (const id of [...this.#open.keys()]) this.refuse(id, refusal);
  }

  /** Answers what never became a request; the one of the same id that may be open is not touched. */
  reject(id: number, refusal: Refusal): void {
    this.#answer(errorFrame(id, refusal.toBody()));
  }

  push<P extends keyof Pushes>(op: P, body: Pushes[P]): void {
    if (!this.isClosed) this.peer.send(pushFrame(op, body));
  }

  /** Resolves when the reader has taken most of what was sent. */
  drained(): Promise<void> {
    if (this.isClosed || this.peer.buffered() <= PACE_BYTES) return Promise.resolve();
    return new Promise((resolve) => this.#onDrained.push(resolve));
  }

  onDrain(): void {
    if (this.peer.buffered() <= PACE_BYTES) for (const resolve of this.#onDrained.splice(0)) resolve();
  }

  /** Looks after deadlines; called about twice a second. */
  tick(): void {
    const state = this.#state;
    if (state.name === 'closed') return;
    const { clock, heartbeatMs, maxBacklog } = this.#deps;
    const now = clock.monotonic();
    const wasLate = this.#refuseLate(now);
    if (state.name === 'greeting' && wasLate) {
      // The hello was told that it failed: it must not succeed now.
      return this.hangUp(CloseCode.RESTARTING, 'no answer to session.hello in time', 1_000);
    }
    if (state.name === 'silent') {
      // It cannot know the heartbeat yet, which may be shorter.
      if (now - state.since >= HELLO_DEADLINE_MS) this.hangUp(CloseCode.SILENT, 'no session.hello in time');
      return;
    }
    if (now - this.#heard >= 2 * heartbeatMs) return this.hangUp(CloseCode.SILENT, 'silent too long');
    if (state.name === 'live' && clock.now() - state.expiresAt >= RENEWAL_GRACE_MS) {
      return this.hangUp(CloseCode.UNAUTHORIZED, 'the token has expired');
    }
    if (this.peer.buffered() > maxBacklog) this.hangUp(CloseCode.TOO_SLOW, 'reader too slow');
  }

  /** @returns whether there were any */
  #refuseLate(now: number): boolean {
    const late = [...this.#open].filter(([, due]) => due <= now);
    for (const [id] of late) {
      this.refuse(id, new Refusal(ErrorCode.TIMEOUT, 'no answer in time; send again with the same cid'));
    }
    return late.length > 0;
  }

  /** Says that, and why, the socket is about to close; once. */
  bye(code: number, reason: string, more?: number | Farewell): void {
    if (this.#saidBye) return;
    this.#saidBye = true;
    const { retryAfterMs, until } = typeof more === 'object' ? more : { retryAfterMs: more };
    this.push('session.bye', {
      code,
      reason,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(until !== undefined && { until }),
    });
  }

  /** Says why, then closes. */
  hangUp(code: number, reason: string, more?: number | Farewell): void {
    if (this.isClosed) return;
    this.bye(code, reason, more);
    this.peer.end(code, fitting(reason));
    this.closed();
  }

  /** The socket is gone. */
  closed(): void {
    if (this.isClosed) return;
    // Told while it still knows who it was.
    this.#deps.onClosed(this);
    this.#state = { name: 'closed' };
    this.#open.clear();
    for (const resolve of this.#onDrained.splice(0)) resolve();
  }

  #answer(frame: string): void {
    if (!this.isClosed) this.peer.sendSoon(frame);
  }
}

/** As much of it as fits, in whole characters. */
const fitting = (reason: string): string =>
  reason.slice(0, new TextEncoder().encodeInto(reason, new Uint8Array(REASON_BYTES)).read);
