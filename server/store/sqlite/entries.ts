/** Reading a room's log: one entry, a page, the place of a cid; and how a row becomes an Entry. */
import type {
  Cid,
  Entry,
  EntryKind,
  RoomId,
  Seq,
  Timestamp,
  UserId,
} from '../../../miniprogram/protocol/objects.ts';
import type { Page, PageRange } from '../../domain/ports.ts';
import { rangeOf } from '../page-range.ts';
import type { Database } from './database.ts';
import { createReactionReads } from './reactions.ts';

export interface EntryRow {
  seq: Seq;
  ts: Timestamp;
  sender: UserId | '';
  kind: EntryKind;
  recalled: 0 | 1;
  edited: Timestamp | null;
  cid: Cid | null;
  reply: Seq | null;
  target: Seq | null;
  /** JSON, as is `body`. */
  mentions: string | null;
  body: string;
}

export function toEntry(row: EntryRow): Entry {
  const { seq, ts, sender, kind, body, recalled, edited, cid, reply, target, mentions } = row;
  return {
    seq,
    ts,
    from: sender,
    kind,
    body: JSON.parse(body) as unknown,
    ...(cid !== null && { cid }),
    ...(reply !== null && { reply }),
    ...(target !== null && { target }),
    ...(mentions !== null && { mentions: JSON.parse(mentions) as UserId[] | 'all' }),
    ...(recalled === 1 && { recalled: true }),
    ...(edited !== null && { edited }),
    // The row was written from a Draft, in which kind and body belong together.
  } as Entry;
}

/** The end of a room's log. */
export interface Tail {
  /** The room's key. */
  room: number;
  /** The head. */
  seq: Seq;
  /** Content entries so far. */
  n: number;
  /** The newest entry that a list of rooms shows. */
  shown: Seq;
  /** The first seq that is kept. */
  begins: Seq;
}

export const createTail = (db: Database) =>
  db.query<Tail>(`
    SELECT r.key AS room, e.seq AS seq, e.n AS n, coalesce(e.shown, e.seq) AS shown, r.begins FROM rooms r JOIN entries e ON e.room = r.key
    WHERE r.id = ? ORDER BY e.seq DESC LIMIT 1`);

export function createEntryReads(db: Database) {
  const tailOf = createTail(db);
  const range = db.query<EntryRow>(`
    SELECT seq, ts, sender, kind, recalled, edited, cid, reply, target, mentions, body FROM entries
    WHERE room = ? AND seq BETWEEN ? AND ? ORDER BY seq`);
  const one = db.query<EntryRow>(`
    SELECT seq, ts, sender, kind, recalled, edited, cid, reply, target, mentions, body FROM entries
    WHERE room = (SELECT key FROM rooms WHERE id = ?) AND seq = ?`);
  const reactionsOf = createReactionReads(db);
  const byCid = db.query<{ seq: Seq; ts: Timestamp }>(`
    SELECT seq, ts FROM entries WHERE room = (SELECT key FROM rooms WHERE id = ?) AND cid = ? AND sender = ?`);

  return {
    heads: (rooms: RoomId[]): { room: RoomId; head: Seq }[] =>
      rooms.flatMap((room) => {
        const tail = tailOf.get(room);
        return tail ? { room, head: tail.seq } : [];
      }),

    find: (room: RoomId, from: UserId, cid: Cid): { seq: Seq; ts: Timestamp } | null =>
      byCid.get(room, cid, from) ?? null,

    entry(room: RoomId, seq: Seq): Entry | null {
      const row = one.get(room, seq);
      return row ? toEntry(row) : null;
    },

    /** A batch of reads is one transaction, so the reactions are those of the head. */
    page(room: RoomId, wanted: PageRange): Page {
      const tail = tailOf.get(room);
      if (!tail) return { entries: [], head: 0, more: false };
      const { from, to, more } = rangeOf(wanted, { head: tail.seq, begins: tail.begins });
      const page: Page = {
        entries: range.all(tail.room, from, to).map(toEntry),
        head: tail.seq,
        more,
        ...(tail.begins > 1 && { begins: tail.begins }),
      };
      if (wanted.viewer === undefined) return page;
      const reactions = reactionsOf({ room: tail.room, from, to }, wanted.viewer);
      return reactions.length > 0 ? { ...page, reactions } : page;
    },
  };
}
