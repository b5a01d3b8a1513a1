/**
 * What the domain needs from outside, in its own words. Adapters live in store/ and bus/; each port has one contract
 * suite under test/ that every adapter passes. Methods reject with Refusal('UNAVAILABLE') while the thing behind
 * them is out of reach; nothing is half done then, but an append that was under way may have been stored: the
 * sender's resend with the same cid finds out.
 */
import type {
  Cid,
  Entry,
  EntryBodies,
  EntryKind,
  Member,
  Role,
  RoomId,
  RoomKind,
  RoomSummary,
  Seq,
  Timestamp,
  User,
  UserId,
} from '../../miniprogram/protocol/objects.ts';

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
  /** What becomes true together with the entry, or not at all. */
  change?: Change;
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
  | { type: 'recall'; target: Seq };

/** Where a draft went. */
export type Placed =
  /** `repeated`: the same sender stored this cid before; seq and ts are those of the first, nothing was written. */
  | { seq: Seq; ts: Timestamp; repeated?: true }
  /** Not stored, because the room is not, or no longer, as the draft supposes. */
  | { refused: 'no-room' | 'not-member' | 'already-member' | 'full' | 'recalled' };

export interface LogStore {
  /**
   * Appends to one room, in the order given; resolves when the entries are durable. Each draft is judged by itself:
   * - stored entries get the seqs after the head, gapless, and their change is applied atomically with them;
   * - a `cid` that `from` has used in this room before gives the first seq, whatever the draft holds;
   * - a draft of a sender who is not a member is refused `not-member` (`from: ''`, and the sender of a `join` that
   *   names the sender, excepted); so is a change to a user who is none;
   * - a `join` is refused `already-member` where any of its users is one, `full` past its limit; joiners start with
   *   everything up to this entry read;
   * - a `recall` is refused `recalled` where the target was recalled before or is no content.
   */
  append(room: RoomId, drafts: Draft[]): Promise<Placed[]>;
  /** The place of what `from` once sent as `cid`, or null. */
  find(room: RoomId, from: UserId, cid: Cid): Promise<{ seq: Seq; ts: Timestamp } | null>;
  entry(room: RoomId, seq: Seq): Promise<Entry | null>;
  /** Ascending and consecutive; `more` in the direction asked (`around`: on either side). */
  page(room: RoomId, range: PageRange): Promise<{ entries: Entry[]; head: Seq; more: boolean }>;
}

export interface PageRange {
  limit: number;
  /** One of them at most; none: the newest page. */
  before?: Seq;
  after?: Seq;
  around?: Seq;
}

export interface RoomRecord {
  id: RoomId;
  kind: RoomKind;
  name: string;
  avatar?: string;
  open: boolean;
  slowSeconds: number;
  closed: boolean;
  /** Of a direct room: its two users. */
  pair?: [UserId, UserId];
}

export interface MemberRecord {
  role: Role;
  joined: Timestamp;
  mutedUntil: Timestamp | null;
}

export interface NewRoom {
  id: RoomId;
  kind: RoomKind;
  name: string;
  open: boolean;
  /** Of a direct room; at most one room exists for a pair, in either order. */
  pair?: [UserId, UserId];
  members: { user: UserId; role: Role }[];
  /** Becomes entry 1. */
  first: Draft;
}

export interface Preferences {
  muted?: boolean;
  pinned?: boolean;
  hidden?: boolean;
}

