/**
 * A node that starts while the store has too much to do waits for it: at a start nobody is kept waiting by that, and
 * a new database has its indexes made by all who come at once.
 */
import type { Clock } from './domain/ports.ts';
import { Refusal } from './outcome.ts';

const TRY_EVERY_MS = 500;
const GIVE_UP_MS = 30_000;

/** @throws what the work rejects with, and UNAVAILABLE where that was the answer for 30 s */
export async function patiently<T>(
  clock: Pick<Clock, 'monotonic' | 'after'>,
  work: () => Promise<T>,
): Promise<T> {
  const due = clock.monotonic() + GIVE_UP_MS;
  for (;;) {
    try {
      return await work();
    } catch (reason) {
      const isBusy = reason instanceof Refusal && reason.code === 'UNAVAILABLE';
      if (!isBusy || clock.monotonic() >= due) throw reason;
      await new Promise<void>((resolve) => void clock.after(TRY_EVERY_MS, resolve));
    }
  }
}
