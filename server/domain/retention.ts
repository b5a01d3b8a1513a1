/** Does away with what is older than the operator wants to keep: a little at a time, and not all day. */
import type { Clock, LogStore, Undo } from './ports.ts';

export interface RetentionDeps {
  store: Pick<LogStore, 'trim'>;
  clock: Clock;
  /** 0: nothing is ever too old. */
  days: number;
  /** Told after each run that deleted something. */
  onTrimmed: (entries: number) => void;
  onFault: (reason: unknown) => void;
}

const DAY_MS = 86_400_000;
const EVERY_MS = 3_600_000;
/** Entries of one step … */
const STEP = 200;
/** … and the time that it leaves to everybody else. */
const PAUSE_MS = 50;

/** @returns how to stop it */
export function keepRetention({ store, clock, days, onTrimmed, onFault }: RetentionDeps): Undo {
  if (days === 0) return () => undefined;
  let isStopped = false;
  let isRunning = false;
  let undoPause: Undo = () => undefined;

  const pause = (): Promise<void> => new Promise((resolve) => (undoPause = clock.after(PAUSE_MS, resolve)));

  async function run(): Promise<void> {
    const before = clock.now() - days * DAY_MS;
    let trimmed = 0;
    let next: string | undefined;
    do {
      const step = await store.trim(before, STEP, next);
      trimmed += step.trimmed;
      next = step.next;
      if (next !== undefined) await pause();
    } while (next !== undefined && !isStopped);
    if (trimmed > 0) onTrimmed(trimmed);
  }

  function start(): void {
    if (isRunning) return;
    isRunning = true;
    run()
      .catch(onFault)
      .finally(() => (isRunning = false));
  }

  start();
  const undo = clock.every(EVERY_MS, start);
  return () => {
    isStopped = true;
    undo();
    undoPause();
  };
}
