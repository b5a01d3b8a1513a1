/**
 * What is kept in MongoDB: a collection a noun, and how each document is called. The log (`entries`) is the truth and
 * is only ever inserted into, until its beginning is too old to be kept (trim.ts); what else describes a room is derived from it and says up to which seq (`at`, `rev`,
 * `applied`). Indexes are in shape.ts. Bodies are kept as JSON text: what a person wrote comes back letter by letter
 * and is never read as a query, an operator or a field's name.
 */
import type { Collection, Db } from 'mongodb';
import type { Tables } from './tables.ts';
import type {
  Cid,
  EntryKind,
  FileId,
  Role,
  RoomId,
  RoomKind,
  Seq,
  Timestamp,
  UserId,
} from '../../../miniprogram/protocol/objects.ts';

export interface EntryDoc {
  /** `entryId`: one of the two keys that carry the guarantees. */
  _id: string;
  room: RoomId;
  seq: Seq;
  /** The other one, with `room`: `entryKey`. */
  key: string;
  /** Content entries of the room up to and including this one. */
  n: number;
  ts: Timestamp;
  from: UserId | '';
  kind: EntryKind;
  /** JSON. */
  body: string;
  cid?: Cid;
  reply?: Seq;
  target?: Seq;
  mentions?: UserId[] | 'all';
  /** JSON of a LoggedChange. */
  change?: string;
  /** Files that the body names. */
  files?: FileId[];
  /** JSON of the AuditRecord that belongs to it. */
  audit?: string;
  /** When it was stored, in µs, and higher than that of the entry before it: an order over all rooms, for search. */
  stamp: number;
  /** Names the call that inserted it: after a lost reply, how an entry of one's own is told from another's. */
  by: string;
  recalled?: true;
  edited?: Timestamp;
  /** Entries that edit this one and are not erased. */
  edits?: Seq[];
  reactions?: ReactionDoc[];
  /** Seq of the last entry that changed this one; 0: none has. */
  rev: Seq;
}

export interface ReactionDoc {
  emoji: string;
  n: number;
  /** Seq of the entry that brought it. */
  since: Seq;
}

/** What an entry is searched by (grams.ts); its id is the entry's. */
export interface SearchDoc {
  _id: string;
  room: RoomId;
  grams: string[];
  stamp: number;
}

/** Whether a person's reaction is on; `_id`: `reactorId`. */
export interface ReactorDoc {
  _id: string;
  on: boolean;
  at: Seq;
}

export interface RoomDoc {
  _id: RoomId;
  kind: RoomKind;
  name: string;
  avatar?: string;
  open: boolean;
  slowSeconds: number;
  closed: boolean;
  pair?: [UserId, UserId];
  members: number;
  /** Everything up to this entry is in this document and in all that is derived from the room's log. */
  applied: Seq;
  /** Of that entry. */
  n: number;
  /** The newest entry up to there that a list of rooms shows. */
  shown: Seq;
  /** Of that entry. */
  stamp: number;
  /** The first seq that is kept; absent: 1. Moves before the entries go. */
  begins?: Seq;
  /** Content entries before it. */
  beginsN?: number;
}

/** Of everybody who ever was in the room; `_id`: `memberId`. */
export interface MemberDoc {
  _id: string;
  room: RoomId;
  user: UserId;
  in: boolean;
  role: Role;
  joined: Timestamp;
  /** Seq of the entry that brought them. */
  since: Seq;
  mutedUntil: Timestamp | null;
  /** Their own content entries. */
  sent: number;
  /** Seq of the last entry that changed any of the above. */
  at: Seq;
  read: Seq;
  /** Content entries of the room, and of their own, up to `read`. */
  readN: number;
  readSent: number;
  muted: boolean;
  pinned: boolean;
  /** `n` of the room when it was hidden. */
  hiddenN: number | null;
}

export interface UserDoc {
  _id: UserId;
  name: string;
  avatar?: string;
  seen?: Timestamp;
}

