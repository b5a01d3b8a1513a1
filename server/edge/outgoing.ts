/**
 * The frames that need not leave at once: all that one turn of the event loop has for a socket goes out in one write,
 * because of what a reply costs most is the kernel's. Never lets anything that is sent or published later overtake
 * what waits here.
 */

/** Somebody for whom frames wait. */
export interface Waiting {
  /** Writes them. */
  flush(): void;
}

export class Outgoing {
  #waiting: Waiting[] = [];

  /** `one` is flushed when what runs now, and what follows from it without waiting for anything, is done. */
  add(one: Waiting): void {
    // A batch that became durable answers all who waited for it in microtasks that are queued by now.
    if (this.#waiting.length === 0) queueMicrotask(() => this.flush());
    this.#waiting.push(one);
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) one.flush();
  }
}
