/** Sanctions. A row is never dropped: one that was lifted has its end in the past, so that nodes find out. */
import type { Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { AuditRecord, Sanction, SanctionKey } from '../../domain/ports.ts';
import { createAuditInsert } from './audit.ts';
import type { Database } from './database.ts';

const MOST_CHANGED = 10_000;

export function createSanctionReads(db: Database) {
  const ofUser = db.query<Sanction>(
    'SELECT user, kind, room, until, reason, by, since FROM sanctions WHERE user = ? AND until > ?',
  );
  const inForce = db.query<Sanction>(`
    SELECT user, kind, room, until, reason, by, since FROM sanctions
    WHERE until > ? AND since < ? ORDER BY since DESC, user, kind, room LIMIT ?`);
  const changed = db.query<{ user: UserId }>(`
    SELECT user FROM sanctions WHERE changed >= ? GROUP BY user ORDER BY max(changed) DESC LIMIT ?`);

  return {
    sanctions: (users: UserId[], now: Timestamp): Sanction[] =>
      users.flatMap((user) => ofUser.all(user, now)),
    sanctionsInForce: ({
      now,
      before,
      limit,
    }: {
      now: Timestamp;
      before?: Timestamp;
      limit: number;
    }): Sanction[] => inForce.all(now, before ?? Number.MAX_SAFE_INTEGER, limit),
    sanctionedSince: (since: Timestamp): UserId[] => changed.all(since, MOST_CHANGED).map(({ user }) => user),
  };
}

export function createSanctionWrites(db: Database) {
  const audit = createAuditInsert(db);
  const set = db.query(`
    INSERT INTO sanctions (user, kind, room, until, reason, by, since, changed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
    ON CONFLICT (user, kind, room) DO UPDATE SET until = excluded.until, reason = excluded.reason,
      by = excluded.by, since = excluded.since, changed = excluded.changed`);
  const end = db.query(`
    UPDATE sanctions SET until = ?4, changed = ?4 WHERE user = ?1 AND kind = ?2 AND room = ?3 AND until > ?4`);

  return {
    sanction({ user, kind, room, until, reason, by, since }: Sanction, record: AuditRecord): void {
      set.run(user, kind, room, until, reason, by, since);
      audit(record);
    },

    lift({ user, kind, room }: SanctionKey, record: AuditRecord): boolean {
      if (end.run(user, kind, room, record.ts) === 0) return false;
      audit(record);
      return true;
    },
  };
}
