/** Rooms, who is in them, and how each member sees them. */
import type {
  Member,
  Role,
  RoomId,
  RoomKind,
  RoomSummary,
  Seq,
  Timestamp,
  UserId,
} from '../../../miniprogram/protocol/objects.ts';
import type { Draft } from './log-store.ts';

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
  /** Of a moderator's mute: their words. No store keeps it here. */
  muteReason?: string;
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
  /** Which rooms each of these users is in; a user who is in none is left out. In no order. */
  memberships(users: UserId[]): Promise<{ user: UserId; rooms: RoomId[] }[]>;
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
