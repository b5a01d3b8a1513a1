/** Many durations, kept whole, so that every percentile is one that occurred. Milliseconds. */
import { percentile } from './statistics.ts';

export class Latencies {
  #values = new Float64Array(4_096);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(ms: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = ms;
  }

  clear(): void {
    this.#count = 0;
  }

  /** `{p50: …, p99: …, max: …}` with `prefix` before each name; NaN where there is none. */
  summary(prefix: string): Record<string, number> {
    const sorted = this.#values.slice(0, this.#count).sort();
    const at = (rank: number): number => (sorted.length === 0 ? NaN : percentile(sorted, rank));
    return {
      [`${prefix}P50`]: at(0.5),
      [`${prefix}P95`]: at(0.95),
      [`${prefix}P99`]: at(0.99),
      [`${prefix}P999`]: at(0.999),
      [`${prefix}Max`]: at(1),
    };
  }
}
