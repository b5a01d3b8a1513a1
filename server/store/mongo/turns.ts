/**
 * Jobs on the same key run one after the other, in the order in which they were asked for. One that takes too long is
 * not waited for: order is a convenience here, what must not happen twice is seen to by the database.
 */
import type { Clock, Undo } from '../../domain/ports.ts';

/** No socket to the database lives that long without an answer: a job that has none by then gets none. */
export const HOPELESS_MS = 15_000;

export class Turns {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock;
  }

  /** @param over settles when nobody waits for the job any more */
  take<T>(key: string, job: () => Promise<T>, over?: Promise<unknown>): Promise<T> {
    const before = this.#last.get(key);
    const done = before ? before.then(() => job()) : job();
    const { late, undo } = this.#lateness(before);
    const leave = (): void => {
      undo();
      this.#leave(key, ended);
    };
    const ended: Promise<void> = Promise.race(over ? [done, over, late] : [done, late]).then(leave, leave);
    this.#last.set(key, ended);
    return done;
  }

  /** Resolves so long after the job's turn has come. */
  #lateness(before: Promise<unknown> | undefined): { late: Promise<void>; undo: Undo } {
    let isDone = false;
    let undo: Undo = () => undefined;
    const late = new Promise<void>((resolve) => {
      const begin = (): void => {
        if (!isDone) undo = this.#clock.after(HOPELESS_MS, resolve);
      };
      if (before) void before.then(begin);
      else begin();
    });
    return {
      late,
      undo: () => {
        isDone = true;
        undo();
      },
    };
  }

  /** Resolves when no job is left. */
  async drain(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values());
  }

  #leave(key: string, ended: Promise<unknown>): void {
    if (this.#last.get(key) === ended) this.#last.delete(key);
  }
}
