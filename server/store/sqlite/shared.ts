/** What nodes share about services outside. With this store there is one node; the rules are the same. */
import type { Timestamp } from '../../../miniprogram/protocol/objects.ts';
import type { Shared, SharedStore } from '../../domain/ports.ts';
import type { Database } from './database.ts';

export function createSharedReads(db: Database) {
  const find = db.query<Shared>('SELECT value, expires FROM shared WHERE name = ?');
  return { shared: (name: string): Shared | null => find.get(name) ?? null };
}

export function createSharedWrites(db: Database) {
  const put = db.query(`
    INSERT INTO shared (name, value, expires) VALUES (?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, expires = excluded.expires`);
  const lease = db.query(`
    INSERT INTO leases (name, holder, until) VALUES (?1, ?2, ?4)
    ON CONFLICT (name) DO UPDATE SET holder = ?2, until = ?4 WHERE until <= ?3 OR holder = ?2`);
  const release = db.query('DELETE FROM leases WHERE name = ? AND holder = ?');
  const taken = db.query<{ taken: number }>('SELECT taken FROM allowances WHERE name = ? AND ends = ?');
  const add = db.query(`
    INSERT INTO allowances (name, ends, taken) VALUES (?, ?, ?)
    ON CONFLICT (name, ends) DO UPDATE SET taken = taken + excluded.taken`);
  const forget = db.query('DELETE FROM allowances WHERE name = ? AND ends <= ?');

  return {
    share(name: string, { value, expires }: Shared): void {
      put.run(name, value, expires);
    },

    lease({ name, holder, now, until }: LeaseAsked): boolean {
      return lease.run(name, holder, now, until) > 0;
    },

    release(name: string, holder: string): void {
      release.run(name, holder);
    },

    take({ name, ends, want, most, now }: Parameters<SharedStore['take']>[0]): number {
      forget.run(name, now);
      const left = most - (taken.get(name, ends)?.taken ?? 0);
      const given = Math.max(0, Math.min(want, left));
      if (given > 0) add.run(name, ends, given);
      return given;
    },
  };
}

interface LeaseAsked {
  name: string;
  holder: string;
  now: Timestamp;
  until: Timestamp;
}
