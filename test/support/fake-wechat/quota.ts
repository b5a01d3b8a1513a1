/** WeChat's quotas: so many calls in a window, counted from when the window began for each key. */
export class Quota {
  readonly #most: number;
  readonly #windowMs: number;
  readonly #now: () => number;
  readonly #windows = new Map<string, { began: number; calls: number }>();

  constructor({ most, windowMs, now }: { most: number; windowMs: number; now: () => number }) {
    this.#most = most;
    this.#windowMs = windowMs;
    this.#now = now;
  }

  /** False where the quota is used up; such a call does not count. */
  take(key = ''): boolean {
    const now = this.#now();
    const known = this.#windows.get(key);
    const window = known && now - known.began < this.#windowMs ? known : { began: now, calls: 0 };
    this.#windows.set(key, window);
    if (window.calls >= this.#most) return false;
    window.calls += 1;
    return true;
  }
}

export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;
