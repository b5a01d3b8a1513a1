/** People, and by what they are known outside. */
import type { Timestamp, User, UserId } from '../../../miniprogram/protocol/objects.ts';

/** By what a person is known outside; never shown. */
export type Identity =
  | { dev: string }
  /** A program, by the id of its key. */
  | { bot: string }
  | { openid: string; unionid?: string };

export interface UserStore {
  user(id: UserId): Promise<User | null>;
  users(ids: UserId[]): Promise<User[]>;
  /** The user of this identity; made as `fresh` where there is none. */
  userOf(identity: Identity, fresh: User): Promise<{ user: User; created: boolean }>;
  /** By what WeChat knows the user; null for a user of another kind, or none. Never shown, never logged. */
  openidOf(id: UserId): Promise<string | null>;
  /** Changes the fields named; null where there is no such user. */
  changeUser(id: UserId, fields: { name?: string; avatar?: string }): Promise<User | null>;
  lastSeen(ids: UserId[]): Promise<{ user: UserId; seen: Timestamp }[]>;
  markSeen(id: UserId, seen: Timestamp): Promise<void>;
  /** Whether `welcome` was asked for this user before. */
  welcomed(id: UserId): Promise<boolean>;
  /** Marks the user as greeted; true exactly once. */
  welcome(id: UserId): Promise<boolean>;
}
