/** Consents to be told something outside the app, counted; and when somebody was last told of a room. */
import type { Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { CreditStore, Spending } from '../../domain/ports.ts';
import type { Database } from './database.ts';

export function createCreditReads(db: Database) {
  const all = db.query<{ template: string; n: number }>('SELECT template, n FROM credits WHERE user = ?');
  return { credits: (user: UserId): { template: string; n: number }[] => all.all(user) };
}

export function createCreditWrites(db: Database) {
  const add = db.query(`
    INSERT INTO credits (user, template, n) VALUES (?1, ?2, min(1, ?3))
    ON CONFLICT (user, template) DO UPDATE SET n = min(n + 1, ?3)`);
  const found = db.query<{ n: number }>('SELECT n FROM credits WHERE user = ? AND template = ?');
  const spend = db.query('UPDATE credits SET n = n - 1 WHERE user = ? AND template = ?');
  const drop = db.query('DELETE FROM credits WHERE user = ? AND template = ?');
  const told = db.query<{ at: Timestamp }>('SELECT at FROM notices WHERE user = ? AND room = ?');
  const tell = db.query(`
    INSERT INTO notices (user, room, at) VALUES (?, ?, ?) ON CONFLICT (user, room) DO UPDATE SET at = excluded.at`);
  const forget = db.query('DELETE FROM notices WHERE user = ? AND at <= ?');

  return {
    addCredit(user: UserId, template: string, most: number): void {
      add.run(user, template, most);
    },

    spendCredit({ user, template, room, now, everyMs }: Parameters<CreditStore['spendCredit']>[0]): Spending {
      const n = found.get(user, template)?.n ?? 0;
      if (n === 0) return 'none';
      const last = told.get(user, room);
      if (last && now - last.at < everyMs) return 'lately';
      forget.run(user, now - everyMs);
      tell.run(user, room, now);
      if (n === 1) drop.run(user, template);
      else spend.run(user, template);
      return 'spent';
    },

    dropCredits(user: UserId, template: string): void {
      drop.run(user, template);
    },
  };
}
