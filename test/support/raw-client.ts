/**
 * A client that knows nothing but docs/protocol.md, on a raw socket: signs in, says hello, asks, and keeps all that
 * is pushed, in order. Promises that a frame which breaks the contract (no known shape, a second reply, a reply
 * nobody asked for) throws, and that every request settles. Never resends or reconnects: that is what tests are for.
 */
import type { ErrorBody } from '../../miniprogram/protocol/errors.ts';
import type {
  HelloBody,
  HelloReply,
  Op,
  Push,
  Pushes,
  Reply,
  ReplyBody,
  RequestBody,
} from '../../miniprogram/protocol/frames.ts';
import type { Entry, RoomId, User } from '../../miniprogram/protocol/objects.ts';
import { keepSecret } from './secrets.ts';
import { RawSocket, type Closed, type OpenOptions } from './raw-socket.ts';

export interface Login {
  user: User;
  access: string;
  expiresAt: number;
  refresh: string;
}

/** By dev name; the same name gives the same user. */
export function login(base: string, name: string): Promise<Login> {
  return loginWith(base, { dev: name });
}

export async function loginWith(base: string, by: { dev: string } | { code: string }): Promise<Login> {
  const response = await fetch(`${base}/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(by),
  });
  if (!response.ok) throw new Error(`login: status ${response.status} ${await response.text()}`);
  const made = (await response.json()) as Login;
  keepSecret(made.access, made.refresh);
  return made;
}

/** The server said no, with a typed error. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly error: ErrorBody;

  constructor(op: string, error: ErrorBody) {
    super(`${op}: ${error.code} ${error.message}`);
    this.error = error;
  }
}

/** The socket ended before the reply came: whether the request took effect is unknown. */
export class Lost extends Error {
  override readonly name = 'Lost';
}

/** Protocol §4: every request has its reply within 10 s; a little more for a busy machine. */
const REPLY_LIMIT_MS = 12_000;
/** Pushes kept; a test that gets more has a flood to explain. */
const PUSH_LIMIT = 500_000;

interface Waiting {
  op: string;
  resolve(reply: Reply): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

export class RawClient {
  readonly pushes: Push[] = [];
  readonly closed: Promise<Closed>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #entries = new Map<RoomId, Entry[]>();
  readonly #watchers = new Set<() => void>();
  readonly #listeners = new Set<(push: Push) => void>();
  #socket: RawSocket | null = null;
  #resolveClosed: (closed: Closed) => void = () => undefined;
  #lastId = 0;
  #end: Closed | null = null;

  private constructor() {
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
  }

  /** Opens the socket; nothing is said yet. */
  static async connect(
    base: string,
    options: Omit<OpenOptions, 'onText' | 'onClosed'> = {},
  ): Promise<RawClient> {
    const client = new RawClient();
    client.#socket = await RawSocket.open(base, {
      ...options,
      onText: (text) => client.#accept(text),
      onClosed: (closed) => client.#finish(closed),
    });
    return client;
  }

  get socket(): RawSocket {
    return this.#socket!; // set before `connect` gives the client away
  }

  get ended(): boolean {
    return this.#end !== null;
  }

  /** Signs in by dev name, connects and says hello. */
  static async arrive(
    base: string,
    name: string,
    more: Pick<HelloBody, 'cursors' | 'epoch'> = {},
  ): Promise<{ client: RawClient; login: Login; hello: HelloReply }> {
    const signedIn = await login(base, name);
    const client = await RawClient.connect(base);
    const hello = await client.hello({ token: signedIn.access, ...more });
    return { client, login: signedIn, hello };
  }

  hello(body: Omit<HelloBody, 'version'>): Promise<HelloReply> {
    return this.ask('session.hello', { version: 1, ...body });
  }

  /** The reply's body; throws Refused or Lost. */
  async ask<O extends Op>(op: O, body: RequestBody<O>): Promise<ReplyBody<O>> {
    const reply = await this.request(op, body);
    if (!reply.ok) throw new Refused(op, reply.error);
    return reply.body as ReplyBody<O>;
  }

  /** Any op, any body; resolves with a refusal too. Throws Lost, or after 12 s. */
  request(op: string, body: unknown): Promise<Reply> {
    const id = ++this.#lastId;
    const end = this.#end;
    if (end) return Promise.reject(new Lost(`${op}: the socket is closed (${end.code})`));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`${op}: no reply within ${REPLY_LIMIT_MS} ms`));
      }, REPLY_LIMIT_MS);
      this.#waiting.set(id, { op, resolve, reject, timer });
      this.socket.sendText(JSON.stringify({ id, op, body }));
    });
  }

  sendText(room: RoomId, cid: string, text: string): Promise<ReplyBody<'message.send'>> {
    return this.ask('message.send', { room, cid, kind: 'text', body: { text } });
  }

  /** Without an id: `room.typing`. */
  notify(op: string, body: unknown): void {
    this.socket.sendText(JSON.stringify({ op, body }));
  }

  /** Called with each push, in order, before anything else sees it. Returns its undo. */
  onPush(listener: (push: Push) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** All entries of a room that were pushed, in the order of arrival. */
  entries(room: RoomId): readonly Entry[] {
    return this.#entries.get(room) ?? [];
  }

  /** The bodies of all pushes of one kind, in order. */
  pushed<P extends keyof Pushes>(op: P): Pushes[P][] {
    return this.pushes.filter((push) => push.op === op).map((push) => push.body as Pushes[P]);
  }

  /** Looked at now and after every push; rejects when the socket ends first, or in time. */
  until(what: string, holds: () => boolean, limitMs = 10_000): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        finish();
      };
      const look = () => {
        const end = this.#end;
        if (holds()) settle(resolve);
        else if (end) settle(() => reject(new Lost(`${what}: the socket closed first (${end.code})`)));
      };
      const timer = setTimeout(
        () => settle(() => reject(new Error(`${what}: not within ${limitMs} ms`))),
        limitMs,
      );
      this.#watchers.add(look);
      look();
    });
  }

  /** The whole log after `after`, by pages. */
  async history(room: RoomId, after = 0): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (let from = after, more = true; more;) {
      const page = await this.ask('message.history', { room, after: from });
      entries.push(...page.entries);
      more = page.more;
      from = page.entries.at(-1)?.seq ?? from;
    }
    return entries;
  }

  cut(): Promise<Closed> {
    return this.socket.cut();
  }

  close(): Promise<Closed> {
    return this.socket.close();
  }

  #accept(text: string): void {
    const frame = JSON.parse(text) as Record<string, unknown>;
    if ('op' in frame) this.#push(frame as unknown as Push);
    else this.#reply(frame as unknown as Reply);
    for (const look of this.#watchers) look();
  }

  #push(push: Push): void {
    if ('id' in push || typeof push.body !== 'object')
      throw new Error(`a push of no known shape: ${push.op}`);
    if (this.pushes.length >= PUSH_LIMIT) throw new Error(`more than ${PUSH_LIMIT} pushes`);
    this.pushes.push(push);
    for (const listener of this.#listeners) listener(push);
    if (push.op !== 'entries') return;
    const held = this.#entries.get(push.body.room) ?? [];
    this.#entries.set(push.body.room, held);
    held.push(...push.body.entries);
  }

  #reply(reply: Reply): void {
    const wellFormed = reply.ok === true ? 'body' in reply : reply.ok === false && 'code' in reply.error;
    const waiting = this.#waiting.get(reply.id);
    if (!wellFormed) throw new Error('a reply of no known shape');
    if (!waiting) throw new Error(`a reply to request ${reply.id}, which is not open`);
    this.#waiting.delete(reply.id);
    clearTimeout(waiting.timer);
    waiting.resolve(reply);
  }

  #finish(closed: Closed): void {
    this.#end = closed;
    for (const { op, reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new Lost(`${op}: the socket closed first (${closed.code} ${closed.reason})`));
    }
    this.#waiting.clear();
    for (const look of this.#watchers) look();
    this.#resolveClosed(closed);
  }
}
