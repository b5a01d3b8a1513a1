/**
 * A worker thread that owns one connection, as the main thread sees it: it is started, runs one batch at a time,
 * and is closed or dies. A batch that it was running when it died is rejected; whether that was stored is unknown.
 */
import { Worker } from 'node:worker_threads';
import type { Call, Outcome } from './batch.ts';
import type { DatabaseOptions } from './database.ts';
import type { Epoch } from './meta.ts';

export interface Thread {
  readonly isAlive: boolean;
  /** Rejects where nothing of the batch was stored, or the thread is no more. */
  run(calls: Call[]): Promise<Outcome[]>;
  /** After the batch under way. */
  close(): Promise<void>;
}

/** What a worker is started with. */
export interface ThreadSetting extends DatabaseOptions {
  /** Held as long as the thread lives. */
  lock?: string;
  epoch: Epoch;
  /** Of a searcher, whose own file is the index: the database. */
  log?: string;
}

export type ToWorker = { type: 'run'; calls: Call[] } | { type: 'close' };

export type FromWorker =
  | { type: 'ready'; epoch: string }
  /** The database cannot be opened; the thread ends. */
  | { type: 'unfit'; message: string }
  | { type: 'done'; outcomes: Outcome[] }
  /** Nothing of the batch was stored; the database was opened anew. */
  | { type: 'failed'; message: string };

const WORKER = new URL('../sqlite-worker.ts', import.meta.url);
/**
 * For what is new, in MB: it is gone with its batch. V8 would let it grow to 48 in each of three threads, and keeps
 * what it once had.
 */
const YOUNG_MB = 12;
/** node:sqlite announces itself on every start; nobody who runs a server can do anything about it. */
const EXEC_ARGV = ['--disable-warning=ExperimentalWarning'];

/**
 * Rejects with one line where the database cannot be opened.
 * @param program another one, for a test of what happens when it dies
 */
export async function startThread(
  setting: ThreadSetting,
  program = WORKER,
): Promise<{ thread: Thread; epoch: string }> {
  const worker = new Worker(program, {
    name: `store ${setting.role}`,
    execArgv: EXEC_ARGV,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    workerData: setting,
  });
  const thread = new WorkerThread(worker);
  const first = await thread.next();
  if (first.type === 'ready') return { thread, epoch: first.epoch };
  await thread.close();
  throw new Error(first.type === 'unfit' ? first.message : 'the store has not come up');
}

class WorkerThread implements Thread {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #isAlive = true;
  #death: Error = new Error('the thread has ended');
  #waiting: { resolve: (message: FromWorker) => void; reject: (reason: Error) => void } | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (message: FromWorker) => this.#take()?.resolve(message));
    worker.on('error', (reason) => (this.#death = reason instanceof Error ? reason : this.#death));
    this.#exited = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#isAlive = false;
        this.#take()?.reject(this.#death);
        resolve();
      });
    });
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  async run(calls: Call[]): Promise<Outcome[]> {
    this.#post({ type: 'run', calls });
    const answer = await this.next();
    if (answer.type === 'done') return answer.outcomes;
    throw new Error(answer.type === 'failed' ? answer.message : 'the thread answered out of turn');
  }

  /** The next message of the worker. */
  next(): Promise<FromWorker> {
    if (!this.#isAlive) return Promise.reject(this.#death);
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
  }

  close(): Promise<void> {
    this.#post({ type: 'close' });
    return this.#exited;
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #take() {
    const waiting = this.#waiting;
    this.#waiting = null;
    return waiting;
  }
}
