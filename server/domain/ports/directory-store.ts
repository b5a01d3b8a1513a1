/** Finding rooms and people that one is not in and has not met: for moderators only. */
import type { RoomId, Seq, User, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { RoomRecord } from './room-store.ts';

export interface RoomFacts extends RoomRecord {
  members: number;
  head: Seq;
}

/** `name`: exactly that; `part`: names that hold it, in any case of letters; neither: all. By id, those after `after`. */
export interface NameQuery {
  name?: string;
  part?: string;
  after?: string;
  limit: number;
}

export interface DirectoryStore {
  findUsers(query: NameQuery): Promise<{ users: User[]; more: boolean }>;
  findRooms(query: NameQuery): Promise<{ rooms: RoomFacts[]; more: boolean }>;
  roomFacts(room: RoomId): Promise<RoomFacts | null>;
  /** The rooms that a user is in; at most 1,000. */
  roomsOf(user: UserId): Promise<RoomFacts[]>;
  /** Looks whether the next rooms after `after` keep what a log promises. @returns sentences, one a fault */
  checkRooms(page: {
    after?: RoomId;
    limit: number;
  }): Promise<{ faults: string[]; rooms: number; last?: RoomId }>;
  /** Gives the store another epoch, so that every client drops what it holds: after a backup was restored. */
  bumpEpoch(epoch: string): Promise<void>;
}
