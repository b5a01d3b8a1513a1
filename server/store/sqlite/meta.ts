/** What the database knows of itself: the epoch, which names its life, and the last proof that it can be written. */
import type { Timestamp } from '../../../miniprogram/protocol/objects.ts';
import type { Database } from './database.ts';

/** `fresh`: what a database that has no epoch yet gets. `known`: the one that this server already serves. */
export type Epoch = { name: 'fresh' | 'known'; value: string };

/** Throws where the database in the place is not the one that was served. */
export function epochOf(db: Database, epoch: Epoch): string {
  if (epoch.name === 'fresh') {
    db.query(`INSERT INTO meta (name, value) VALUES ('epoch', ?) ON CONFLICT DO NOTHING`).run(epoch.value);
  }
  const kept = db.query<{ value: string }>(`SELECT value FROM meta WHERE name = 'epoch'`).get()?.value;
  if (kept === undefined) throw new Error('it has no epoch, so it is damaged');
  if (epoch.name === 'known' && kept !== epoch.value) {
    throw new Error('another database has taken its place; start the server anew');
  }
  return kept;
}

export function createMetaWrites(db: Database) {
  const mark = db.query(`
    INSERT INTO meta (name, value) VALUES ('pinged', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`);
  const bump = db.query(`UPDATE meta SET value = ? WHERE name = 'epoch'`);
  return {
    /** A real write: a full disk is found out, and so is its end. */
    ping(now: Timestamp): void {
      mark.run(String(now));
    },
    bumpEpoch(epoch: string): void {
      bump.run(epoch);
    },
  };
}
