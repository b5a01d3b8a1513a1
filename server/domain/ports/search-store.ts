/** Finding what was said. */
import type { Entry, RoomId, Seq, UserId } from '../../../miniprogram/protocol/objects.ts';

export interface SearchQuery {
  query: string;
  /** Absent: in all rooms of the user's. */
  room?: RoomId;
  /** Only what this user wrote. */
  from?: UserId;
  /** In a room: only what stands before it. */
  before?: Seq;
  /** Goes on behind the page that gave it as `next`. */
  after?: string;
  limit: number;
}

export interface SearchPage {
  hits: { room: RoomId; entry: Entry }[];
  /** There is, or may be, more. A page may then hold fewer hits than asked for, or none. */
  more: boolean;
  /** Where there is more: what to ask for it with. */
  next?: string;
}

export interface SearchStore {
  /**
   * Entries that hold the query as it is, but for case, the width of letters and the length of white space (where the
   * query begins with Latin letters or digits, at least those in which it begins a word); the newest first; in rooms
   * that the user is in and no others, or, where `user` is null, in all: for moderators. What was recalled, or edited
   * away, is never found, and nothing of it is kept in any index. A page takes a bounded time, however often the query stands somewhere.
   */
  search(user: UserId | null, query: SearchQuery): Promise<SearchPage>;
}
