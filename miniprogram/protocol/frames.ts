/**
 * Every frame of the wire contract (protocol §4): requests with their replies, and pushes. Both sides are compiled
 * against these types; the server checks what arrives against schemas that are tied to them.
 */
import type { ErrorBody } from './errors';
import type { Limits } from './limits';
import type {
  Cid,
  ContentBodies,
  ContentKind,
  Entry,
  FileId,
  FileLink,
  Member,
  Reaction,
  Role,
  RoomId,
  RoomKind,
  RoomSummary,
  Seq,
  Timestamp,
  User,
  UserId,
} from './objects';

type Nothing = Record<string, never>;

/** op → what is asked and what is answered. `room.typing` alone has no id and no reply. */
export interface Requests {
  'session.hello': { body: HelloBody; reply: HelloReply };
  'session.renew': { body: { token: string }; reply: { expiresAt: Timestamp } };
  'session.ping': { body: Nothing; reply: { serverTime: Timestamp } };
  'room.list': { body: { scope?: 'mine' | 'open' }; reply: { rooms: RoomSummary[] } };
  'room.create': { body: CreateBody; reply: { room: RoomSummary } };
  'room.open': { body: { user: UserId }; reply: { room: RoomSummary } };
  'room.join': { body: { room: RoomId }; reply: { room: RoomSummary } };
  'room.leave': { body: { room: RoomId }; reply: Nothing };
  'room.members': {
    body: { room: RoomId; after?: UserId; limit?: number };
    reply: { members: Member[]; more: boolean };
  };
  'room.manage': { body: { room: RoomId; cid: Cid } & ManageAction; reply: { seq: Seq } };
  'room.read': { body: { room: RoomId; seq: Seq }; reply: Nothing };
  'room.typing': { body: { room: RoomId }; reply: never };
  'room.prefs': {
    body: { room: RoomId; muted?: boolean; pinned?: boolean; hidden?: boolean };
    reply: Nothing;
  };
  'message.send': { body: SendBody; reply: SendReply };
  'message.recall': { body: { room: RoomId; cid: Cid; target: Seq }; reply: { seq: Seq } };
  'message.edit': { body: { room: RoomId; cid: Cid; target: Seq; text: string }; reply: { seq: Seq } };
  'message.react': {
    body: { room: RoomId; cid: Cid; target: Seq; emoji: string; on: boolean };
    reply: { seq: Seq };
  };
  'message.history': { body: HistoryBody; reply: HistoryReply };
  'message.search': {
    /** `before` in a room; `next`, as a page gave it, in one or in all. */
    body: { query: string; room?: RoomId; before?: Seq; next?: string; limit?: number };
    /** A page may hold few hits, or none, though there is more. */
    reply: { hits: { room: RoomId; entry: Entry }[]; more: boolean; next?: string };
  };
  /** Names and pictures of people met in rooms; unknown ids are left out. At most 100 ids. */
  'user.get': { body: { users: UserId[] }; reply: { users: User[] } };
  /** Where to read files: at most 50; those that are unknown or not for one's eyes are left out. */
  'file.get': { body: { files: FileId[]; room?: RoomId }; reply: { files: FileLink[] } };
  'message.report': {
    /** @param reason a ReportReason; the server keeps any other word as the note of an `other` */
    body: { room: RoomId; target: Seq; reason: string; note?: string };
    reply: Nothing;
  };
}

export type Op = keyof Requests;
export type RequestBody<O extends Op> = Requests[O]['body'];
export type ReplyBody<O extends Op> = Requests[O]['reply'];

export interface HelloBody {
  version: number;
  /** An access token; in the first frame and never in a URL. */
  token: string;
  device?: { id?: string; platform?: string; app?: string };
  /** The life of the store that the cursors belong to. */
  epoch?: string;
  /** The last seq held of each room. */
  cursors?: Record<RoomId, Seq>;
}

export interface HelloReply {
  user: User;
  epoch: string;
  heartbeatMs: number;
  limits: Limits;
  rooms: RoomSummary[];
  serverTime: Timestamp;
  expiresAt: Timestamp;
  /** What is written is checked; with `before` a send waits for it. Absent: not checked. */
  check?: 'after' | 'before';
  /** Ids of WeChat's subscribe templates that the app may ask the person to accept, by what they tell of. */
  notices?: { direct?: string; mention?: string };
}

export interface CreateBody {
  kind: Exclude<RoomKind, 'direct'>;
  /** Sent again with the same, it gives the room that was made. */
  cid?: Cid;
  name?: string;
  members?: UserId[];
  /** Anyone may join. A live room is always open, whatever this says. */
  open?: boolean;
}

export type ManageAction =
  | { action: 'rename'; name: string }
  | { action: 'invite'; users: UserId[] }
  | { action: 'remove'; user: UserId }
  | { action: 'role'; user: UserId; role: Exclude<Role, 'bot'> }
  | { action: 'mute'; user: UserId; seconds: number }
  | { action: 'unmute'; user: UserId }
  | { action: 'pin'; target: Seq }
  | { action: 'unpin'; target: Seq }
  | { action: 'slow'; seconds: number }
  | { action: 'close' };

export type Content = { [K in ContentKind]: { kind: K; body: ContentBodies[K] } }[ContentKind];

export type SendBody = {
  room: RoomId;
  cid: Cid;
  reply?: Seq;
  mentions?: UserId[] | 'all';
} & Content;

export interface SendReply {
  seq: Seq;
  ts: Timestamp;
  /** This cid was stored before; the seq and the time are those of the first. */
  repeated?: true;
}

export interface HistoryBody {
  room: RoomId;
  /** At most one of these; none: the newest page. */
  before?: Seq;
  after?: Seq;
  around?: Seq;
  limit?: number;
}

export interface HistoryReply {
  /** Ascending and consecutive. */
  entries: Entry[];
  head: Seq;
  /** There is more in the direction asked (`around`: on either side). */
  more: boolean;
  /** The first seq that is kept; absent where that is 1. */
  begins?: Seq;
  /** Those that the entries bear at `head`, by target and age; react entries after `head` change them. */
  reactions?: Reaction[];
}

/** op → body of what the server sends unasked. */
export interface Pushes {
  entries: { room: RoomId; entries: Entry[] };
  room: { room: RoomSummary };
  gone: { room: RoomId; reason: GoneReason };
  read: { room: RoomId; user: UserId; seq: Seq };
  typing: { room: RoomId; user: UserId };
  presence: { user: UserId; online: boolean; lastSeen?: Timestamp };
  /** A report of one's own was dealt with. */
  report: { room: RoomId; target: Seq; action: ReportAction };
  /** `until`: of 4501; absent where the ban does not end by itself. */
  'session.bye': { code: number; reason: string; retryAfterMs?: number; until?: Timestamp };
}

/** What a moderator did about a report. */
export type ReportAction = 'none' | 'recall' | 'mute' | 'ban';
export type ReportReason = 'spam' | 'abuse' | 'porn' | 'fraud' | 'illegal' | 'other';

export type GoneReason = 'left' | 'removed' | 'closed';

export type Request = { [O in Op]: { id: number; op: O; body: RequestBody<O> } }[Op];
export type Push = { [P in keyof Pushes]: { op: P; body: Pushes[P] } }[keyof Pushes];
export type Reply = { id: number; ok: true; body: unknown } | { id: number; ok: false; error: ErrorBody };
export type ServerFrame = Push | Reply;
