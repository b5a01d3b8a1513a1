/**
 * A worker's way to the hub. While the hub is away calls are UNAVAILABLE at once; those that were under way are
 * UNAVAILABLE too, and whether they were carried out only a resend can find out. A hub that says nothing, not even to
 * a ping, is away: a process that is frozen keeps its sockets open. It comes back by itself. What is unanswered is
 * bounded in number and size. A hub that comes back with another store is not used: this process holds what that store
 * never said.
 */
import { createConnection, type Socket } from 'node:net';
import type { Link, LinkEvents } from '../bus/linked.ts';
import type { Clock, Store, Undo } from '../domain/ports.ts';
import { Refusal } from '../outcome.ts';
import { type Failure, type FromHub, Line, type ToHub } from './line.ts';

export interface HubClientDeps {
  path: string;
  clock: Pick<Clock, 'after' | 'every'>;
  /** This worker's own figures, for whoever gathers them. */
  figures: () => Promise<unknown>;
  /** The hub has gone away, has come back, or has come back with another store, after which it stays away. */
  onTrouble: (trouble: string) => void;
  /** Unanswered calls at most. */
  maxCalls?: number;
}

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (reason: Error) => void;
}

const MAX_CALLS = 20_000;
const RECONNECT_MS = 100;
/** The hub is started before the workers; this long it may take to answer the first of them. */
const FIRST_HELLO_MS = 10_000;
const RETRY_AFTER_MS = 1_000;
/** The hub is listened to in turns of so long … */
const TURN_MS = 250;
/** … and hung up on after so many silent ones: people are told within 2 s. */
const SILENT_TURNS = 5;
/** No call has this id. */
const SIGN_OF_LIFE = 0;
/** The line itself bounds what it carries. */
const MAX_TEXT_BYTES = 8 * 2 ** 20;

export class HubClient implements Link {
  readonly maxBytes = MAX_TEXT_BYTES;
  readonly #deps: HubClientDeps;
  readonly #waiting = new Map<number, Waiting>();
  readonly #followed = new Set<string>();
  #events: LinkEvents | null = null;
  #line: Line<ToHub, FromHub> | null = null;
  #epoch: string | null | undefined;
  #lastId = 0;
  #isClosed = false;
  #retry: Undo = () => undefined;
  readonly #unwatch: Undo;
  /** The hub is asked for a sign of life, and has said nothing for so many turns. */
  #silentTurns = 0;
  /** Until the loss of the line was told. */
  #wasUp = false;
  #onHello: (() => void) | null = null;
  #onEnd: () => void = () => undefined;
  readonly #ended = new Promise<void>((resolve) => (this.#onEnd = resolve));

  private constructor(deps: HubClientDeps) {
    this.#deps = deps;
    this.#unwatch = deps.clock.every(TURN_MS, () => this.#listenIn());
  }

