/**
 * Owns a socket between its greeting and its end: its requests, the proof that it is alive, and the renewal of its
 * token. Decides when it is dead and says so; what then happens is connection.ts's. All times are monotonic ms.
 */
import { ErrorCode } from '../protocol/errors';
import type { HelloReply, Op, Push, Pushes, ReplyBody, RequestBody, ServerFrame } from '../protocol/frames';
import { PROBE_LATE_MS, REPLY_LATE_MS } from '../protocol/limits';
import { ChatError } from './chat-error';
import type { Clock } from './clock';
import { Requests } from './requests';
import type { Socket } from './socket';
import type { Tokens } from './token';

export interface LivePorts {
  socket: Socket;
  clock: Clock;
  tokens: Pick<Tokens, 'refresh'>;
  pushed: (push: Push) => void;
  /** What `due` says has changed to something sooner. */
  hurried: () => void;
  /** The socket is dead or useless; nothing is done about it here. */
  dead: (reason: string) => void;
  /** There is no token to renew with, for good. */
  refused: (error: ChatError) => void;
}

/** An alarm so much too late was frozen with the app, or the phone stood still. */
const FROZEN_MS = 1_500;
const RENEW_AHEAD_MS = 60_000;
const RENEW_RETRY_MS = 5_000;

export class Live {
  readonly #ports: LivePorts;
  readonly #requests: Requests;
  readonly #heartbeatMs: number;
  readonly #since: number;
  /** Server time minus ours, both in ms. */
  readonly #aheadMs: number;
  #lastSent: number;
  #lastReceived: number;
  /** A ping that is owed its answer. Any frame gives it `lateMs` more; its answer alone, or a later ping's, ends it. */
  #probe: { id: number; lateMs: number; due: number } | null = null;
  #renewAt: number;
  #bye: Pushes['session.bye'] | null = null;
  #ended = false;

  constructor(ports: LivePorts, hello: HelloReply) {
    this.#ports = ports;
    const now = this.#now();
    this.#requests = new Requests(hello.limits.requests, (frame) => this.#write(frame));
    this.#heartbeatMs = hello.heartbeatMs;
    this.#since = now;
    this.#aheadMs = hello.serverTime - now;
    this.#lastSent = now;
    this.#lastReceived = now;
    this.#renewAt = now + renewIn(hello.expiresAt - hello.serverTime);
  }

  get socket(): Socket {
    return this.#ports.socket;
  }

  /** The server's announcement of the end, where it made one. */
  get bye(): Pushes['session.bye'] | null {
    return this.#bye;
  }

  get ageMs(): number {
    return this.#now() - this.#since;
  }

  request<O extends Op>(op: O, body: RequestBody<O>): Promise<ReplyBody<O>> {
    const answer = this.#requests.add(op, body, this.#now());
    this.#ports.hurried();
    return answer;
  }

  tell(op: Op, body: object): void {
    this.#write({ op, body });
  }

  receive(frame: ServerFrame): void {
    this.#lastReceived = this.#now();
    if (this.#probe) {
      if ('id' in frame && frame.id === this.#probe.id) this.#probe = null;
      else this.#probe.due = this.#lastReceived + this.#probe.lateMs;
    }
    if ('id' in frame) return this.#requests.answer(frame, this.#lastReceived);
    if (frame.op === 'session.bye') this.#bye = frame.body;
    else this.#ports.pushed(frame);
  }

  /** Asks for a sign of life; the socket is dead where none comes for `lateMs`. */
  probe(lateMs: number): void {
    const id = this.#requests.nextId();
    const due = Math.min(this.#now() + lateMs, this.#probe?.due ?? Infinity);
    this.#probe = { id, lateMs, due };
    this.#write({ id, op: 'session.ping', body: {} });
    this.#ports.hurried();
  }

  /** When `ring` is wanted. */
  get due(): number {
    return Math.min(
      this.#lastSent + this.#heartbeatMs,
      this.#probe?.due ?? this.#suspectAt(),
      this.#requests.nextDue,
      this.#renewAt,
    );
  }

  /** @param lateMs how much later than it was set for the alarm rang */
  ring(lateMs: number): void {
    const now = this.#now();
    if (lateMs > FROZEN_MS) {
      // Nothing could be heard meanwhile, so nothing is overdue yet: ask first.
      this.#requests.postpone(lateMs);
      this.#probe = null;
      return this.probe(PROBE_LATE_MS);
    }
    if (this.#probe && this.#probe.due <= now) return this.#ports.dead('no answer');
    this.#requests.expire(now);
    if (this.#renewAt <= now) void this.#renew();
    const isQuiet = this.#lastSent + this.#heartbeatMs <= now;
    if (isQuiet || (!this.#probe && this.#suspectAt() <= now)) this.probe(REPLY_LATE_MS);
  }

  /** Closes the socket. `settle` afterwards: whoever asked may ask again at once, and needs to find the next state. */
  end(): void {
    this.#ended = true;
    this.#ports.socket.close();
  }

  settle(error: ChatError): void {
    this.#requests.failAll(error);
  }

  async #renew(): Promise<void> {
    this.#renewAt = Infinity;
    try {
      const token = await this.#ports.tokens.refresh();
      if (this.#ended) return;
      const answer = this.request('session.renew', { token });
      const { expiresAt } = await answer.catch(() => ({ expiresAt: null }));
      if (this.#ended) return;
      // Whether the server took it is not known: a new socket with the new token settles it.
      if (expiresAt === null) return this.#ports.dead('renewal lost');
      this.#renewAt = this.#now() + renewIn(expiresAt - (this.#now() + this.#aheadMs));
    } catch (error) {
      if (this.#ended) return;
      if (isFinal(error)) return this.#ports.refused(error);
      this.#renewAt = this.#now() + RENEW_RETRY_MS;
    }
    this.#ports.hurried();
  }

  /** When silence since the oldest unanswered request looks like a dead socket. */
  #suspectAt(): number {
    const asked = this.#requests.oldest;
    return asked >= this.#lastReceived ? asked + REPLY_LATE_MS : Infinity;
  }

  #write(frame: object): void {
    this.#lastSent = this.#now();
    this.#ports.socket.send(JSON.stringify(frame));
  }

  #now(): number {
    return this.#ports.clock.monotonic();
  }
}

/** No token will come of trying again. */
function isFinal(error: unknown): error is ChatError {
  return (
    error instanceof ChatError && (error.code === ErrorCode.UNAUTHORIZED || error.code === ErrorCode.BANNED)
  );
}

function renewIn(lifeMs: number): number {
  return lifeMs - Math.min(RENEW_AHEAD_MS, lifeMs / 5);
}
