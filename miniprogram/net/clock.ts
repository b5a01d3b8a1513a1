/**
 * All time of the client comes from here, so that tests own it. Timers may be late, by as long as the phone kept
 * the app frozen, and those that piled up may fire together: whoever sets one looks at the clock again when it fires.
 */
import type { Timestamp } from '../protocol/objects';

export type Undo = () => void;

export interface Clock {
  /** Wall clock, ms since the Unix epoch; may jump either way. For what people see, never for a deadline. */
  now(): Timestamp;
  /** Ms that never go back; they go on while the app is frozen. For deadlines. */
  monotonic(): number;
  /** Runs once, not before `ms` have passed. */
  after(ms: number, run: () => void): Undo;
}
