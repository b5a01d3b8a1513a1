/**
 * The phone's own time. A mini-program has no monotonic clock, so one is made of the wall clock: steps back are left
 * out. A step forward counts as time gone by, which is what a thaw looks like too, and is met in the same way.
 */
import type { Clock } from './clock';

export function createSystemClock(): Clock {
  let last = Date.now();
  let passed = 0;

  return {
    now: () => Date.now(),

    monotonic() {
      const now = Date.now();
      passed += Math.max(0, now - last);
      last = now;
      return passed;
    },

    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
}
