/**
 * A Clock that stands still until a test moves it. Timers run in the order in which they are due, each at its own
 * moment. It begins on a real date, so that stamps look like stamps.
 */
import type { Clock, Undo } from '../../server/domain/ports.ts';

interface Timer {
  due: number;
  everyMs: number | null;
  run: () => void;
}

export class ManualClock implements Clock {
  #wall: number;
  #elapsed = 0;
  readonly #timers = new Set<Timer>();

  constructor(now = Date.UTC(2026, 10, 24, 8)) {
    this.#wall = now;
  }

  now(): number {
    return this.#wall + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(ms: number, run: () => void): Undo {
    return this.#start({ due: this.#elapsed + ms, everyMs: null, run });
  }

  every(ms: number, run: () => void): Undo {
    return this.#start({ due: this.#elapsed + ms, everyMs: ms, run });
  }

  /** Timers that are set: a test that ends with some has found a leak. */
  get pending(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    const end = this.#elapsed + ms;
    for (;;) {
      const next = [...this.#timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      this.#elapsed = next.due;
      if (next.everyMs === null) this.#timers.delete(next);
      else next.due += next.everyMs;
      next.run();
    }
    this.#elapsed = end;
  }

  /** As `advance`, but what a timer sets going by promises is finished before the next timer runs. */
  async run(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await settled();
    for (;;) {
      const next = Math.min(end, ...[...this.#timers].map(({ due }) => due));
      this.advance(Math.max(0, next - this.#elapsed));
      await settled();
      if (next === end) return;
    }
  }

  /** Moves the wall clock alone, as an operator or NTP does. */
  adjust(ms: number): void {
    this.#wall += ms;
  }

  #start(timer: Timer): Undo {
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }
}

/** All promises that can go on without time passing have gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
