/** The word list and its version, which every change raises. */
import type { AuditRecord, WordRule } from '../../domain/ports.ts';
import { createAuditInsert } from './audit.ts';
import type { Database } from './database.ts';

export function createWordReads(db: Database) {
  const all = db.query<WordRule>('SELECT word, action, by, ts FROM words ORDER BY word');
  const version = db.query<{ value: string }>(`SELECT value FROM meta WHERE name = 'words'`);
  const wordsVersion = (): number => Number(version.get()?.value ?? 0);
  return {
    words: (): { version: number; rules: WordRule[] } => ({ version: wordsVersion(), rules: all.all() }),
    wordsVersion,
  };
}

export function createWordWrites(db: Database) {
  const audit = createAuditInsert(db);
  const set = db.query(`
    INSERT INTO words (word, action, by, ts) VALUES (?, ?, ?, ?)
    ON CONFLICT (word) DO UPDATE SET action = excluded.action, by = excluded.by, ts = excluded.ts`);
  const drop = db.query('DELETE FROM words WHERE word = ?');
  const raise = db.query(`
    INSERT INTO meta (name, value) VALUES ('words', '1')
    ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)`);

  return {
    addWords(rules: WordRule[], record: AuditRecord): void {
      for (const { word, action, by, ts } of rules) set.run(word, action, by, ts);
      raise.run();
      audit(record);
    },

    removeWords(words: string[], record: AuditRecord): string[] {
      const removed = words.filter((word) => drop.run(word) > 0);
      if (removed.length === 0) return [];
      raise.run();
      audit({ ...record, before: removed });
      return removed;
    },
  };
}
