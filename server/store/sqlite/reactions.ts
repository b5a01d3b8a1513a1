/** Who has reacted to what, and how many: kept beside the log, so that a page costs the same however many reacted. */
import type { Reaction, Seq, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { Change, Placed } from '../../domain/ports.ts';
import type { Database } from './database.ts';
import type { Tail } from './entries.ts';

type React = Extract<Change, { type: 'react' }>;
type Why = Extract<Placed, { refused: string }>['refused'];

export function createReactions(db: Database) {
  const own = db.query<{ found: 1 }>(
    'SELECT 1 AS found FROM reactors WHERE room = ? AND target = ? AND emoji = ? AND user = ?',
  );
  const different = db.query<{ count: number; has: 0 | 1 }>(`
    SELECT count(*) AS count, coalesce(max(emoji = ?3), 0) AS has FROM reactions WHERE room = ?1 AND target = ?2`);
  const enter = db.query('INSERT INTO reactors (room, target, emoji, user) VALUES (?, ?, ?, ?)');
  const leave = db.query('DELETE FROM reactors WHERE room = ? AND target = ? AND emoji = ? AND user = ?');
  const countUp = db.query(`
    INSERT INTO reactions (room, target, emoji, n, since) VALUES (?, ?, ?, 1, ?)
    ON CONFLICT (room, target, emoji) DO UPDATE SET n = n + 1`);
  const countDown = db.query('UPDATE reactions SET n = n - 1 WHERE room = ? AND target = ? AND emoji = ?');
  const drop = db.query('DELETE FROM reactions WHERE room = ? AND target = ? AND emoji = ? AND n = 0');
  const eraseReactors = db.query('DELETE FROM reactors WHERE room = ? AND target = ?');
  const eraseCounts = db.query('DELETE FROM reactions WHERE room = ? AND target = ?');

  return {
    refusalOf(room: number, user: UserId, { target, emoji, on, limit }: React): Why | null {
      const isOn = own.get(room, target, emoji, user) !== undefined;
      if (isOn === on) return 'unchanged';
      if (!on) return null;
      const borne = different.get(room, target, emoji);
      return borne && borne.has === 0 && borne.count >= limit ? 'full' : null;
    },

    apply({ room, seq }: Tail, user: UserId, { target, emoji, on }: React): void {
      if (on) {
        enter.run(room, target, emoji, user);
        countUp.run(room, target, emoji, seq);
        return;
      }
      leave.run(room, target, emoji, user);
      countDown.run(room, target, emoji);
      drop.run(room, target, emoji);
    },

    erase(room: number, target: Seq): void {
      eraseReactors.run(room, target);
      eraseCounts.run(room, target);
    },
  };
}

interface ReactionRow {
  target: Seq;
  emoji: string;
  count: number;
  mine: 0 | 1;
}

/** Of the entries `from` … `to` of a room, by target and age. */
export function createReactionReads(db: Database) {
  const borne = db.query<ReactionRow>(`
    SELECT r.target, r.emoji, r.n AS count, EXISTS (
      SELECT 1 FROM reactors o WHERE o.room = r.room AND o.target = r.target AND o.emoji = r.emoji AND o.user = ?4
    ) AS mine
    FROM reactions r WHERE r.room = ?1 AND r.target BETWEEN ?2 AND ?3 ORDER BY r.target, r.since`);
  return ({ room, from, to }: { room: number; from: Seq; to: Seq }, viewer: UserId): Reaction[] =>
    borne
      .all(room, from, to, viewer)
      .map(({ mine, ...reaction }) => (mine === 1 ? { ...reaction, mine: true } : reaction));
}
