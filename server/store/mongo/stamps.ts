/** Marks of time that never repeat or go back on one node: wall-clock µs, pushed on where the clock has not moved. */
import type { Clock } from '../../domain/ports.ts';

/** @param after higher than this one, too */
export type NextStamp = (after?: number) => number;

export function createStamps(clock: Pick<Clock, 'now'>): NextStamp {
  let last = 0;
  return (after = 0) => (last = Math.max(last + 1, after + 1, clock.now() * 1_000));
}
