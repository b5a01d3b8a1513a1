/** Time and ids, handed in so that tests own them. */
import type { Timestamp } from '../../../miniprogram/protocol/objects.ts';

export type Undo = () => void;

/** All time comes from here, so that tests own it. */
export interface Clock {
  /** Wall clock, ms since the Unix epoch: for stamps that people see and for expiry, never for order. */
  now(): Timestamp;
  /** Monotonic ms: for deadlines and rates. */
  monotonic(): number;
  after(ms: number, run: () => void): Undo;
  every(ms: number, run: () => void): Undo;
}

/** A new opaque id: 1–32 of [A-Za-z0-9_-], not guessable. */
export type NewId = () => string;
