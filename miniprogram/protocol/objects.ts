/**
 * The objects that frames carry (protocol §4, Objects). A room is one append-only log of entries; everything that
 * changes what its members see is an entry.
 */

export type UserId = string;
export type RoomId = string;
export type FileId = string;

/** Made by the client once, when the person presses send; 1–36 of `[A-Za-z0-9_-]`. */
export type Cid = string;
/** Position in a room's log: 1, 2, 3 … without a gap. */
export type Seq = number;
/** Milliseconds since the Unix epoch by the server's clock; shown, never used to order. */
export type Timestamp = number;

export type RoomKind = 'direct' | 'group' | 'live' | 'support';
export type Role = 'owner' | 'admin' | 'member' | 'bot';

export interface User {
  id: UserId;
  name: string;
  avatar?: string;
}

export interface Member {
  user: User;
  role: Role;
  joined: Timestamp;
  mutedUntil?: Timestamp;
}

/** What a person reads, by kind; these alone count as unread. */
export interface ContentBodies {
  text: { text: string };
  image: { file: FileId; w: number; h: number; size: number; thumb?: FileId };
  voice: { file: FileId; ms: number; size: number };
  video: MediaBody;
  file: MediaBody;
  /** GCJ-02 degrees, as `wx.getLocation` gives them. */
  location: { lat: number; lng: number; name?: string; address?: string };
  card: { title: string; path?: string; appid?: string; url?: string; thumb?: string };
  custom: { type: string; data: unknown };
}

export interface MediaBody {
  file: FileId;
  name?: string;
  size: number;
  ms?: number;
  w?: number;
  h?: number;
  poster?: FileId;
}

/** What changes an earlier entry, named by `target`, and the notices. */
export interface ChangeBodies {
  recall: Record<string, never>;
  edit: { text: string };
  react: { emoji: string; on: boolean };
  sys: SysBody;
}

export type EntryBodies = ContentBodies & ChangeBodies;
export type ContentKind = keyof ContentBodies;
export type EntryKind = keyof EntryBodies;

/** Membership and settings of a room change by these notices and by nothing else. */
export type SysBody =
  | { action: 'created'; name?: string; users: UserId[] }
  | { action: 'joined'; user: UserId }
  | { action: 'left'; user: UserId }
  | { action: 'invited'; users: UserId[] }
  | { action: 'removed'; user: UserId }
  | { action: 'renamed'; name: string }
  | { action: 'role'; user: UserId; role: Role }
  | { action: 'muted'; user: UserId; until: Timestamp }
  | { action: 'unmuted'; user: UserId }
  | { action: 'pinned'; target: Seq }
  | { action: 'unpinned'; target: Seq }
  | { action: 'slow'; seconds: number }
  | { action: 'closed' };

interface EntryOf<K extends EntryKind> {
  seq: Seq;
  ts: Timestamp;
  /** The sender; `""` where the server speaks for itself. */
  from: UserId | '';
  kind: K;
  /** `{}` where `recalled`. */
  body: EntryBodies[K];
  cid?: Cid;
  reply?: Seq;
  mentions?: UserId[] | 'all';
  target?: Seq;
  recalled?: true;
  edited?: Timestamp;
}

/** One line of a room's log. `kind` tells the shape of `body`, but for a `recalled` entry, whose body is empty. */
export type Entry = { [K in EntryKind]: EntryOf<K> }[EntryKind];

/** A file that one may read, and where: a path on the server, signed, good until `expiresAt`. */
export interface FileLink {
  id: FileId;
  url: string;
  expiresAt: Timestamp;
  mime: string;
  size: number;
  w?: number;
  h?: number;
}

/** How many have reacted to an entry with an emoji. */
export interface Reaction {
  target: Seq;
  emoji: string;
  count: number;
  /** One is among them. */
  mine?: true;
}

export interface RoomSummary {
  id: RoomId;
  kind: RoomKind;
  /** A direct room bears the name of the peer. */
  name: string;
  avatar?: string;
  /** The last seq stored. */
  head: Seq;
  /** The first seq that is kept; absent where that is 1. What was before it is gone for good. */
  begins?: Seq;
  /** `none` in a listing of open rooms that one has not joined. */
  role: Role | 'none';
  /** One's read marker; 0 before anything was read. */
  read: Seq;
  /** Entries of others after `read` that a person reads. */
  unread: number;
  /** The newest entry that a list of rooms shows: content or a notice. */
  last?: Entry;
  /** How many members. */
  members: number;
  open?: boolean;
  /** Of a direct room: the other one. */
  peer?: User;
  /** One's own preferences: no alert, kept on top, not listed until something new comes. */
  muted?: boolean;
  pinned?: boolean;
  hidden?: boolean;
  /** The person may not post before then. */
  mutedUntil?: Timestamp;
  /** Of a moderator's mute: why, in the moderator's words. Told to the person alone. */
  muteReason?: string;
  slowSeconds?: number;
  closed?: boolean;
  /** In a hello reply: too much is missing to be sent unasked; page with `message.history`. */
  behind?: boolean;
  /** In a hello reply: the cursor means nothing here; drop what is held of the room. */
  reset?: boolean;
}
