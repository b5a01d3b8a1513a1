/**
 * The phone's time: its Date, its timers. Runs with the real clock and can be put forward, so that nobody waits half
 * an hour to see what half an hour does. Timers that came due while the app was frozen run together at its thaw, an
 * interval once for every time that it missed (as on the phones where this hurts), up to a bound.
 */

/** @returns what takes it back */
export type After = (ms: number, run: () => void) => () => void;

export interface ClockDeps {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  after: After;
  /** Where the app's code runs; see thread.ts. */
  run(task: () => void): void;
}

interface Timer {
  /** Infinity for one that only waits for its turn to fire a last time. */
  due: number;
  /** 0 for once. */
  everyMs: number;
  fire: () => void;
}

/** Times that an interval catches up on at once. */
export const MOST_MISSED = 20;

export class PhoneClock {
  readonly #deps: ClockDeps;
  readonly #timers = new Map<number, Timer>();
  #lastId = 0;
  #aheadMs: number;
  #disarm: () => void = () => undefined;
  #isFiring = false;

  /** @param aheadMs by how much the phone is ahead of the real time already */
  constructor(deps: ClockDeps, aheadMs = 0) {
    this.#deps = deps;
    this.#aheadMs = aheadMs;
  }

  get aheadMs(): number {
    return this.#aheadMs;
  }

  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#deps.now() + this.#aheadMs;
  }

  /** Puts the phone's clock forward; what became due is due now. */
  skip(ms: number): void {
    this.#aheadMs += ms;
    this.#arm();
  }

  setTimeout(fire: () => void, ms: number): number {
    return this.#start(fire, ms, 0);
  }

  setInterval(fire: () => void, ms: number): number {
    const everyMs = Math.max(1, ms);
    return this.#start(fire, everyMs, everyMs);
  }

  clear(id: number): void {
    this.#timers.delete(id);
  }

  /** What an app calls, by the names that it knows. */
  globals(): Record<string, unknown> {
    type Task = (...args: unknown[]) => void;
    return {
      Date: this.date(),
      setTimeout: (task: Task, ms = 0, ...args: unknown[]) => this.setTimeout(() => task(...args), ms),
      setInterval: (task: Task, ms = 0, ...args: unknown[]) => this.setInterval(() => task(...args), ms),
      clearTimeout: (id: number) => this.clear(id),
      clearInterval: (id: number) => this.clear(id),
    };
  }

  /** A `Date` that knows this clock. */
  date(): DateConstructor {
    const now = (): number => this.now();
    return class extends Date {
      constructor(...args: [] | [number | string | Date]) {
        if (args.length === 0) super(now());
        else super(...args);
      }
      static override now(): number {
        return now();
      }
    } as DateConstructor;
  }

  #start(fire: () => void, ms: number, everyMs: number): number {
    const id = (this.#lastId += 1);
    this.#timers.set(id, { due: this.now() + Math.max(0, ms), everyMs, fire });
    this.#arm();
    return id;
  }

  /** One real timer, for the first that is due. None while a firing waits for its turn on the app's thread. */
  #arm(): void {
    this.#disarm();
    this.#disarm = () => undefined;
    const first = Math.min(...[...this.#timers.values()].map(({ due }) => due));
    if (first === Infinity || this.#isFiring) return;
    this.#disarm = this.#deps.after(Math.max(0, first - this.now()), () => {
      this.#isFiring = true;
      this.#deps.run(() => this.#fireDue());
    });
  }

  #fireDue(): void {
    const now = this.now();
    const due = [...this.#timers].filter(([, timer]) => timer.due <= now).sort((a, b) => a[1].due - b[1].due);
    for (const [id, timer] of due) {
      const missed = timer.everyMs === 0 ? 1 : 1 + Math.floor((now - timer.due) / timer.everyMs);
      timer.due = timer.everyMs === 0 ? Infinity : timer.due + missed * timer.everyMs;
      for (let times = Math.min(missed, MOST_MISSED); times > 0; times -= 1) {
        this.#deps.run(() => this.#fire(id, timer));
      }
    }
    this.#isFiring = false;
    this.#arm();
  }

  /** Unless an earlier one has cleared it. */
  #fire(id: number, timer: Timer): void {
    if (this.#timers.get(id) !== timer) return;
    if (timer.everyMs === 0) this.#timers.delete(id);
    timer.fire();
  }
}
