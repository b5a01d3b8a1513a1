/**
 * The search index, in a database of its own beside that of the log: nobody waits for it, it may be lost, and it is
 * made anew from the log then. It follows the log by the order in which entries were stored; recalls and edits are
 * entries, too, so it learns from them what to take out. What is taken out is taken out of the file.
 */
import type { EntryKind, Seq } from '../../../miniprogram/protocol/objects.ts';
import { searchable } from '../searchable.ts';
import type { Database } from './database.ts';
import { documentOf } from './grams.ts';

/** A change of these, or of what documents hold, is a new number: then the index is made anew. */
const VERSION = 1;

/**
 * `texts.key` is `entries.key`; `text` is folded. `search` holds which token is in which of them, and no text.
 * secure-delete, as the pragma of the same name for tables: nothing stays behind.
 */
const TABLES = `
  CREATE TABLE texts (key INTEGER PRIMARY KEY, room INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
  CREATE VIRTUAL TABLE search USING fts5 (grams, content = '', columnsize = 0, detail = none, tokenize = 'ascii');
  INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
  CREATE TABLE progress (cursor INTEGER NOT NULL, epoch TEXT NOT NULL) STRICT;
`;

/**
 * Makes the connection, which is that of the index, see the log too.
 * @returns false where the index is not one of this log: its file is to be thrown away
 */
export function attachLog(db: Database, log: string): boolean {
  db.query('ATTACH ? AS log').run(log);
  const version = db.query<{ user_version: number }>('PRAGMA main.user_version').get()?.user_version;
  if (version === 0) {
    db.transaction(() => {
      db.exec(TABLES);
      db.query(
        `INSERT INTO progress (cursor, epoch) SELECT 0, value FROM log.meta WHERE name = 'epoch'`,
      ).run();
      db.exec('PRAGMA main.user_version = ' + String(VERSION));
    });
    return true;
  }
  if (version !== VERSION) return false;
  const fits = db.query<{ fits: 0 | 1 }>(`
    SELECT p.epoch = m.value AND p.cursor <= (SELECT coalesce(max(key), 0) FROM log.entries) AS fits
    FROM progress p JOIN log.meta m ON m.name = 'epoch'`);
  return fits.get()?.fits === 1;
}

interface LoggedRow {
  key: number;
  room: number;
  kind: EntryKind;
  target: Seq | null;
  recalled: 0 | 1;
  body: string;
}

export function createSearchIndex(db: Database) {
  const cursor = db.query<{ cursor: number }>('SELECT cursor FROM progress');
  const move = db.query('UPDATE progress SET cursor = ?');
  const next = db.query<LoggedRow>(
    'SELECT key, room, kind, target, recalled, body FROM log.entries WHERE key > ? ORDER BY key LIMIT ?',
  );
  const entry = db.query<LoggedRow>(
    'SELECT key, room, kind, target, recalled, body FROM log.entries WHERE room = ? AND seq = ?',
  );
  const text = db.query<{ room: number; text: string }>('SELECT room, text FROM texts WHERE key = ?');
  const insertText = db.query('INSERT INTO texts (key, room, text) VALUES (?, ?, ?)');
  const removeText = db.query('DELETE FROM texts WHERE key = ?');
  const insert = db.query('INSERT INTO search (rowid, grams) VALUES (?, ?)');
  // It knows what to take out only by being told what it was given.
  const remove = db.query(`INSERT INTO search (search, rowid, grams) VALUES ('delete', ?, ?)`);

  function drop(key: number): void {
    const held = text.get(key);
    if (!held) return;
    remove.run(key, documentOf(held.text, held.room));
    removeText.run(key);
  }

  function put({ key, room, kind, recalled, body }: LoggedRow): void {
    const words = recalled === 1 ? '' : wordsOf(kind, body);
    if (words === '') return;
    insertText.run(key, room, words);
    insert.run(key, documentOf(words, room));
  }

  function follow(row: LoggedRow): void {
    if (row.kind !== 'recall' && row.kind !== 'edit') return put(row);
    const target = row.target === null ? undefined : entry.get(row.room, row.target);
    if (!target) return;
    drop(target.key);
    put(target);
  }

  const stray = db.query<{ key: number }>(`
    SELECT key FROM texts t WHERE key <= ? AND NOT EXISTS (SELECT 1 FROM log.entries e WHERE e.key = t.key)
    ORDER BY key LIMIT ?`);

  const behind = db.query<{ entries: number }>(
    'SELECT (SELECT coalesce(max(key), 0) FROM log.entries) - cursor AS entries FROM progress',
  );

  function index(limit: number): boolean {
    const rows = next.all(cursor.get()?.cursor ?? 0, limit);
    for (const row of rows) follow(row);
    const last = rows.at(-1);
    if (last) move.run(last.key);
    return rows.length === limit;
  }

  return {
    /** Takes out what the log has dropped up to `key`; true where there is more. */
    prune(key: number, limit: number): boolean {
      const gone = stray.all(key, limit);
      for (const { key: one } of gone) drop(one);
      return gone.length === limit;
    },
    /** Follows the log by so many entries; true where there are more. */
    index,
    /** Follows the log to its end, where that is so near; an index that is made anew is nothing to wait for. */
    catchUp(most: number): void {
      if ((behind.get()?.entries ?? 0) <= most) index(most);
    },
  };
}

/** @param body JSON */
export const wordsOf = (kind: EntryKind, body: string): string =>
  searchable({ kind, body: JSON.parse(body) as Parameters<typeof searchable>[0]['body'] });
