/** What `getApp()` gives to pages: the store to read, the engine to act. */
import type {
  FileId,
  Member,
  Role,
  RoomId,
  RoomSummary,
  Seq,
  User,
  UserId,
} from '../miniprogram/protocol/objects';
import type { ManageAction, ReportReason } from '../miniprogram/protocol/frames';
import type { DraftView } from '../miniprogram/store/state';
import type { Finder } from '../miniprogram/sync/finder';
import type { Hit } from '../miniprogram/sync/hit';
import type { Pins } from '../miniprogram/sync/pins';
import type { Notices } from '../miniprogram/sync/notices';
import type { Store } from '../miniprogram/store/store';

export interface ChahuaApp {
  store: Store;
  engine: ChatEngine;
  /** To look for what is not on the screen. */
  finder: Pick<Finder, 'search' | 'find' | 'pins' | 'openRooms'>;
  /** To be told of messages while one is away; to be asked for while a tap is handled. Never rejects. */
  notices: Pick<Notices, 'ask'>;
  /** Of the mini-program. */
  version: string;
}

/**
 * Everything a person can do. Methods that return a promise reject with ChatError (`code` of protocol §4, or
 * `OFFLINE`); the others take effect on the tree by themselves.
 */
export interface ChatEngine {
  /** By `wx.login`. */
  signIn(): Promise<void>;
  /** By name, on a server with DEV_LOGIN=1. */
  signInAs(name: string): Promise<void>;
  signOut(): Promise<void>;
  /** The person taps "connect now". */
  reconnect(): void;

  /** Shows a chat: `state.chats[room]` exists from now on, from the cache at once, then from the server. */
  enter(room: RoomId): void;
  leave(room: RoomId): void;
  /** Loads the page of history above the first row. */
  older(room: RoomId): Promise<void>;
  /** The same below the last row, where the rows do not end with the newest. */
  newer(room: RoomId): Promise<void>;
  /** The rows become those around `seq`, where it is not among them. */
  goTo(room: RoomId, seq: Seq): Promise<void>;
  /** The rows end with the newest again. */
  toEnd(room: RoomId): void;
  /** These files are about to be shown: `state.files` tells where they can be read. `room` has an entry that bears
   * them; without it they are pictures of people. */
  look(files: readonly FileId[], room?: RoomId): void;
  /** Everything up to `seq` was seen. */
  read(room: RoomId, seq: Seq): void;
  typing(room: RoomId): void;

  /**
   * Puts a text in the outbox and returns its cid; it is sent when it can be, once. Throws (`RATE_LIMITED`) where 200
   * messages wait already, and (`UNAUTHORIZED`) where nobody is signed in.
   */
  sendText(room: RoomId, text: string, more?: Addressed): string;
  /** The same for a picture on this phone, whose file is copied first. Rejects where `sendText` throws. */
  sendImage(room: RoomId, picture: Picture, more?: Addressed): Promise<string>;
  /** `state.drafts[room]` from now on, also after a restart; an empty one takes it away. */
  keepDraft(room: RoomId, draft: DraftView): void;
  /** Tries a failed one again, with the same cid. */
  resend(room: RoomId, cid: string): void;
  /** Drops a failed one. */
  discard(room: RoomId, cid: string): void;
  recall(room: RoomId, seq: Seq): Promise<void>;
  edit(room: RoomId, seq: Seq, text: string): Promise<void>;
  react(room: RoomId, seq: Seq, reaction: { emoji: string; on: boolean }): Promise<void>;
  report(room: RoomId, seq: Seq, why: { reason: ReportReason; note?: string }): Promise<void>;

  openDirect(user: UserId): Promise<RoomId>;
  createGroup(name: string, members: UserId[]): Promise<RoomId>;
  /** The list of rooms as the server has it. */
  refresh(): Promise<void>;
  join(room: RoomId): Promise<void>;
  quit(room: RoomId): Promise<void>;
  members(room: RoomId, after?: UserId): Promise<{ members: Member[]; more: boolean }>;
  manage(room: RoomId, action: ManageAction): Promise<void>;
  prefer(room: RoomId, preferences: { muted?: boolean; pinned?: boolean; hidden?: boolean }): Promise<void>;

  /** Forgets what the server can tell again. */
  clearCache(): void;

  changeProfile(fields: { name?: string; avatar?: string }): Promise<User>;
  /** Uploads a picture the person chose and makes it their avatar. */
  changeAvatar(filePath: string): Promise<User>;
}

/** What a message answers, and whom it calls. */
export interface Addressed {
  reply?: Seq;
  mentions?: UserId[] | 'all';
}

/** One that the person chose: its path on the phone, px, bytes. */
export interface Picture {
  path: string;
  w: number;
  h: number;
  size: number;
}

export type { Hit, Pins };
export type { Member, Role, RoomId, RoomSummary, Seq, User, UserId };
export type {
  ChatView,
  DraftView,
  FileView,
  LinkView,
  ReactionView,
  RoomView,
  Row,
  SessionView,
  State,
} from '../miniprogram/store/state';
