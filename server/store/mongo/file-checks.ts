/**
 * Files under judgement, and the entries that carry them. A use is written before the state is read, and a state before
 * the uses are read: so one of the two sees the other.
 */
import type { FileId, Timestamp } from '../../../miniprogram/protocol/objects.ts';
import type { FileCheckStore } from '../../domain/ports.ts';
import { type Collections, entryId } from './documents.ts';
import { insertNew } from './insert-new.ts';

export function createFileChecks(db: Collections): FileCheckStore {
  return {
    async openFileCheck({ file, trace, asked }: { file: FileId; trace: string; asked: Timestamp }) {
      const $set = { trace, state: 'pending' as const, asked };
      await db.fileChecks.updateOne({ _id: file }, { $set }, { upsert: true });
    },

    async fileCheck(file) {
      const doc = await db.fileChecks.findOne({ _id: file });
      return doc && { file, trace: doc.trace, state: doc.state, asked: doc.asked };
    },

    async useFile(file, { room, seq }) {
      await insertNew(db.checkedUses, [{ _id: `${file}/${entryId(room, seq)}`, file, room, seq }]);
      return (await db.fileChecks.findOne({ _id: file }))?.state ?? null;
    },

    async settleFileCheck(trace, state) {
      const check = await db.fileChecks.findOne({ trace, state: 'pending' });
      if (!check) return null;
      const { _id: file } = check;
      const settled = await db.fileChecks.updateOne(
        { _id: file, trace, state: 'pending' },
        { $set: { state } },
      );
      if (settled.modifiedCount === 0) return null;
      const uses = await db.checkedUses.find({ file }).sort({ _id: 1 }).toArray();
      return { file, uses: uses.map(({ room, seq }) => ({ room, seq })) };
    },

    async overdueFileChecks(before, limit) {
      const docs = await db.fileChecks
        .find({ state: 'pending', asked: { $lt: before } })
        .sort({ asked: 1 })
        .limit(limit)
        .toArray();
      return docs.map(({ trace }) => trace);
    },
  };
}
