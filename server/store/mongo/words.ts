/** The word list and its version, which every change raises. */
import type { AuditRecord, WordRule } from '../../domain/ports.ts';
import type { AuditLog } from './audits.ts';
import type { Collections } from './documents.ts';

export function createWords(db: Collections, audits: AuditLog) {
  const wordsVersion = async (): Promise<number> => (await db.meta.findOne({ _id: 'words' }))?.version ?? 0;
  const raise = () => db.meta.updateOne({ _id: 'words' }, { $inc: { version: 1 } }, { upsert: true });

  return {
    async words(): Promise<{ version: number; rules: WordRule[] }> {
      // Read before the words: a version that is told is never ahead of them.
      const version = await wordsVersion();
      const docs = await db.words.find().sort({ _id: 1 }).toArray();
      return { version, rules: docs.map(({ _id, action, by, ts }) => ({ word: _id, action, by, ts })) };
    },

    wordsVersion,

    async addWords(rules: WordRule[], audit: AuditRecord): Promise<void> {
      for (const { word, ...rule } of rules) {
        await db.words.updateOne({ _id: word }, { $set: rule }, { upsert: true });
      }
      await raise();
      await audits.write(audit);
    },

    async removeWords(words: string[], audit: AuditRecord): Promise<string[]> {
      const removed: string[] = [];
      for (const _id of words) if ((await db.words.deleteOne({ _id })).deletedCount > 0) removed.push(_id);
      if (removed.length === 0) return [];
      await raise();
      await audits.write({ ...audit, before: removed });
      return removed;
    },
  };
}
