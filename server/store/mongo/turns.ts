/**
 * Jobs on the same key run one after the other, in the order in which they were asked for. One that takes too long is
 * not waited for: order is a convenience here, what must not happen twice is seen to by the database.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** @param over settles when nobody waits for the job any more */
  take<T>(key: string, job: () => Promise<T>, over?: Promise<unknown>): Promise<T> {
    const before = this.#last.get(key);
    const done = before ? before.then(job) : job();
    const ended: Promise<void> = Promise.race(over ? [done, over] : [done]).then(
      () => this.#leave(key, ended),
      () => this.#leave(key, ended),
    );
    this.#last.set(key, ended);
    return done;
  }

  /** Resolves when no job is left. */
  async drain(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values());
  }

  #leave(key: string, ended: Promise<unknown>): void {
    if (this.#last.get(key) === ended) this.#last.delete(key);
  }
}
