/** Where a room's entries are kept. Order and truth live here alone. */
import type {
  Cid,
  Entry,
  EntryBodies,
  EntryKind,
  FileId,
  Reaction,
  Role,
  RoomId,
  Seq,
  Timestamp,
  UserId,
} from '../../../miniprogram/protocol/objects.ts';
import type { AuditRecord } from './audit-store.ts';

/** An entry that has no place in the log yet. */
export interface Draft {
  from: UserId | '';
  ts: Timestamp;
  kind: EntryKind;
  body: EntryBodies[EntryKind];
  cid?: Cid;
  reply?: Seq;
  mentions?: UserId[] | 'all';
  target?: Seq;
  /** Files that the body names: the entry carries them, who may read it may read them. */
  files?: FileId[];
  /** What becomes true together with the entry, or not at all. */
  change?: Change;
  /** A moderator's act, written down together with the entry, or not at all. Not part of the entry. */
  audit?: AuditRecord;
}

/** How a room changes by one of its entries. */
export type Change =
  /** `limit`: most members the room may have afterwards. */
  | { type: 'join'; users: UserId[]; role: Role; limit?: number }
  | { type: 'leave'; user: UserId }
  | { type: 'role'; user: UserId; role: Role }
  /** `until` null: may speak again. */
  | { type: 'mute'; user: UserId; until: Timestamp | null }
  | { type: 'rename'; name: string }
  | { type: 'slow'; seconds: number }
  | { type: 'close' }
  /** Erases the target's body for good. */
  | { type: 'recall'; target: Seq }
  /** The target shows `text` from now on and `edited`, the time of the draft. */
  | { type: 'edit'; target: Seq; text: string }
  /** Of the sender; `limit`: most different emoji that the target may bear afterwards. */
  | { type: 'react'; target: Seq; emoji: string; on: boolean; limit: number };

/** Where a draft went. */
export type Placed =
  /** `repeated`: the same sender stored this cid before; seq and ts are those of the first, nothing was written. */
  | { seq: Seq; ts: Timestamp; repeated?: true }
  /** Not stored, because the room is not, or no longer, as the draft supposes. */
  | { refused: 'no-room' | 'not-member' | 'already-member' | 'full' | 'recalled' | 'unchanged' | 'no-file' };

export interface LogStore {
  /**
   * Appends to one room, in the order given; resolves when the entries are durable. Each draft is judged by itself:
   * - stored entries get the seqs after the head, gapless, and their change is applied atomically with them;
   * - a `cid` that `from` has used in this room before gives the first seq, whatever the draft holds;
   * - a draft of a sender who is not a member is refused `not-member` (`from: ''`, and the sender of a `join` that
   *   names the sender, excepted); so is a change to a user who is none;
   * - a `join` is refused `already-member` where any of its users is one, `full` past its limit; joiners start with
   *   everything up to this entry read;
   * - a draft is refused `no-file` where one of its files is not there, or has expired at the draft's `ts`;
   * - a `recall`, an `edit` or a `react` is refused `recalled` where the target was recalled before or is no content
   *   (`edit`: no text);
   * - a recall erases the target, its edits and its reactions, and lets go of its files; an edit erases the one before it, which is then
   *   `recalled`: of a text that was taken back or replaced nothing is kept;
   * - a `react` is refused `unchanged` where the sender's emoji is there already, or is not there to be taken off, so
   *   that whoever adds up the entries counts right; `full` past its limit.
   */
  append(room: RoomId, drafts: Draft[]): Promise<Placed[]>;
  /**
   * Ms after which an append is refused, however it ends: batches are made to fit. Absent where it takes what it takes,
   * as a disk does, which makes a thousand entries durable as fast as one.
   */
  readonly patienceMs?: number;
  /** The place of what `from` once sent as `cid`, or null. */
  find(room: RoomId, from: UserId, cid: Cid): Promise<{ seq: Seq; ts: Timestamp } | null>;
  entry(room: RoomId, seq: Seq): Promise<Entry | null>;
  /** Ascending and consecutive; `more` in the direction asked (`around`: on either side). */
  page(room: RoomId, range: PageRange): Promise<Page>;
  /**
   * Deletes some of the oldest entries, at most `limit`, that were stored before then: of each room the beginning, and
   * never the head. Seqs stay what they are. Reactions go with their entry and files are let go of; what was not read
   * of it counts as read; a cid that was in it is free again.
   * @param after what the call before gave as `next`: where there is one, there is more to do
   */
  trim(before: Timestamp, limit: number, after?: string): Promise<{ trimmed: number; next?: string }>;
  /** How far each of these rooms goes, in no order; a room that does not exist is left out. */
  heads(rooms: RoomId[]): Promise<{ room: RoomId; head: Seq }[]>;
}

export interface Page {
  entries: Entry[];
  head: Seq;
  /** The first seq that is kept, where that is not 1; no page reaches before it. */
  begins?: Seq;
  more: boolean;
  /** Those of the entries, exactly as at `head`, by target and age; where a viewer was named and there are any. */
  reactions?: Reaction[];
}

export interface PageRange {
  limit: number;
  /** One of them at most; none: the newest page. */
  before?: Seq;
  after?: Seq;
  around?: Seq;
  /** Who asks: `reactions` are told, and which of them are the viewer's. */
  viewer?: UserId;
}
