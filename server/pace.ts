/** How much is being stored just now: entries a second, over the last ten whole seconds. */
import type { Clock } from './domain/ports.ts';

const SECONDS = 10;

export class Pace {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** By second modulo `SECONDS + 1`: the one under way is not whole yet. */
  readonly #counts = Array.from({ length: SECONDS + 1 }, () => ({ second: -1, entries: 0 }));

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  count(entries: number): void {
    const second = this.#second();
    const slot = this.#counts[second % this.#counts.length];
    if (!slot) return;
    if (slot.second !== second) Object.assign(slot, { second, entries: 0 });
    slot.entries += entries;
  }

  perSecond(): number {
    const now = this.#second();
    const counted = this.#counts.filter(({ second }) => second < now && second >= now - SECONDS);
    return Math.round((counted.reduce((sum, { entries }) => sum + entries, 0) / SECONDS) * 10) / 10;
  }

  #second(): number {
    return Math.floor(this.#clock.monotonic() / 1_000);
  }
}
