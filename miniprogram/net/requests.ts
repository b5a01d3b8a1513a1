/**
 * Owns the requests of one live socket: numbers them, holds back what is more than the server allows open at once,
 * gives each the answer it gets, and a TIMEOUT where none comes. Every request is settled exactly once, at the
 * latest when the socket ends. Knows nothing of sockets: it is handed what writes.
 */
import { ErrorCode } from '../protocol/errors';
import type { Op, Reply, ReplyBody, RequestBody } from '../protocol/frames';
import { REPLY_DEADLINE_MS } from '../protocol/limits';
import { ChatError } from './chat-error';

interface Open {
  op: Op;
  body: unknown;
  /** Monotonic ms when it went out. */
  sentAt: number;
  /** Monotonic ms when it is given up. */
  due: number;
  resolve(body: unknown): void;
  reject(error: ChatError): void;
}

/** Waiting for their turn; one more is refused RATE_LIMITED. */
export const MAX_HELD_BACK = 256;
/** Of the server's limit, kept free for ping and renewal. */
const SPARE = 2;

export class Requests {
  readonly #write: (frame: object) => void;
  readonly #limit: number;
  readonly #open = new Map<number, Open>();
  readonly #heldBack: Open[] = [];
  #lastId = 1; // hello was 1

  /** @param limit how many the server allows open at once */
  constructor(limit: number, write: (frame: object) => void) {
    this.#limit = Math.max(1, limit - SPARE);
    this.#write = write;
  }

  nextId(): number {
    return ++this.#lastId;
  }

  add<O extends Op>(op: O, body: RequestBody<O>, now: number): Promise<ReplyBody<O>> {
    return new Promise<ReplyBody<O>>((resolve, reject) => {
      const request: Open = {
        op,
        body,
        sentAt: now,
        due: now + REPLY_DEADLINE_MS,
        resolve: (answer) => resolve(answer as ReplyBody<O>),
        reject,
      };
      if (this.#open.size < this.#limit) this.#send(request, now);
      else if (this.#heldBack.length < MAX_HELD_BACK) this.#heldBack.push(request);
      else reject(new ChatError(ErrorCode.RATE_LIMITED, 'Too many requests wait for an answer.'));
    });
  }

  /** Settles the request that this answers; an answer to nobody, or to one given up, is dropped. */
  answer(reply: Reply, now: number): void {
    const request = this.#open.get(reply.id);
    if (!request) return;
    this.#open.delete(reply.id);
    if (reply.ok) request.resolve(reply.body);
    else request.reject(ChatError.from(reply.error));
    this.#sendHeldBack(now);
  }

  /** Gives up what is overdue. The server may have done it all the same: try again with the same cid. */
  expire(now: number): void {
    for (const [id, request] of this.#open) {
      if (request.due > now) continue;
      this.#open.delete(id);
      request.reject(new ChatError(ErrorCode.TIMEOUT, `No answer to ${request.op}.`));
    }
    while (this.#heldBack[0] && this.#heldBack[0].due <= now) {
      const request = this.#heldBack.shift();
      request?.reject(new ChatError(ErrorCode.TIMEOUT, `No turn for ${request.op}.`));
    }
    this.#sendHeldBack(now);
  }

  /** The app was frozen for so long: the answers had no chance to be seen. */
  postpone(ms: number): void {
    for (const request of [...this.#open.values(), ...this.#heldBack]) {
      request.due += ms;
      request.sentAt += ms;
    }
  }

  /** When the first is given up; Infinity where there is none. */
  get nextDue(): number {
    const first = this.#open.values().next().value ?? this.#heldBack[0];
    return first?.due ?? Infinity;
  }

  /** When the oldest unanswered went out; Infinity where there is none. */
  get oldest(): number {
    return this.#open.values().next().value?.sentAt ?? Infinity;
  }

  failAll(error: ChatError): void {
    const all = [...this.#open.values(), ...this.#heldBack];
    this.#open.clear();
    this.#heldBack.length = 0;
    for (const request of all) request.reject(error);
  }

  #sendHeldBack(now: number): void {
    while (this.#heldBack.length > 0 && this.#open.size < this.#limit) {
      const request = this.#heldBack.shift();
      if (request) this.#send(request, now);
    }
  }

  #send(request: Open, now: number): void {
    const id = this.nextId();
    request.sentAt = now;
    this.#open.set(id, request);
    this.#write({ id, op: request.op, body: request.body });
  }
}
