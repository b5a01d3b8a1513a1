/** Texts whose verdict is awaited. */
import type { AwaitedStore } from '../../domain/ports.ts';
import { type Collections, entryId } from './documents.ts';

export function createAwaited(db: Collections): AwaitedStore {
  return {
    async awaitText({ room, seq, asked }) {
      const $set = { room, seq, asked };
      await db.awaitedTexts.updateOne({ _id: entryId(room, seq) }, { $set }, { upsert: true });
    },

    async settleText(room, seq) {
      await db.awaitedTexts.deleteOne({ _id: entryId(room, seq) });
    },

    async overdueTexts(before, limit) {
      const docs = await db.awaitedTexts
        .find({ asked: { $lt: before } })
        .sort({ asked: 1 })
        .limit(limit)
        .toArray();
      return docs.map(({ room, seq, asked }) => ({ room, seq, asked }));
    },

    async takeText({ room, seq, asked }, now) {
      const taken = await db.awaitedTexts.updateOne(
        { _id: entryId(room, seq), asked },
        { $set: { asked: now } },
      );
      return taken.modifiedCount > 0;
    },
  };
}
