/**
 * Keeps calls of one kind below WeChat's quota, which belongs to the AppID and not to a node: takes them from the
 * store in blocks, by the minute and by the day. Blows where WeChat says that the quota is used up all the same, or
 * does not answer time after time; then nobody is asked for a while, and after that one call tries how things stand.
 */
import type { Clock, SharedStore } from '../domain/ports.ts';
import { dayEnd, minuteEnd } from './day.ts';

export interface FuseDeps {
  /** Names the allowance in the store. */
  name: string;
  /** Below WeChat's own numbers. */
  most: { minute: number; day: number };
  store: Pick<SharedStore, 'take'>;
  clock: Pick<Clock, 'now' | 'monotonic'>;
}

/** Calls taken from the store at once: what a node may leave unused of a minute. */
const BLOCK = 50;
/** So many failures in a row blow it … */
export const FAILURES = 5;
/** … for so long. */
export const BLOWN_MS = 10_000;

type State =
  | { name: 'whole'; failures: number }
  | { name: 'blown'; until: number }
  /** One call is out to see whether WeChat answers again. */
  | { name: 'trying' };

export class Fuse {
  readonly #deps: FuseDeps;
  #state: State = { name: 'whole', failures: 0 };
  #block = { left: 0, ends: 0 };
  /** Wall clock: nothing is left before then. */
  #emptyUntil = 0;
  #taking: Promise<void> | null = null;

  constructor(deps: FuseDeps) {
    this.#deps = deps;
  }

  /** True where one call may be made now; its outcome is then told by `answered`, `failed` or `overQuota`. */
  async allows(): Promise<boolean> {
    if (!this.#isClosed()) return false;
    for (;;) {
      const now = this.#deps.clock.now();
      if (now < this.#emptyUntil) return this.#untried();
      if (this.#block.left > 0 && now < this.#block.ends) break;
      this.#taking ??= this.#take(now).finally(() => (this.#taking = null));
      await this.#taking;
    }
    this.#block.left -= 1;
    return true;
  }

  answered(): void {
    this.#state = { name: 'whole', failures: 0 };
  }

  failed(): void {
    const failures = this.#state.name === 'whole' ? this.#state.failures + 1 : FAILURES;
    this.#state =
      failures < FAILURES
        ? { name: 'whole', failures }
        : { name: 'blown', until: this.#deps.clock.monotonic() + BLOWN_MS };
  }

  /** WeChat counts more than we do: somebody else uses the AppID too. */
  overQuota(): void {
    this.answered();
    this.#emptyUntil = minuteEnd(this.#deps.clock.now());
    this.#block.left = 0;
  }

  #isClosed(): boolean {
    if (this.#state.name === 'whole') return true;
    if (this.#state.name === 'trying' || this.#deps.clock.monotonic() < this.#state.until) return false;
    this.#state = { name: 'trying' };
    return true;
  }

  /** No call is made after all; where it was the one that should try, another may. */
  #untried(): false {
    if (this.#state.name === 'trying') this.#state = { name: 'blown', until: this.#deps.clock.monotonic() };
    return false;
  }

  async #take(now: number): Promise<void> {
    const { name, most, store } = this.#deps;
    const ends = minuteEnd(now);
    try {
      const minute = { name: `${name}.minute`, ends, want: BLOCK, most: most.minute, now };
      const want = await store.take(minute);
      const day = { name: `${name}.day`, ends: dayEnd(now), want, most: most.day, now };
      const left = want > 0 ? await store.take(day) : 0;
      this.#block = { left, ends };
      if (left === 0) this.#emptyUntil = want > 0 ? day.ends : ends;
    } catch {
      // The store is away; so is everything that would need a verdict.
      this.#emptyUntil = now + 1_000;
    }
  }
}
