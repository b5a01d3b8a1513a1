/**
 * What the engine shows: the shape of the tree that pages read, and the port by which the engine writes it. The
 * tree holds facts, never words: what a person reads is made of them in wxml. store/ implements the port; nothing
 * here knows how, or who is looking.
 */
import type { HelloReply, Pushes } from '../protocol/frames';
import type { Limits } from '../protocol/limits';
import type { FileId, RoomId, RoomSummary, Seq, Timestamp, User, UserId } from '../protocol/objects';

export interface State {
  session: SessionView;
  link: LinkView;
  /** In force on the server; absent until it has told them. */
  limits?: Limits;
  /** The server checks what is sent: afterwards, or before anybody sees it. */
  check?: HelloReply['check'] | undefined;
  /** What has last become of something that this person reported. */
  report?: Pushes['report'];
  /** Unsent messages of all rooms. */
  waiting: number;
  /** The phone's storage refuses: what is unsent now would not survive a restart of the app. */
  storageFull: boolean;
  /** Unread of all rooms that are not muted by preference. */
  unread: number;
  /** Pinned first, then the newest activity first; hidden ones are not in it. */
  order: RoomId[];
  rooms: Record<RoomId, RoomView>;
  /** Only of chats that are open on the page stack. */
  chats: Record<RoomId, ChatView>;
  /** Everybody met so far. */
  people: Record<UserId, User>;
  /** Where pictures and other files can be read; only of those that were asked for by `look`. */
  files: Record<FileId, FileView>;
  /** What was begun in a room and not sent. */
  drafts: Record<RoomId, DraftView>;
}

export interface FileView {
  /** A web address, or a path on this phone; '' where the file is gone or not for this person. */
  url: string;
  /** The address is good until then. */
  until: Timestamp;
}

export interface DraftView {
  text: string;
  /** Being written as an answer to it. */
  reply?: Seq;
  /** Being written in place of its text. */
  edit?: Seq;
  /** Who was chosen to be called, with the name as it stands in the text. */
  mentions?: { id: UserId | 'all'; name: string }[];
  /** What had been begun before the edit, and comes back after it. */
  aside?: DraftView;
}

export type SessionView =
  | { name: 'unknown' }
  | { name: 'signed-out'; why?: 'expired' | 'left' }
  | { name: 'signed-in'; user: User }
  /** Stay away: banned, or this version is no longer served, or pushed out by another device. */
  | BarredView;

export interface BarredView {
  name: 'barred';
  closeCode: number;
  /** For a ban: the moderator's words, where there are any. */
  reason: string;
  /** A ban's end; absent where it has none. */
  until?: Timestamp;
}

export type LinkView =
  | { name: 'idle' }
  | { name: 'connecting' }
  | { name: 'live' }
  /** Next try at `until`, wall-clock ms. */
  | { name: 'waiting'; until: Timestamp; attempt: number }
  /** The phone says there is no network. */
  | { name: 'offline' };

export interface RoomView extends RoomSummary {
  /** Ts of what the list sorts by. */
  activity: Timestamp;
  /** Others typing in it just now. */
  typing: UserId[];
  /** How far the peer of a direct room has read. */
  peerRead?: Seq;
  /** Of the peer of a direct room. */
  online?: boolean;
  lastSeen?: Timestamp;
  /** Unsent messages of this room, and those among them that the person has to see to. */
  waiting: number;
  failed?: number;
  /** The first unread message that calls this person, by name or with all. */
  called?: Seq;
}

export interface ChatView {
  rows: readonly Row[];
  /** Whether there is more above the first row. */
  older: 'unknown' | 'loading' | 'more' | 'none' | 'failed';
  /** The same below the last row: `none` where the rows end with the newest, the unsent behind it. */
  newer: 'loading' | 'more' | 'none' | 'failed';
  /** The read marker when the chat was entered: the unread divider goes after it. */
  enteredAt: Seq;
}

/** One line of the chat, in seq order, unsent ones last. Identity is `key`, which a row keeps when it is sent. */
export interface Row {
  /** Safe as an element id: begins with a letter. */
  key: string;
  seq?: Seq;
  cid?: string;
  from: UserId | '';
  mine: boolean;
  kind: string;
  /** The entry's body, with later edits in it. */
  body: Record<string, unknown>;
  ts: Timestamp;
  state: 'sending' | 'sent' | 'failed';
  /** Of a failed one: protocol error code, when it may succeed, and the moderator's words. */
  error?: string;
  retryAt?: Timestamp;
  reason?: string;
  /** Of a picture on its way: the path on this phone, and how much is uploaded, 0–100. */
  local?: string;
  progress?: number;
  reply?: Seq;
  mentions?: UserId[] | 'all';
  recalled?: true;
  /** Who recalled it, where that is known; empty: the server did, because it may not be said. */
  recalledBy?: UserId | '';
  edited?: Timestamp;
  /** In the order of their first. */
  reactions?: ReactionView[];
}

export interface ReactionView {
  emoji: string;
  count: number;
  /** One is among them. */
  mine: boolean;
}

/** The parts of the tree that are records by id: these change one id at a time. */
export type RecordName = 'rooms' | 'chats' | 'people' | 'files' | 'drafts';

/** Writing the tree. A value once written is never changed in place: whoever holds it may compare by identity. */
export interface View {
  readonly state: Readonly<State>;
  set<K extends Exclude<keyof State, RecordName>>(name: K, value: State[K]): void;
  put<K extends RecordName>(name: K, id: string, value: State[K][string]): void;
  remove(name: RecordName, id: string): void;
  /** Back to the empty tree. */
  clear(): void;
}
