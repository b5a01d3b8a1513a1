/**
 * Verdicts asked for and kept a while, so that a message which is sent again (its answer took too long) finds the
 * verdict that is under way or already there and is not judged twice. Kept by who sent what where; another text under
 * the same key is another question. One that nobody gave is not kept. Bounded: the oldest go and are asked anew.
 */
import type { Clock, Verdict } from './ports.ts';

interface Kept {
  text: string;
  verdict: Promise<Verdict>;
  /** Monotonic ms. */
  asked: number;
}

export const KEPT_MS = 60_000;
const MOST_KEPT = 10_000;

export class Verdicts {
  readonly #clock: Pick<Clock, 'monotonic' | 'after'>;
  /** In the order of asking. */
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Pick<Clock, 'monotonic' | 'after'>) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#kept.size;
  }

  of(key: string, text: string, ask: () => Promise<Verdict>): Promise<Verdict> {
    const now = this.#clock.monotonic();
    const known = this.#kept.get(key);
    if (known?.text === text && now - known.asked < KEPT_MS) return known.verdict;
    this.#forget(now);
    const kept: Kept = { text, verdict: ask(), asked: now };
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    void kept.verdict.then((verdict) => {
      if (verdict.name === 'unknown' && this.#kept.get(key) === kept) this.#kept.delete(key);
    });
    return kept.verdict;
  }

  /** The verdict, or null where it is not there within `ms`. */
  async within(ms: number, verdict: Promise<Verdict>): Promise<Verdict | null> {
    let undo = (): void => undefined;
    const late = new Promise<null>((resolve) => (undo = this.#clock.after(ms, () => resolve(null))));
    try {
      return await Promise.race([verdict, late]);
    } finally {
      undo();
    }
  }

  #forget(now: number): void {
    for (const [key, { asked }] of this.#kept) {
      if (now - asked < KEPT_MS && this.#kept.size < MOST_KEPT) return;
      this.#kept.delete(key);
    }
  }
}
