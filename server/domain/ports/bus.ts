/** What nodes tell each other, and what carries it. */
import type { ReportAction } from '../../../miniprogram/protocol/frames.ts';
import type { Entry, RoomId, Seq, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { Undo } from './clock.ts';

/** What nodes tell each other. */
export type BusMessage =
  /** Consecutive entries, just stored. */
  | { type: 'entries'; room: RoomId; entries: Entry[] }
  | { type: 'read'; room: RoomId; user: UserId; seq: Seq }
  | { type: 'typing'; room: RoomId; user: UserId }
  /** To one user's sockets: what they see of a room has changed, or they see it now. */
  | { type: 'room'; user: UserId; room: RoomId }
  /** To one user's sockets: the other end of one of their direct rooms came or went. */
  | { type: 'presence'; user: UserId; online: boolean; lastSeen?: Timestamp }
  /** A user's sanctions have changed: nodes read them anew. */
  | { type: 'sanctions'; user: UserId }
  /** The word list has changed: nodes read it anew. */
  | { type: 'words' }
  /** To one user's sockets: a report of theirs was resolved. */
  | { type: 'report'; user: UserId; id: string; room: RoomId; target: Seq; action: ReportAction }
  /** End the sockets of a user, or of one login. */
  | { type: 'hangup'; user: UserId; sid?: string; closeCode: number; reason: string };

/**
 * Carries messages between nodes, the sender's own included. It may lose, double and reorder them: order and truth
 * live in the store alone.
 */
export interface Bus {
  publish(subject: string, message: BusMessage): void;
  /** The listener must not throw. */
  subscribe(subject: string, listener: (message: BusMessage) => void): Undo;
  ping(): Promise<void>;
  close(): Promise<void>;
}
