/** What `getApp()` gives to pages: the store to read, the engine to act. */
import type { RoomId, Role, Seq, User, UserId, Member, RoomSummary } from '../miniprogram/protocol/objects';
import type { ManageAction } from '../miniprogram/protocol/frames';
import type { Store } from '../miniprogram/store/store';

export interface ChahuaApp {
  store: Store;
  engine: ChatEngine;
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
  /** Everything up to `seq` was seen. */
  read(room: RoomId, seq: Seq): void;
  typing(room: RoomId): void;

  /**
   * Puts a text in the outbox and returns its cid; it is sent when it can be, once. Throws (`RATE_LIMITED`) where 200
   * messages wait already, and (`UNAUTHORIZED`) where nobody is signed in.
   */
  sendText(room: RoomId, text: string, more?: { reply?: Seq; mentions?: UserId[] | 'all' }): string;
  /** Tries a failed one again, with the same cid. */
  resend(room: RoomId, cid: string): void;
  /** Drops a failed one. */
  discard(room: RoomId, cid: string): void;
  recall(room: RoomId, seq: Seq): Promise<void>;

  openDirect(user: UserId): Promise<RoomId>;
  createGroup(name: string, members: UserId[]): Promise<RoomId>;
  openRooms(): Promise<RoomSummary[]>;
  join(room: RoomId): Promise<void>;
  quit(room: RoomId): Promise<void>;
  members(room: RoomId, after?: UserId): Promise<{ members: Member[]; more: boolean }>;
  manage(room: RoomId, action: ManageAction): Promise<void>;
  prefer(room: RoomId, preferences: { muted?: boolean; pinned?: boolean; hidden?: boolean }): Promise<void>;

  changeProfile(fields: { name?: string; avatar?: string }): Promise<User>;
  /** Uploads a picture the person chose and makes it their avatar. */
  changeAvatar(filePath: string): Promise<User>;
}

export type { Member, Role, RoomId, RoomSummary, Seq, User, UserId };
export type { ChatView, LinkView, RoomView, Row, SessionView, State } from '../miniprogram/store/state';
