/**
 * The way to the database: bounded, and never a long wait. A call that is not answered in time is refused as
 * UNAVAILABLE. Where others were answered meanwhile, the database has too much to do, and is asked less at once
 * (window.ts); where none was, it is gone: every call after it is refused at once, until a look shows that the database
 * answers again. What was refused may have been done all the same: the sender's resend finds out.
 */
import { MongoError, MongoInvalidArgumentError, MongoServerError } from 'mongodb';
import type { Clock, Undo } from '../../domain/ports.ts';
import { Refusal } from '../../outcome.ts';
import { HOPELESS_MS } from './turns.ts';
import { CallWindow, type Place } from './window.ts';

export interface GateOptions {
  clock: Pick<Clock, 'after' | 'monotonic'>;
  /** Asks the database something small. */
  look: () => Promise<unknown>;
  /** Told why, when the database is taken for gone, and when it is back. */
  onTrouble: (reason: unknown) => void;
  onBack?: () => void;
  /** Calls that may be unanswered. */
  maxCalls?: number;
  /** A person waits: their message must be answered, one way or the other, within 2 s. */
  patienceMs?: number;
}

/** What a call knows of its own time. */
export interface Call {
  /** Resolves when nobody waits for the answer any more. */
  over: Promise<void>;
  isOver(): boolean;
}

interface Run<T> {
  /** Monotonic ms. */
  asked: number;
  place: Place;
  work: (call: Call) => Promise<T>;
}

type State = { name: 'open' } | { name: 'shut'; undo: Undo } | { name: 'closed' };

/** Of a call's patience: so much of it may pass before it begins, and an answer within so much is a quick one. */
const [WAITED, QUICK] = [1 / 3, 1 / 2];
const LOOK_EVERY_MS = 250;
const RETRY_AFTER_MS = 1_000;

export class Gate {
  readonly #options: Required<GateOptions>;
  #state: State = { name: 'open' };
  /** Waiting for their place, unanswered, and given up but not ended. */
  readonly #under = new Set<Promise<unknown>>();
  readonly #window: CallWindow;

  constructor(options: GateOptions) {
    this.#options = { maxCalls: 2_000, patienceMs: 1_500, onBack: () => undefined, ...options };
    const { clock, maxCalls: most, patienceMs } = this.#options;
    this.#window = new CallWindow({ clock, most, waitMs: patienceMs * WAITED, quickMs: patienceMs * QUICK });
  }

  get patienceMs(): number {
    return this.#options.patienceMs;
  }

  get waiting(): number {
    return this.#under.size;
  }

  async run<T>(work: (call: Call) => Promise<T>): Promise<T> {
    this.#mustBeOpen();
    const asked = this.#options.clock.monotonic();
    const taken = this.#window.take();
    if (!(taken instanceof Promise)) return this.#runNow({ asked, place: taken, work });
    const turn: Promise<T> = taken.then((place) => {
      this.#under.delete(turn);
      if (place) return this.#runNow({ asked, place, work });
      if (this.#state.name === 'shut') this.#mustBeOpen();
      throw unavailable('too much waits for the store');
    });
    this.#under.add(turn);
    return turn;
  }

  async #runNow<T>({ asked, place, work }: Run<T>): Promise<T> {
    const { clock, patienceMs } = this.#options;
    let isOver = false;
    let giveUp = (): void => undefined;
    const over = new Promise<void>((resolve) => (giveUp = resolve));
    const job = work({ over, isOver: () => isOver });
    this.#under.add(job);
    const leave = (isAnswer: boolean): void => {
      this.#under.delete(job);
      this.#window.leave(place, { isAnswer: isAnswer && !isOver });
    };
    job.then(
      () => leave(true),
      (reason: unknown) => leave(!isAbsence(reason)),
    );
    const undo = clock.after(asked + patienceMs - clock.monotonic(), () => {
      isOver = true;
      giveUp();
      clock.after(HOPELESS_MS, () => leave(false));
    });
    const late = over.then(() => {
      throw new Late();
    });
    try {
      return await Promise.race([job, late]);
    } catch (reason) {
      if (reason instanceof Late && this.#window.late(place)) {
        throw unavailable('the store has too much to do');
      }
      throw this.#refusalOf(reason);
    } finally {
      undo();
      giveUp();
      late.catch(() => undefined);
    }
  }