  /** Rejects where there is no hub. */
  static open(deps: HubClientDeps): Promise<HubClient> {
    const client = new HubClient(deps);
    return new Promise((resolve, reject) => {
      const undo = deps.clock.after(FIRST_HELLO_MS, () => {
        void client.close();
        reject(new Error('the process that owns the store does not answer'));
      });
      client.#onHello = () => {
        undo();
        resolve(client);
      };
      client.#connect();
    });
  }

  get isUp(): boolean {
    return this.#line !== null;
  }

  /** Of the store behind the hub; null where it has none. */
  get epoch(): string | null {
    return this.#epoch ?? null;
  }

  /** Calls that are unanswered. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** From now on texts are handed to these. */
  listen(events: LinkEvents): this {
    this.#events = events;
    return this;
  }

  call(method: string, args: unknown[]): Promise<unknown> {
    return this.#ask((id) => ({ type: 'call', id, method, args }));
  }

  /** The figures of all other workers. */
  async gather(): Promise<unknown[]> {
    const figures = await this.#ask((id) => ({ type: 'gather', id }));
    return Array.isArray(figures) ? (figures as unknown[]) : [];
  }

  async ping(): Promise<void> {
    await this.#ask((id) => ({ type: 'ping', id }));
  }

  send(subject: string, text: string): void {
    if (this.#line && !this.#line.isFull) this.#line.send({ type: 'text', subject, text });
  }

  follow(subject: string): void {
    this.#followed.add(subject);
    this.#line?.send({ type: 'follow', subject });
  }

  unfollow(subject: string): void {
    this.#followed.delete(subject);
    this.#line?.send({ type: 'unfollow', subject });
  }

  /** Nothing new is taken; what is under way is finished, as far as the hub is there to finish it. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#retry();
    if (this.#waiting.size === 0) this.#end();
    return this.#ended;
  }

  #end(): void {
    this.#unwatch();
    this.#line?.end();
    this.#line = null;
    this.#onEnd();
  }

  #ask(toHub: (id: number) => ToHub): Promise<unknown> {
    const line = this.#isClosed ? null : this.#line;
    if (!line) return Promise.reject(unavailable('the store is out of reach'));
    if (this.#waiting.size >= (this.#deps.maxCalls ?? MAX_CALLS)) {
      return Promise.reject(unavailable('too much waits for the store'));
    }
    const id = (this.#lastId += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      line.send(toHub(id));
    });
  }

  /** Turns and not the clock: where this process itself stood still, what the hub said meanwhile is heard first. */
  #listenIn(): void {
    const line = this.#line;
    if (!line) return;
    this.#silentTurns += 1;
    // What it says to this comes as `done`, and nobody waits for it.
    if (this.#silentTurns === 1) line.send({ type: 'ping', id: SIGN_OF_LIFE });
    if (this.#silentTurns > SILENT_TURNS) line.destroy();
  }

  #connect(): void {
    const socket = createConnection(this.#deps.path);
    const line: Line<ToHub, FromHub> = new Line(socket, (message) => this.#hear(line, socket, message));
    // Its end comes as `close`.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#lost(line));
  }

  #lost(line: Line<ToHub, FromHub>): void {
    if (this.#line === line) {
      this.#line = null;
      this.#refuseAll();
    }
    if (this.#isClosed) return this.#end();
    if (this.#line === null && this.#wasUp) {
      this.#wasUp = false;
      this.#deps.onTrouble('the process that owns the store is gone');
    }
    this.#retry = this.#deps.clock.after(RECONNECT_MS, () => this.#connect());
  }

  #hear(line: Line<ToHub, FromHub>, socket: Socket, message: FromHub): void {
    if (this.#line === line) this.#silentTurns = 0;
    switch (message.type) {
      case 'hello':
        this.#greeted(line, socket, message.epoch);
        return;
      case 'done':
        this.#take(message.id)?.resolve(message.value);
        return;
      case 'failed':
        this.#take(message.id)?.reject(errorOf(message.failure));
        return;
      case 'text':
        this.#events?.onText(message.subject, message.text);
        return;
      case 'figures?': {
        const { round } = message;
        void this.#deps.figures().then((figures) => line.send({ type: 'figures', round, figures }));
      }
    }
  }

  #greeted(line: Line<ToHub, FromHub>, socket: Socket, epoch: string | null): void {
    const isFirst = this.#epoch === undefined;
    if (!isFirst && this.#epoch !== epoch) {
      this.#isClosed = true;
      socket.destroy();
      this.#deps.onTrouble(
        'another store has taken the place of the one that was served; start the server anew',
      );
      return;
    }
    this.#epoch = epoch;
    this.#line = line;
    this.#silentTurns = 0;
    this.#wasUp = true;
    for (const subject of this.#followed) line.send({ type: 'follow', subject });
    this.#onHello?.();
    this.#onHello = null;
    if (isFirst) return;
    this.#deps.onTrouble('the process that owns the store is back');
    this.#events?.onReturn();
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#isClosed && this.#waiting.size === 0) this.#end();
    return waiting;
  }

  #refuseAll(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(unavailable('the store is out of reach'));
  }
}

/**
 * The store behind the hub. Every method of the port is a call of the same name, with arguments and answer as JSON
 * would have them; the hub's store says no to any other.
 */
export function createHubStore(client: HubClient, epoch: string): Store {
  const own: Partial<Store> = {
    epoch,
    // The hub's is not ours to close; calls end with the client.
    close: () => client.close(),
  };
  return new Proxy(own, {
    get: (target, name): unknown => {
      if (typeof name === 'symbol' || name === 'then') return undefined;
      if (name === 'epoch' || name === 'close') return target[name];
      return (...args: unknown[]) => client.call(name, args);
    },
  }) as Store;
}

function errorOf(failure: Failure): Error {
  if ('refusal' in failure) {
    const { code, message, retryAfterMs } = failure.refusal;
    return new Refusal(code as Refusal['code'], message, retryAfterMs);
  }
  const bug = new Error(failure.bug.message);
  if (failure.bug.stack !== undefined) bug.stack = failure.bug.stack;
  return bug;
}

const unavailable = (message: string): Refusal => new Refusal('UNAVAILABLE', message, RETRY_AFTER_MS);
