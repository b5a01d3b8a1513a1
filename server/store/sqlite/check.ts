/**
 * Looks whether the database keeps what a log promises: every room gapless, every cid unique, every count right. Reads
 * each room whole, a page of rooms a call, so that the reader's other work goes on in between.
 */
import type { RoomId } from '../../../miniprogram/protocol/objects.ts';
import type { Database } from './database.ts';

const CONTENT = `kind NOT IN ('recall', 'edit', 'react', 'sys')`;

export function createCheck(db: Database) {
  const next = db.query<{ key: number; id: RoomId; members: number }>(
    'SELECT key, id, members FROM rooms WHERE id > ? ORDER BY id LIMIT ?',
  );
  const log = db.query<{ count: number; first: number | null; head: number | null; begins: number | null }>(
    `SELECT count(*) AS count, min(seq) AS first, max(seq) AS head,
      (SELECT begins FROM rooms WHERE key = entries.room) AS begins FROM entries WHERE room = ?`,
  );
  const wrongCount = db.query<{ seq: number; n: number; counted: number }>(`
    SELECT seq, n, counted FROM (
      SELECT seq, n, first_value(n - (${CONTENT})) OVER (ORDER BY seq) + sum(${CONTENT}) OVER (ORDER BY seq) AS counted
      FROM entries WHERE room = ?
    ) WHERE n <> counted LIMIT 1`);
  const cidTwice = db.query<{ cid: string; times: number }>(`
    SELECT cid, count(*) AS times FROM entries WHERE room = ? AND cid IS NOT NULL
    GROUP BY cid, sender HAVING count(*) > 1 LIMIT 1`);
  const memberCount = db.query<{ count: number }>('SELECT count(*) AS count FROM members WHERE room = ?');
  const wrongMember = db.query<{ user: string; sent: number; counted: number; read: number }>(`
    SELECT * FROM (
      SELECT m.user, m.sent, m.read, m.read_n, m.read_sent,
        (SELECT begins FROM rooms WHERE key = m.room) AS begins,
        (SELECT count(*) FROM entries e WHERE e.room = m.room AND e.sender = m.user AND e.seq >= m.joined_seq
          AND ${CONTENT}) AS counted,
        (SELECT n FROM entries e WHERE e.room = m.room AND e.seq = m.read) AS n_at_read
      FROM members m WHERE m.room = ?
    ) WHERE iif(begins = 1, sent <> counted, sent < counted) OR read_sent > sent OR (read >= begins AND n_at_read IS NOT read_n) LIMIT 1`);
  const strayTarget = db.query<{ seq: number; target: number }>(`
    SELECT seq, target FROM entries WHERE room = ? AND target IS NOT NULL AND target >= seq LIMIT 1`);

  function faultsOf({ key, id, members }: { key: number; id: RoomId; members: number }): string[] {
    const faults: string[] = [];
    const { count = 0, first = null, head = null, begins = null } = log.get(key) ?? {};
    if (first === null || first !== begins || head !== first + count - 1) {
      faults.push(
        `room ${id}: ${count} entries from ${first ?? 'none'} to ${head ?? 'none'}, so the log has a gap`,
      );
    }
    const wrong = wrongCount.get(key);
    if (wrong)
      faults.push(
        `room ${id}: entry ${wrong.seq} counts ${wrong.n} messages up to it, there are ${wrong.counted}`,
      );
    const twice = cidTwice.get(key);
    if (twice) faults.push(`room ${id}: cid ${twice.cid} is there ${twice.times} times`);
    const counted = memberCount.get(key)?.count ?? 0;
    if (counted !== members) faults.push(`room ${id}: counts ${members} members, there are ${counted}`);
    const member = wrongMember.get(key);
    if (member) {
      faults.push(
        `room ${id}: of ${member.user} ${member.sent} messages are counted and ${member.counted} are there, or the marker at ${member.read} is wrong`,
      );
    }
    const stray = strayTarget.get(key);
    if (stray) faults.push(`room ${id}: entry ${stray.seq} changes ${stray.target}, which is not before it`);
    return faults;
  }

  return {
    checkRooms({ after = '', limit }: { after?: RoomId; limit: number }) {
      const rooms = next.all(after, limit);
      const last = rooms.at(-1)?.id;
      return {
        faults: rooms.flatMap(faultsOf),
        rooms: rooms.length,
        ...(last !== undefined && rooms.length === limit && { last }),
      };
    },
  };
}
