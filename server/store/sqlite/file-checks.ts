/** Files under judgement, and the entries that carry them. */
import type { FileId, Timestamp } from '../../../miniprogram/protocol/objects.ts';
import type { FileCheck, FileState, FileUse } from '../../domain/ports.ts';
import type { Database } from './database.ts';

const createFind = (db: Database) =>
  db.query<FileCheck>('SELECT file, trace, state, asked FROM file_checks WHERE file = ?');

export function createFileCheckReads(db: Database) {
  const find = createFind(db);
  const overdue = db.query<{ trace: string }>(`
    SELECT trace FROM file_checks WHERE state = 'pending' AND asked < ? ORDER BY asked LIMIT ?`);

  return {
    fileCheck: (file: FileId): FileCheck | null => find.get(file) ?? null,
    overdueFileChecks: (before: Timestamp, limit: number): string[] =>
      overdue.all(before, limit).map(({ trace }) => trace),
  };
}

export function createFileCheckWrites(db: Database) {
  const find = createFind(db);
  const open = db.query(`
    INSERT INTO file_checks (file, trace, state, asked) VALUES (?, ?, 'pending', ?)
    ON CONFLICT (file) DO UPDATE SET trace = excluded.trace, state = 'pending', asked = excluded.asked`);
  const use = db.query('INSERT INTO file_uses (file, room, seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const pending = db.query<{ file: FileId }>(`
    SELECT file FROM file_checks WHERE trace = ? AND state = 'pending'`);
  const settle = db.query('UPDATE file_checks SET state = ? WHERE file = ?');
  const uses = db.query<FileUse>('SELECT room, seq FROM file_uses WHERE file = ? ORDER BY room, seq');

  return {
    openFileCheck({ file, trace, asked }: { file: FileId; trace: string; asked: Timestamp }): void {
      open.run(file, trace, asked);
    },

    useFile(file: FileId, { room, seq }: FileUse): FileState | null {
      use.run(file, room, seq);
      return find.get(file)?.state ?? null;
    },

    settleFileCheck(
      trace: string,
      state: Exclude<FileState, 'pending'>,
    ): { file: FileId; uses: FileUse[] } | null {
      const check = pending.get(trace);
      if (!check) return null;
      settle.run(state, check.file);
      return { file: check.file, uses: uses.all(check.file) };
    },
  };
}
