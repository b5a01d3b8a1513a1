/**
 * Token buckets of one rate, one for each who asks. Buckets that are full again are forgotten: looked for whenever
 * there are twice as many as were left the last time, so that a flood of strangers pays for its own sweeping. Only the
 * busy take up memory.
 */
import type { Clock } from '../domain/ports.ts';

export interface Rate {
  perSecond: number;
  burst: number;
}

/** What is left in a bucket, and when that was, monotonic ms. */
interface Bucket {
  tokens: number;
  at: number;
}

const SWEEP_ABOVE = 10_000;
/** One token, less what rounding may have taken: who waits as long as told has waited long enough. */
const WHOLE = 1 - 1e-9;

export class Buckets {
  readonly rate: Rate;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #buckets = new Map<string, Bucket>();
  #sweepAt = SWEEP_ABOVE;

  constructor(clock: Pick<Clock, 'monotonic'>, rate: Rate) {
    this.#clock = clock;
    this.rate = rate;
  }

  /** Buckets that are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /** @returns 0 where a token was there and is taken, else the ms until there is one */
  take(key: string): number {
    const { perSecond, burst } = this.rate;
    const now = this.#clock.monotonic();
    const bucket = this.#buckets.get(key);
    if (!bucket) {
      if (this.#buckets.size >= this.#sweepAt) this.#sweep(now);
      this.#buckets.set(key, { tokens: burst - 1, at: now });
      return 0;
    }
    bucket.tokens = this.#filled(bucket, now);
    bucket.at = now;
    if (bucket.tokens < WHOLE) return Math.ceil(((1 - bucket.tokens) / perSecond) * 1000);
    bucket.tokens -= 1;
    return 0;
  }

  #sweep(now: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (this.#filled(bucket, now) >= this.rate.burst) this.#buckets.delete(key);
    }
    this.#sweepAt = Math.max(SWEEP_ABOVE, 2 * this.#buckets.size);
  }

  #filled({ tokens, at }: Bucket, now: number): number {
    return Math.min(this.rate.burst, tokens + ((now - at) / 1000) * this.rate.perSecond);
  }
}
