/** What a database of an earlier version holds is there after it was brought to the shape of today. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { migrate } from '../../server/store/migrations.ts';
import { FIRST } from '../../server/store/migrations/1-first.ts';
import { Database } from '../../server/store/sqlite/database.ts';
import { createReads } from '../../server/store/sqlite/methods.ts';

/** Version 1, with a group of ann's and its log, by kind. */
function firstVersion(kinds: string[]): Database {
  const db = new Database({ file: ':memory:', role: 'writer' });
  migrate(db, [FIRST]);
  db.exec(`INSERT INTO rooms (key, id, kind, name, open, members) VALUES (1, 'r', 'group', 'tea', 0, 1)`);
  db.exec(`
    INSERT INTO members (room, user, role, joined, joined_seq, sent, read, read_n, read_sent)
    VALUES (1, 'ann', 'owner', 0, 1, 0, 1, 0, 0)`);
  const insert = db.query(`
    INSERT INTO entries (room, seq, n, ts, sender, kind, target, body) VALUES (1, ?, ?, 0, 'ann', ?, ?, '{"text":"x"}')`);
  kinds.forEach((kind, i) => insert.run(i + 1, kind === 'text' ? 1 : 0, kind, kind === 'recall' ? 2 : null));
  return db;
}

describe('a database of version 1', () => {
  test('shows in a list of rooms what it showed, where recalls came last', () => {
    const db = firstVersion(['sys', 'text', 'recall', 'recall']);
    migrate(db);
    const reads = createReads(db);
    assert.equal(reads.summary('r', 'ann', 0)?.last?.seq, 2);
    assert.deepEqual(
      reads.page('r', { limit: 9, viewer: 'ann' }).entries.map(({ seq }) => seq),
      [1, 2, 3, 4],
    );
    db.close();
  });

  test('shows its newest entry, where that is content or a notice', () => {
    const db = firstVersion(['sys', 'text']);
    migrate(db);
    assert.equal(createReads(db).summary('r', 'ann', 0)?.last?.seq, 2);
    db.close();
  });
});