  /** For what takes as long as it takes, such as the bytes of a file. */
  async patiently<T>(work: () => Promise<T>): Promise<T> {
    this.#mustBeOpen();
    const job = work();
    this.#under.add(job);
    try {
      return await job;
    } catch (reason) {
      throw this.#refusalOf(reason);
    } finally {
      this.#under.delete(job);
    }
  }

  /** What nobody waits for: done when it can be. */
  async inBackground(work: () => Promise<unknown>): Promise<void> {
    if (this.#state.name !== 'open') return;
    const job = work();
    this.#under.add(job);
    const undo = this.#options.clock.after(HOPELESS_MS, () => this.#under.delete(job));
    try {
      await job;
    } catch (reason) {
      this.#refusalOf(reason);
    } finally {
      undo();
      this.#under.delete(job);
    }
  }

  /** Takes nothing new; resolves when what is under way has ended, or will not in time. */
  async close(): Promise<void> {
    if (this.#state.name === 'shut') this.#state.undo();
    this.#state = { name: 'closed' };
    let undo: Undo = () => undefined;
    const late = new Promise<void>((resolve) => {
      undo = this.#options.clock.after(this.#options.patienceMs, resolve);
    });
    await Promise.race([Promise.allSettled(this.#under), late]);
    undo();
  }

  #mustBeOpen(): void {
    if (this.#state.name === 'closed') throw unavailable('the store is closed');
    if (this.#state.name === 'shut') throw unavailable('the store is out of reach');
    if (this.#under.size >= this.#options.maxCalls) throw unavailable('too much waits for the store');
  }

  /** What the caller hears. A bug is a bug; everything else is the database's absence. */
  #refusalOf(reason: unknown): unknown {
    if (reason instanceof Refusal || !(reason instanceof Late || isAbsence(reason))) return reason;
    this.#shut(reason);
    return unavailable('the store is out of reach');
  }

  #shut(reason: unknown): void {
    if (this.#state.name !== 'open') return;
    this.#options.onTrouble(reason);
    this.#state = { name: 'shut', undo: () => undefined };
    this.#window.refuseAll();
    void this.#look();
  }

  async #look(): Promise<void> {
    const { clock, look, patienceMs } = this.#options;
    let undo: Undo = () => undefined;
    const late = new Promise<false>((resolve) => (undo = clock.after(patienceMs, () => resolve(false))));
    const answered = look().then(
      () => true,
      () => false,
    );
    const isBack = await Promise.race([answered, late]);
    undo();
    if (this.#state.name !== 'shut') return;
    if (isBack) {
      this.#state = { name: 'open' };
      this.#window.begin();
      this.#options.onBack();
      return;
    }
    this.#state = { name: 'shut', undo: clock.after(LOOK_EVERY_MS, () => void this.#look()) };
  }
}

class Late extends Error {
  constructor() {
    super('the database has not answered in time');
    this.name = 'Late';
  }
}

/** Codes by which a server says that it cannot take a write, or not any more, rather than that the call is wrong. */
const CANNOT_NOW = new Set([
  6, 7, 50, 63, 64, 89, 91, 100, 133, 134, 150, 189, 202, 234, 262, 317, 358, 384, 391, 9001, 10058, 10107,
  11600, 11602, 13388, 13435, 13436, 14031,
]);

/** Of the system, where the driver hands on as it is what a socket said. */
const SOCKET_FAULTS = new Set(['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'ETIMEDOUT']);

export function isAbsence(reason: unknown): boolean {
  if (reason instanceof Error && 'code' in reason && SOCKET_FAULTS.has(String(reason.code))) return true;
  if (!(reason instanceof MongoError) || reason instanceof MongoInvalidArgumentError) return false;
  if (!(reason instanceof MongoServerError)) return true;
  if (reason.hasErrorLabel('RetryableWriteError') || reason.hasErrorLabel('TransientTransactionError'))
    return true;
  const { code } = reason;
  // No code: the server wrote, but not as durably as it was asked to.
  return typeof code !== 'number' || CANNOT_NOW.has(code);
}

const unavailable = (message: string): Refusal => new Refusal('UNAVAILABLE', message, RETRY_AFTER_MS);
