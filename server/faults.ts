/**
 * Faults of what a node does by itself, round after round, for the log. That the store is out of reach is one fault,
 * however many tasks meet it and however often: it is told when it goes, and when it has been back for a while, with
 * what it cost. Anything else is a bug, and told each time.
 */
import type { Clock, Undo } from './domain/ports.ts';
import type { Logger } from './log.ts';
import { Refusal } from './outcome.ts';

export interface FaultsDeps {
  log: Pick<Logger, 'error' | 'warn'>;
  clock: Pick<Clock, 'monotonic' | 'every'>;
  /** Rejects while the store is out of reach. */
  ping: () => Promise<void>;
}

export interface Faults {
  /** A task failed; it comes again by itself. */
  tell(reason: unknown): void;
  /** The node ends: it looks no more, and that the store is closed then is no fault. */
  stop(): void;
}

interface Absence {
  /** Monotonic ms. */
  since: number;
  /** Tasks that it cost. */
  tasks: number;
  /** Looks in a row at which it was there. */
  well: number;
  isLooking: boolean;
  undo: Undo;
}

const LOOK_EVERY_MS = 1_000;
/** A store that comes and goes is away; it is back when it was there so many times. */
const WELL = 3;

export function createFaults({ log, clock, ping }: FaultsDeps): Faults {
  let absence: Absence | null = null;
  let isStopped = false;

  function tell(reason: unknown): void {
    if (!(reason instanceof Refusal && reason.code === 'UNAVAILABLE')) {
      log.error('a task failed', { err: reason });
      return;
    }
    if (isStopped) return;
    if (!absence) {
      log.error('the store is out of reach', { err: reason });
      const undo = clock.every(LOOK_EVERY_MS, () => void look());
      absence = { since: clock.monotonic(), tasks: 0, well: 0, isLooking: false, undo };
    }
    absence.tasks += 1;
    absence.well = 0;
  }

  async function look(): Promise<void> {
    const seen = absence;
    if (!seen || seen.isLooking) return;
    seen.isLooking = true;
    const isThere = await ping().then(
      () => true,
      () => false,
    );
    seen.isLooking = false;
    seen.well = isThere ? seen.well + 1 : 0;
    if (seen.well < WELL || absence !== seen) return;
    end();
    const ms = Math.round(clock.monotonic() - seen.since);
    log.warn('the store is back', { ms, failedTasks: seen.tasks });
  }

  function end(): void {
    absence?.undo();
    absence = null;
  }

  function stop(): void {
    isStopped = true;
    end();
  }

  return { tell, stop };
}
