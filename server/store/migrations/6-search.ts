/** Version 6: an index for searching, and in it all that there is. */
import type { Entry } from '../../../miniprogram/protocol/objects.ts';
import { searchable } from '../searchable.ts';
import type { Database } from '../sqlite/database.ts';
import { documentOf } from '../sqlite/grams.ts';

/**
 * It holds which token is in which entry (its rowid is `entries.key`) and no text. secure-delete: what is taken out is
 * taken out of the file, too, not marked.
 */
const INDEX = `
  CREATE VIRTUAL TABLE search USING fts5 (grams, content = '', columnsize = 0, detail = none, tokenize = 'ascii');
  INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

  PRAGMA user_version = 6;
`;

const PAGE = 1_000;

interface Row {
  key: number;
  room: number;
  kind: Entry['kind'];
  body: string;
}

export function indexAll(db: Database): void {
  db.exec(INDEX);
  const page = db.query<Row>(
    'SELECT key, room, kind, body FROM entries WHERE key > ? AND recalled = 0 ORDER BY key LIMIT ?',
  );
  const insert = db.query('INSERT INTO search (rowid, grams) VALUES (?, ?)');
  for (let rows = page.all(0, PAGE); rows.length > 0; rows = page.all(rows.at(-1)?.key ?? 0, PAGE)) {
    for (const { key, room, kind, body } of rows) {
      const text = searchable({ kind, body: JSON.parse(body) as Entry['body'] });
      if (text !== '') insert.run(key, documentOf(text, room));
    }
  }
}