export interface RoomStore {
  /**
   * Makes the room with its members and its first entry; where there is a room of this id, or one of this pair,
   * gives that one unchanged.
   */
  createRoom(room: NewRoom): Promise<{ id: RoomId; created: boolean }>;
  room(room: RoomId): Promise<RoomRecord | null>;
  member(room: RoomId, user: UserId): Promise<MemberRecord | null>;
  /** By user id, ascending, those after `after`. */
  members(
    room: RoomId,
    page: { after?: UserId; limit: number },
  ): Promise<{ members: Member[]; more: boolean }>;
  memberIds(room: RoomId): Promise<UserId[]>;
  /**
   * Who becomes owner when the owner `leaving` goes: nobody while another owner stays, else the admin of longest
   * standing, else the member.
   */
  heir(room: RoomId, leaving: UserId): Promise<UserId | null>;
  /** One's rooms as one sees them, each consistent in itself; in no order. */
  summaries(user: UserId): Promise<RoomSummary[]>;
  /** Null where `user` is no member. */
  summary(room: RoomId, user: UserId): Promise<RoomSummary | null>;
  /** Open rooms that are not closed; those one has not joined with role `none` and no `last`. At most `limit`. */
  openRooms(user: UserId, limit: number): Promise<RoomSummary[]>;
  /**
   * Moves the read marker, never back and never past the head.
   * @returns where it stands now; null where it did not move, or `user` is no member
   */
  markRead(room: RoomId, user: UserId, seq: Seq): Promise<Seq | null>;
  /** Changes the preferences named. */
  prefer(room: RoomId, user: UserId, preferences: Preferences): Promise<void>;
  /** The other ends of one's direct rooms. */
  peers(user: UserId): Promise<UserId[]>;
  /** The room with this name in the store's register (`lobby`), or null; the first to register it wins. */
  namedRoom(name: string): Promise<RoomId | null>;
  nameRoom(name: string, room: RoomId): Promise<RoomId>;
}

/** By what a person is known outside; never shown. */
export type Identity = { dev: string } | { openid: string; unionid?: string };

export interface UserStore {
  user(id: UserId): Promise<User | null>;
  users(ids: UserId[]): Promise<User[]>;
  /** The user of this identity; made as `fresh` where there is none. */
  userOf(identity: Identity, fresh: User): Promise<{ user: User; created: boolean }>;
  /** Changes the fields named; null where there is no such user. */
  changeUser(id: UserId, fields: { name?: string; avatar?: string }): Promise<User | null>;
  lastSeen(ids: UserId[]): Promise<{ user: UserId; seen: Timestamp }[]>;
  markSeen(id: UserId, seen: Timestamp): Promise<void>;
  /** True exactly once for a user: the first caller after the account was made greets. */
  welcome(id: UserId): Promise<boolean>;
}

/** A login is a family of refresh tokens; the store knows them by hash alone. */
export interface Login {
  sid: string;
  user: UserId;
  expires: Timestamp;
}

export type Rotation =
  /** `hash` was the current one; `next` is now. */
  | { outcome: 'rotated'; login: Login }
  /** `hash` was replaced at most `graceMs` ago: what `sealed` then was. */
  | { outcome: 'repeated'; login: Login; sealed: string }
  /** Replaced longer ago, so somebody holds a stolen token: the login is now revoked. */
  | { outcome: 'reused'; login: Login }
  | { outcome: 'unknown' };

export interface LoginStore {
  openLogin(login: Login, hash: string): Promise<void>;
  /** Atomic: of two calls with the same `hash` one rotates, the other is told `repeated`. Expired: `unknown`. */
  rotate(turn: {
    hash: string;
    next: string;
    sealed: string;
    now: Timestamp;
    graceMs: number;
    expires: Timestamp;
  }): Promise<Rotation>;
  /** Null where it was never opened, was revoked or has expired. */
  login(sid: string, now: Timestamp): Promise<Login | null>;
  /** The login that this token, current or replaced, belongs to. */
  loginOf(hash: string): Promise<Login | null>;
  revoke(sid: string): Promise<void>;
}

export interface Store extends LogStore, RoomStore, UserStore, LoginStore {
  /** Names the life of the store; changes when an operator restores a backup. */
  readonly epoch: string;
  /** Rejects where the store cannot serve. */
  ping(): Promise<void>;
  /** Finishes what is under way, then closes. */
  close(): Promise<void>;
}

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
