/** Asks the search index, and the log for what stands there now: what the index has not yet taken out is not found. */
import type { RoomId, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { SearchPage, SearchQuery } from '../../domain/ports.ts';
import { fold } from '../searchable.ts';
import type { Database } from './database.ts';
import { type EntryRow, toEntry } from './entries.ts';
import { matchOf } from './grams.ts';
import { createSearchIndex, wordsOf } from './search-index.ts';

/** Rooms that are asked for by name; whoever is in more is asked about each entry that is found. */
const MAX_ROOMS_NAMED = 100;
/** Entries that a page looks at: it ends here, however few it has found, so that none takes long. */
const MAX_LOOKS = 5_000;
/** Entries just stored that a search takes in first, so that they are found, too; where there are more, none. */
const MAX_CATCH_UP = 1_000;
const FOREVER = Number.MAX_SAFE_INTEGER;

interface TextRow {
  key: number;
  room: number;
  text: string;
}

export function createSearches(db: Database) {
  const { catchUp, index, prune } = createSearchIndex(db);
  const found = db.query<TextRow>(`
    SELECT t.key, t.room, t.text FROM search CROSS JOIN texts t ON t.key = search.rowid
    WHERE search MATCH ? AND search.rowid < ? ORDER BY search.rowid DESC`);
  // For a query of signs alone, which no token holds.
  const newest = db.query<TextRow>('SELECT key, room, text FROM texts WHERE key < ? ORDER BY key DESC');
  const entry = db.query<EntryRow>(`
    SELECT seq, ts, sender, kind, recalled, edited, cid, reply, target, mentions, body FROM log.entries
    WHERE key = ? AND recalled = 0`);
  const mine = db.query<{ key: number; id: RoomId }>(
    'SELECT r.key, r.id FROM log.members m JOIN log.rooms r ON r.key = m.room WHERE m.user = ?',
  );
  const one = db.query<{ key: number; id: RoomId }>(`
    SELECT r.key, r.id FROM log.members m JOIN log.rooms r ON r.key = m.room WHERE m.user = ? AND r.id = ?`);
  const any = db.query<{ key: number; id: RoomId }>('SELECT key, id FROM log.rooms WHERE id = ?');
  const idOf = db.query<{ id: RoomId }>('SELECT id FROM log.rooms WHERE key = ?');
  const keyOf = db.query<{ key: number }>(
    'SELECT key FROM log.entries WHERE room = ? AND seq >= ? ORDER BY seq LIMIT 1',
  );

  /** Null: all there are. */
  function roomsFor(user: UserId | null, room: RoomId | undefined): { key: number; id: RoomId }[] | null {
    if (user === null) return room === undefined ? null : any.all(room);
    return room === undefined ? mine.all(user) : one.all(user, room);
  }

  function boundOf(
    rooms: { key: number }[],
    { before, after }: Pick<SearchQuery, 'before' | 'after'>,
  ): number {
    if (after !== undefined) return /^\d{1,15}$/.test(after) ? Number(after) : 0;
    const [room] = rooms;
    return (before !== undefined && room && keyOf.get(room.key, before)?.key) || FOREVER;
  }

  function rowsOf(wanted: string, rooms: { key: number }[] | null, bound: number): Iterable<TextRow> {
    const named = !rooms || rooms.length > MAX_ROOMS_NAMED ? null : rooms.map(({ key }) => key);
    const match = matchOf(wanted, named);
    return match === null ? newest.each(bound) : found.each(match, bound);
  }

  return {
    index,
    prune,
    search(user: UserId | null, { query, room, from, limit, ...start }: SearchQuery): SearchPage {
      catchUp(MAX_CATCH_UP);
      const rooms = roomsFor(user, room);
      const wanted = fold(query);
      if (rooms?.length === 0 || wanted === '') return { hits: [], more: false };
      const ids = rooms && new Map(rooms.map(({ key, id }) => [key, id]));
      const page: SearchPage = { hits: [], more: false };
      let looks = 0;
      let last = 0;
      for (const { key, room: held, text } of rowsOf(wanted, rooms, boundOf(rooms ?? [], start))) {
        if (page.hits.length === limit || looks === MAX_LOOKS) {
          return { ...page, more: true, next: String(last) };
        }
        looks += 1;
        last = key;
        const id = ids ? ids.get(held) : idOf.get(held)?.id;
        const row = id !== undefined && text.includes(wanted) ? entry.get(key) : undefined;
        const isTheirs = from === undefined || row?.sender === from;
        if (id !== undefined && row && isTheirs && wordsOf(row.kind, row.body).includes(wanted)) {
          page.hits.push({ room: id, entry: toEntry(row) });
        }
      }
      return page;
    },
  };
}

export type Searches = ReturnType<typeof createSearches>;
