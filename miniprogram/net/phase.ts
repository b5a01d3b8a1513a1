/**
 * The states of a connection: as connection.ts goes through them, each with what belongs to it, and as the rest of
 * the app is told.
 */
import type { Timestamp } from '../protocol/objects';
import type { Live } from './live';
import type { Socket } from './socket';

/** Times are monotonic ms. */
export type Phase =
  /** Nobody wants a connection. */
  | { name: 'idle' }
  /** Getting an access token. */
  | { name: 'authorizing'; since: number }
  | { name: 'connecting'; socket: Socket; since: number }
  /** Hello is on its way. */
  | { name: 'greeting'; socket: Socket; since: number }
  | { name: 'live'; live: Live }
  | Resting
  /** Stays away until the person acts. */
  | Stopped;

export interface Stopped {
  name: 'stopped';
  closeCode: number;
  /** Of a ban: the moderator's words. */
  reason: string;
  /** Of a ban: its end. */
  until?: Timestamp;
}

export interface Resting {
  name: 'waiting' | 'offline';
  until: number;
  /** The server asked not to come back sooner. */
  notBefore: number;
}

export type LinkState =
  | { name: 'idle' }
  | { name: 'connecting' }
  | { name: 'live' }
  /** `until` by the wall clock. */
  | { name: 'waiting'; until: Timestamp; attempt: number }
  | { name: 'offline' }
  | Stopped;

export function isResting(phase: Phase): phase is Resting {
  return phase.name === 'waiting' || phase.name === 'offline';
}