/** By what a person is known outside; `_id`: `dev/name` or `openid/openid`. Holds what their user was to be made of. */
export interface IdentityDoc {
  _id: string;
  user: UserId;
  name: string;
  avatar?: string;
  unionid?: string;
}

/** What somebody was the first to say, for good: `pair/a/b` and `name/lobby` → a room, `welcome/user`. */
export interface FirstDoc {
  _id: string;
  value: string;
}

export interface LoginDoc {
  _id: string;
  user: UserId;
  expires: Timestamp;
}

export interface TokenDoc {
  /** The hash. */
  _id: string;
  sid: string;
  expires: Timestamp;
}

/** The one replacement of a token; `_id`: its hash. */
export interface TurnDoc {
  _id: string;
  next: string;
  sealed: string;
  replaced: Timestamp;
  expires: Timestamp;
}

export interface MetaDoc {
  _id: 'store' | 'pinged' | 'words';
  version?: number;
  epoch?: string;
  at?: Timestamp;
}

export interface Collections extends Tables {
  entries: Collection<EntryDoc>;
  search: Collection<SearchDoc>;
  reactors: Collection<ReactorDoc>;
  rooms: Collection<RoomDoc>;
  members: Collection<MemberDoc>;
  users: Collection<UserDoc>;
  identities: Collection<IdentityDoc>;
  firsts: Collection<FirstDoc>;
  logins: Collection<LoginDoc>;
  tokens: Collection<TokenDoc>;
  turns: Collection<TurnDoc>;
  meta: Collection<MetaDoc>;
}

export function collectionsOf(db: Db): Collections {
  return {
    entries: db.collection('entries'),
    search: db.collection('search'),
    reactors: db.collection('reactors'),
    rooms: db.collection('rooms'),
    members: db.collection('members'),
    users: db.collection('users'),
    identities: db.collection('identities'),
    firsts: db.collection('firsts'),
    logins: db.collection('logins'),
    tokens: db.collection('tokens'),
    turns: db.collection('turns'),
    meta: db.collection('meta'),
    nodes: db.collection('nodes'),
    files: db.collection('files'),
    fileUses: db.collection('file_uses'),
    fileChecks: db.collection('file_checks'),
    checkedUses: db.collection('checked_uses'),
    awaitedTexts: db.collection('awaited_texts'),
    sanctions: db.collection('sanctions'),
    audits: db.collection('audits'),
    reports: db.collection('reports'),
    words: db.collection('words'),
    apiKeys: db.collection('api_keys'),
    shared: db.collection('shared'),
    leases: db.collection('leases'),
    allowances: db.collection('allowances'),
    credits: db.collection('credits'),
    notices: db.collection('notices'),
  };
}

/** Digits of a seq in an id: text sorts as the numbers do. */
const SEQ_DIGITS = 12;

/** A room's log is a range of ids. Ids of rooms and users hold no `/` and no `#`. */
export const entryId = (room: RoomId, seq: Seq): string =>
  `${room}/${String(Math.max(seq, 0)).padStart(SEQ_DIGITS, '0')}`;

/** The ids of the entries `from` … `to`. */
export const idRange = (room: RoomId, from: Seq, to: Seq) => ({
  $gte: entryId(room, from),
  $lte: entryId(room, Math.min(to, MAX_SEQ)),
});

export const MAX_SEQ: Seq = 10 ** SEQ_DIGITS - 1;

/** What has no cid is called by its seq: a unique index knows no exceptions here. */
export const entryKey = (from: UserId | '', cid: Cid | undefined, seq: Seq): string =>
  cid === undefined ? `#${seq}` : `${from}/${cid}`;

export const memberId = (room: RoomId, user: UserId): string => `${room}/${user}`;

export const reactorId = (room: RoomId, target: Seq, user: UserId, emoji: string): string =>
  `${entryId(room, target)}/${user}/${emoji}`;
