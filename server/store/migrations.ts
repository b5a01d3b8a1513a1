/**
 * The shape of the embedded database, as numbered steps, a file each: step n brings version n - 1 to n. A step that
 * was released never changes. A newer database than this program knows is refused, so that an old program cannot harm it.
 */
import { FIRST } from './migrations/1-first.ts';
import { REACTIONS } from './migrations/2-reactions.ts';
import { MODERATION } from './migrations/3-moderation.ts';
import { WECHAT } from './migrations/4-wechat.ts';
import { FILES } from './migrations/5-files.ts';
import { RETENTION } from './migrations/6-retention.ts';
import { AWAITED } from './migrations/7-awaited.ts';
import type { Database } from './sqlite/database.ts';

/** Each ends by setting `user_version` to its number. */
const STEPS = [FIRST, REACTIONS, MODERATION, WECHAT, FILES, RETENTION, AWAITED];
export const VERSION = STEPS.length;

/** Brings the database to the shape that this program knows, in one transaction, or throws one line that says why not. */
export function migrate(db: Database, steps: readonly string[] = STEPS): void {
  const version = db.query<{ user_version: number }>('PRAGMA user_version').get()?.user_version ?? 0;
  if (version > steps.length) {
    throw new Error(`it has version ${version}, this program knows ${steps.length}; start the newer program`);
  }
  const tables = db.query<{ name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
  const isOurs = version === 0 ? tables.length === 0 : tables.some(({ name }) => name === 'entries');
  if (!isOurs) throw new Error('its tables are not ours; it is damaged or belongs to another program');
  if (version === steps.length) return;
  db.transaction(() => {
    for (const step of steps.slice(version)) db.exec(step);
  });
}
