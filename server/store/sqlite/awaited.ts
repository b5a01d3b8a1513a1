/** Texts whose verdict is awaited. */
import type { RoomId, Seq, Timestamp } from '../../../miniprogram/protocol/objects.ts';
import type { AwaitedText } from '../../domain/ports.ts';
import type { Database } from './database.ts';

export function createAwaitedReads(db: Database) {
  const overdue = db.query<AwaitedText>(`
    SELECT room, seq, asked FROM awaited_texts WHERE asked < ? ORDER BY asked LIMIT ?`);

  return {
    overdueTexts: (before: Timestamp, limit: number): AwaitedText[] => overdue.all(before, limit),
  };
}

export function createAwaitedWrites(db: Database) {
  const put = db.query(`
    INSERT INTO awaited_texts (room, seq, asked) VALUES (?, ?, ?)
    ON CONFLICT (room, seq) DO UPDATE SET asked = excluded.asked`);
  const remove = db.query('DELETE FROM awaited_texts WHERE room = ? AND seq = ?');
  const take = db.query('UPDATE awaited_texts SET asked = ? WHERE room = ? AND seq = ? AND asked = ?');

  return {
    awaitText({ room, seq, asked }: AwaitedText): void {
      put.run(room, seq, asked);
    },

    settleText(room: RoomId, seq: Seq): void {
      remove.run(room, seq);
    },

    takeText: ({ room, seq, asked }: AwaitedText, now: Timestamp): boolean =>
      take.run(now, room, seq, asked) > 0,
  };
}
