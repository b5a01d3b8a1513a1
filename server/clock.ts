/**
 * The system's time as the domain's Clock. The one file of the server that asks what time it is and sets timers.
 */
import type { Clock } from './domain/ports.ts';

/** A longer timer fires at once (Node turns it into 1 ms). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, checked(ms));
    return () => clearTimeout(timer);
  },
  every(ms, run) {
    const timer = setInterval(run, checked(ms));
    return () => clearInterval(timer);
  },
};

function checked(ms: number): number {
  if (ms >= 0 && ms <= LONGEST_TIMER_MS) return ms;
  throw new RangeError(`A timer of ${ms} ms; allowed: 0 to ${LONGEST_TIMER_MS}`);
}
