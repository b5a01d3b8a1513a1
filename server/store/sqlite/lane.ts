/**
 * The way to one thread: calls that come while it is busy are collected and handed over as one batch, so that one
 * transaction and one fsync serve all that wait. Bounded: past the bound a call is refused at once. Where a batch
 * fails, all its calls are refused as UNAVAILABLE and none is tried again from here, because an append may have been
 * stored all the same and only the sender's resend can find out. A thread that died is replaced when the next call
 * comes.
 */
import { Refusal } from '../../outcome.ts';
import type { Call, Methods, Outcome } from './batch.ts';
import type { Thread } from './thread.ts';

export interface LaneOptions {
  start: () => Promise<Thread>;
  /** Told why, each time a batch has failed as a whole. */
  onTrouble: (reason: unknown) => void;
  /** Calls that may be unanswered … */
  maxCalls?: number;
  /** … and the characters of JSON that they may hold together. */
  maxSize?: number;
}

export interface LaneStats {
  /** Calls that are unanswered. */
  waiting: number;
  /** Batches and the calls in them, since the start. */
  batches: number;
  calls: number;
}

interface Waiting extends Call {
  resolve: (value: never) => void;
  reject: (reason: Error) => void;
}

/** So that one transaction stays short. */
const MAX_BATCH = 1_000;
const RETRY_AFTER_MS = 1_000;

export class Lane<M extends Methods> {
  readonly #options: Required<LaneOptions>;
  #thread: Thread | null = null;
  #isClosed = false;
  /** Not yet handed over. */
  #queue: Waiting[] = [];
  /** Hands over until the queue is empty. */
  #pump: Promise<void> | null = null;
  #waiting = 0;
  #size = 0;
  #batches = 0;
  #calls = 0;

  constructor({ maxCalls = 20_000, maxSize = 64 * 2 ** 20, ...options }: LaneOptions) {
    this.#options = { maxCalls, maxSize, ...options };
  }

  /** Rejects where the thread does not come up. */
  async open(): Promise<void> {
    this.#thread = await this.#options.start();
  }

  call<K extends keyof M & string>(method: K, ...args: Parameters<M[K]>): Promise<ReturnType<M[K]>> {
    if (this.#isClosed) return Promise.reject(unavailable('the store is closed'));
    const text = JSON.stringify(args);
    const { maxCalls, maxSize } = this.#options;
    if (this.#waiting >= maxCalls || this.#size + text.length > maxSize) {
      return Promise.reject(unavailable('too much waits for the store'));
    }
    this.#waiting += 1;
    this.#size += text.length;
    return new Promise((resolve, reject) => {
      this.#queue.push({ method, args: text, resolve, reject });
      this.#pump ??= this.#handOver();
    });
  }

  stats(): LaneStats {
    return { waiting: this.#waiting, batches: this.#batches, calls: this.#calls };
  }

  /** Finishes what waits; nothing new is taken. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pump;
    if (this.#thread?.isAlive) await this.#thread.close();
  }

  async #handOver(): Promise<void> {
    for (;;) {
      // Whoever was just answered may ask at once for more: that comes along.
      await Promise.resolve();
      const batch = this.#queue.splice(0, MAX_BATCH);
      if (batch.length === 0) break;
      const answer = await this.#run(batch);
      // Before anybody is answered, so that they find the room that they leave.
      for (const { args } of batch) this.#size -= args.length;
      this.#waiting -= batch.length;
      batch.forEach(answer);
    }
    this.#pump = null;
  }

  /** How to answer each call of the batch. */
  async #run(batch: Waiting[]): Promise<(call: Waiting, i: number) => void> {
    this.#batches += 1;
    this.#calls += batch.length;
    try {
      this.#thread = this.#thread?.isAlive ? this.#thread : await this.#options.start();
      const outcomes = await this.#thread.run(batch.map(({ method, args }) => ({ method, args })));
      return (call, i) => settle(call, outcomes[i]);
    } catch (reason) {
      this.#options.onTrouble(reason);
      return ({ reject }) => reject(unavailable('the store is out of reach'));
    }
  }
}

function settle({ method, resolve, reject }: Waiting, outcome: Outcome | undefined): void {
  if (outcome && 'value' in outcome) {
    resolve(outcome.value as never);
    return;
  }
  const bug = new Error(`store: ${method} failed: ${outcome?.fault.message ?? 'no answer'}`);
  if (outcome?.fault.stack !== undefined) bug.stack = outcome.fault.stack;
  reject(bug);
}

const unavailable = (message: string): Refusal => new Refusal('UNAVAILABLE', message, RETRY_AFTER_MS);
