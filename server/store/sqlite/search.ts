/** The search index: kept with the entries, in their transactions, and asked for what stands in them. */
import type { EntryKind, RoomId, Seq, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { SearchPage, SearchQuery } from '../../domain/ports.ts';
import { fold, searchable } from '../searchable.ts';
import type { Database } from './database.ts';
import { type EntryRow, toEntry } from './entries.ts';
import { documentOf, matchOf } from './grams.ts';

interface Indexed {
  key: number;
  kind: EntryKind;
  body: string;
}

export function createSearchIndex(db: Database) {
  const insert = db.query('INSERT INTO search (rowid, grams) VALUES (?, ?)');
  // The index knows what to take out only by being told what it was given.
  const remove = db.query(`INSERT INTO search (search, rowid, grams) VALUES ('delete', ?, ?)`);
  const entry = db.query<Indexed>(
    'SELECT key, kind, body FROM entries WHERE room = ? AND seq = ? AND recalled = 0',
  );

  function documentIn(room: number, { kind, body }: Omit<Indexed, 'key'>): string | null {
    const text = searchable(toWords(kind, body));
    return text === '' ? null : documentOf(text, room);
  }

  return {
    /** @param body JSON */
    add(room: number, entry: Indexed): void {
      const document = documentIn(room, entry);
      if (document !== null) insert.run(entry.key, document);
    },
    /** Before the body is erased or changed. */
    drop(room: number, seq: Seq): void {
      const row = entry.get(room, seq);
      const document = row ? documentIn(room, row) : null;
      if (row && document !== null) remove.run(row.key, document);
    },
    /** After the body was changed. */
    restore(room: number, seq: Seq): void {
      const row = entry.get(room, seq);
      const document = row ? documentIn(room, row) : null;
      if (row && document !== null) insert.run(row.key, document);
    },
  };
}

type FoundRow = EntryRow & { key: number; room: number };

/** Rooms that are asked for by name; whoever is in more is asked about each entry that is found. */
const MAX_ROOMS_NAMED = 100;
/** Entries that a page looks at: it ends here, however few it has found, so that none takes long. */
const MAX_LOOKS = 5_000;
const FOREVER = Number.MAX_SAFE_INTEGER;

export function createSearchReads(db: Database) {
  const found = db.query<FoundRow>(`
    SELECT e.key, e.room, e.seq, e.ts, e.sender, e.kind, e.recalled, e.edited, e.cid, e.reply, e.target, e.mentions,
      e.body
    FROM search CROSS JOIN entries e ON e.key = search.rowid
    WHERE search MATCH ? AND search.rowid < ? ORDER BY search.rowid DESC`);
  const mine = db.query<{ key: number; id: RoomId }>(
    'SELECT r.key, r.id FROM members m JOIN rooms r ON r.key = m.room WHERE m.user = ?',
  );
  const one = db.query<{ key: number; id: RoomId }>(`
    SELECT r.key, r.id FROM members m JOIN rooms r ON r.key = m.room WHERE m.user = ? AND r.id = ?`);
  const keyOf = db.query<{ key: number }>(
    'SELECT key FROM entries WHERE room = ? AND seq >= ? ORDER BY seq LIMIT 1',
  );

  function boundOf(
    rooms: { key: number }[],
    { before, after }: Pick<SearchQuery, 'before' | 'after'>,
  ): number {
    if (after !== undefined) return /^\d{1,15}$/.test(after) ? Number(after) : 0;
    const [room] = rooms;
    return (before !== undefined && room && keyOf.get(room.key, before)?.key) || FOREVER;
  }

  return {
    search(user: UserId, { query, room, limit, ...from }: SearchQuery): SearchPage {
      const rooms = room === undefined ? mine.all(user) : one.all(user, room);
      const wanted = fold(query);
      if (rooms.length === 0 || wanted === '') return { hits: [], more: false };
      const ids = new Map(rooms.map(({ key, id }) => [key, id]));
      const named = rooms.length > MAX_ROOMS_NAMED ? null : rooms.map(({ key }) => key);
      const page: SearchPage = { hits: [], more: false };
      let looks = 0;
      let last = 0;
      for (const row of found.each(matchOf(wanted, named), boundOf(rooms, from))) {
        if (page.hits.length === limit || looks === MAX_LOOKS) {
          return { ...page, more: true, next: String(last) };
        }
        looks += 1;
        last = row.key;
        const id = ids.get(row.room);
        const holdsIt = id !== undefined && searchable(toWords(row.kind, row.body)).includes(wanted);
        if (holdsIt) page.hits.push({ room: id, entry: toEntry(row) });
      }
      return page;
    },
  };
}

const toWords = (kind: EntryKind, body: string): Parameters<typeof searchable>[0] => ({
  kind,
  body: JSON.parse(body) as Parameters<typeof searchable>[0]['body'],
});
