/** What moderators have forbidden to whom, until when and why. */
import type { RoomId, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { AuditRecord } from './audit-store.ts';

export type SanctionKind = 'mute' | 'ban';

/** Which sanction: a user has at most one of each kind in each place. */
export interface SanctionKey {
  user: UserId;
  kind: SanctionKind;
  /** Empty: everywhere. */
  room: RoomId | '';
}

export interface Sanction extends SanctionKey {
  /** It lifts itself then; FOREVER for one that does not. */
  until: Timestamp;
  /** The moderator's words, shown to the person. */
  reason: string;
  by: string;
  since: Timestamp;
}

export interface SanctionStore {
  /** Puts it in force from `since` on, in the place of an earlier one of its key. */
  sanction(sanction: Sanction, audit: AuditRecord): Promise<void>;
  /** Ends it at `audit.ts`; false, and no record written, where none was in force. */
  lift(key: SanctionKey, audit: AuditRecord): Promise<boolean>;
  /** Those in force at `now` against these users, in no order. */
  sanctions(users: UserId[], now: Timestamp): Promise<Sanction[]>;
  /** All in force at `now`, the newest first, those that began before `before`. */
  sanctionsInForce(page: { now: Timestamp; before?: Timestamp; limit: number }): Promise<Sanction[]>;
  /** Users whose sanctions were set or lifted at `since` or later, at most 10,000, the latest. */
  sanctionedSince(since: Timestamp): Promise<UserId[]>;
}
