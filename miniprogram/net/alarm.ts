/**
 * One timer for the many deadlines of an owner. Rings when the first of them is due, and says how much too late: an
 * app that was frozen hears one ring, not one for every deadline that passed. Deadlines are monotonic ms.
 */
import type { Clock, Undo } from './clock';

export class Alarm {
  readonly #clock: Clock;
  readonly #due: () => number;
  readonly #ring: (lateMs: number) => void;
  #set: { at: number; undo: Undo } | null = null;

  /** @param due when the first deadline is; Infinity where there is none */
  constructor(clock: Clock, due: () => number, ring: (lateMs: number) => void) {
    this.#clock = clock;
    this.#due = due;
    this.#ring = ring;
  }

  /** To be called when `due` may have become sooner. One that rings early finds nothing due and is set anew. */
  arm(): void {
    // What is overdue already is due now: only a timer can be late.
    const at = Math.max(this.#due(), this.#clock.monotonic());
    if (this.#set && this.#set.at <= at) return;
    this.#set?.undo();
    this.#set = null;
    if (at === Infinity) return;
    const undo = this.#clock.after(at - this.#clock.monotonic(), () => {
      this.#set = null;
      const now = this.#clock.monotonic();
      if (this.#due() <= now) this.#ring(now - at);
      this.arm();
    });
    this.#set = { at, undo };
  }
}
