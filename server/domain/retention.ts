/**
 * Does away with what is older than the operator wants to keep: a little at a time, and not all day. Of the nodes of
 * one store one does it, and goes on doing it; where that one has gone, another follows within two hours.
 */
import type { Clock, LogStore, SharedStore, Undo } from './ports.ts';

export interface RetentionDeps {
  store: Pick<LogStore, 'trim'> & Pick<SharedStore, 'lease' | 'release'>;
  clock: Clock;
  /** Names this node among those of one store: one of them trims. */
  node: string;
  /** 0: nothing is ever too old. */
  days: number;
  /** Told after each step that deleted something. */
  onStep: (entries: number) => void;
  /** Told after each run that deleted something. */
  onTrimmed: (entries: number) => void;
  onFault: (reason: unknown) => void;
}

const DAY_MS = 86_400_000;
const EVERY_MS = 3_600_000;
/** Held until after the next run is due, and longer with each step. */
const LEASE_MS = EVERY_MS + 600_000;
const LEASE = 'retention';
/** Entries of one step … */
const STEP = 200;
/** … and the time that it leaves to everybody else. */
const PAUSE_MS = 50;

/** @returns how to stop it */
export function keepRetention(deps: RetentionDeps): Undo {
  const { store, clock, node, days, onStep, onTrimmed, onFault } = deps;
  if (days === 0) return () => undefined;
  let isStopped = false;
  let isRunning = false;
  let undoPause: Undo = () => undefined;

  const pause = (): Promise<void> => new Promise((resolve) => (undoPause = clock.after(PAUSE_MS, resolve)));

  function isOurs(): Promise<boolean> {
    const now = clock.now();
    return store.lease({ name: LEASE, holder: node, now, until: now + LEASE_MS });
  }

  async function run(): Promise<void> {
    const before = clock.now() - days * DAY_MS;
    let trimmed = 0;
    let next: string | undefined;
    while (!isStopped && (await isOurs())) {
      const step = await store.trim(before, STEP, next);
      if (step.trimmed > 0) onStep(step.trimmed);
      trimmed += step.trimmed;
      next = step.next;
      if (next === undefined) break;
      await pause();
    }
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
    // Whoever comes after need not wait for the lease to end.
    store.release(LEASE, node).catch(() => undefined);
  };
}
