/**
 * The one thread on which the app's JavaScript runs: every event, timer and answer comes in here as a task, and tasks
 * run one at a time, in order. Promises that nothing of the app runs while it is frozen (tasks pile up, up to a bound)
 * nor after its end. It is what a slow phone is slow at: after each task it may be busy for a while. The thread is
 * this phone's alone; the browser's own one goes on and is shared with the phone beside it.
 */
import type { After } from './clock.ts';

export type ThreadState = 'running' | 'frozen' | 'ended';

export interface ThreadDeps {
  /** Real time: the phone's own clock stands still for nobody. */
  after: After;
  /** A task threw: the app has a bug, the phone goes on. */
  onFault(fault: unknown): void;
}

/** Tasks that may wait; the oldest go first, with a fault that says so. */
export const MOST_TASKS = 5_000;

export class Thread {
  readonly #deps: ThreadDeps;
  readonly #tasks: (() => void)[] = [];
  #state: ThreadState = 'running';
  #isBusy = false;
  #restMs = 0;

  constructor(deps: ThreadDeps) {
    this.#deps = deps;
  }

  get state(): ThreadState {
    return this.#state;
  }

  get waiting(): number {
    return this.#tasks.length;
  }

  /** Now, if nothing is running or waiting; else in its turn. */
  run(task: () => void): void {
    if (this.#state === 'ended') return;
    this.#tasks.push(task);
    if (this.#tasks.length > MOST_TASKS) {
      this.#tasks.shift();
      this.#deps.onFault(new Error(`more than ${MOST_TASKS} tasks wait for the app; the oldest was dropped`));
    }
    this.#work();
  }

  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen';
  }

  /** Everything that piled up runs, in order. */
  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    this.#work();
  }

  end(): void {
    this.#state = 'ended';
    this.#tasks.length = 0;
  }

  /** Every task keeps the thread busy for so much longer than this machine needs; 0 for not at all. */
  slow(restMs: number): void {
    this.#restMs = restMs;
  }

  #work(): void {
    while (this.#state === 'running' && !this.#isBusy) {
      const task = this.#tasks.shift();
      if (!task) return;
      this.#isBusy = true;
      try {
        task();
      } catch (fault) {
        this.#deps.onFault(fault);
      }
      if (this.#restMs === 0) {
        this.#isBusy = false;
        continue;
      }
      this.#deps.after(this.#restMs, () => {
        this.#isBusy = false;
        this.#work();
      });
    }
  }
}
