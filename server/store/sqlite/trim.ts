/**
 * Deletes what is older than an operator wants to keep, in steps that hold nobody up. Entries lie in the order in which
 * they were stored, so the oldest are the first; the head of a room stays, whatever its age: the next seq follows it.
 */
import type { Seq, Timestamp } from '../../../miniprogram/protocol/objects.ts';
import type { Database } from './database.ts';
import { createFileUses } from './files.ts';
import { createReactions } from './reactions.ts';

interface OldRow {
  key: number;
  room: number;
  seq: Seq;
  ts: Timestamp;
  n: number;
  begins: Seq;
  head: Seq;
}

const CONTENT = `kind NOT IN ('recall', 'edit', 'react', 'sys')`;

export function createTrim(db: Database) {
  const oldest = db.query<OldRow>(`
    SELECT e.key, e.room, e.seq, e.ts, e.n, r.begins, (SELECT max(seq) FROM entries WHERE room = e.room) AS head
    FROM entries e JOIN rooms r ON r.key = e.room WHERE e.key > ? ORDER BY e.key LIMIT ?`);
  // Of those who have not read so far: their own among what goes count as read, and the marker moves to its end.
  const countOwn = db.query(`
    UPDATE members SET read_sent = read_sent + (
      SELECT count(*) FROM entries e
      WHERE e.room = ?1 AND e.seq > members.read AND e.seq <= ?2 AND e.sender = members.user AND ${CONTENT}
    ) WHERE room = ?1 AND read < ?2 AND user IN (
      SELECT sender FROM entries WHERE room = ?1 AND seq BETWEEN ?3 AND ?2)`);
  const passMarkers = db.query('UPDATE members SET read = ?2, read_n = ?3 WHERE room = ?1 AND read < ?2');
  const remove = db.query('DELETE FROM entries WHERE key = ?');
  const begin = db.query('UPDATE rooms SET begins = ? WHERE key = ?');
  const reactions = createReactions(db);
  const files = createFileUses(db);

  /** @param rows the beginning of one room's log */
  function drop(rows: OldRow[]): void {
    const [first, last] = [rows[0], rows.at(-1)];
    if (!first || !last) return;
    const { room } = last;
    countOwn.run(room, last.seq, first.seq);
    passMarkers.run(room, last.seq, last.n);
    for (const { key, seq } of rows) {
      reactions.erase(room, seq);
      files.drop(room, seq);
      remove.run(key);
    }
    begin.run(last.seq + 1, room);
  }

  return {
    trim(before: Timestamp, limit: number, after: string | null): { trimmed: number; next?: string } {
      const rows = oldest.all(Number(after ?? 0), limit);
      const young = rows.findIndex(({ ts }) => ts >= before);
      const old = young < 0 ? rows : rows.slice(0, young);
      const beginnings = new Map<number, OldRow[]>();
      let trimmed = 0;
      for (const row of old) {
        const gone = beginnings.get(row.room) ?? [];
        if (row.seq !== row.begins + gone.length || row.seq === row.head) continue;
        beginnings.set(row.room, [...gone, row]);
        trimmed += 1;
      }
      for (const gone of beginnings.values()) drop(gone);
      const last = old.at(-1);
      return last && old.length === limit ? { trimmed, next: String(last.key) } : { trimmed };
    },
  };
}
