/**
 * What nodes share about services outside. Each value is changed by whoever finds it as they last saw it; within a
 * node one at a time tries, so that nobody runs against themselves.
 */
import type { Shared, SharedStore } from '../../domain/ports.ts';
import type { Collections } from './documents.ts';
import { insertFirst } from './insert-new.ts';
import type { Turns } from './turns.ts';

/** Another node was faster so many times. */
const MAX_TRIES = 20;

export function createShared(db: Collections, turns: Turns): SharedStore {
  async function leaseNow({
    name,
    holder,
    now,
    until,
  }: Parameters<SharedStore['lease']>[0]): Promise<boolean> {
    const held = await db.leases.findOne({ _id: name });
    if (!held) return insertFirst(db.leases, { _id: name, holder, until });
    if (held.until > now && held.holder !== holder) return false;
    const { matchedCount } = await db.leases.updateOne(
      { _id: name, holder: held.holder, until: held.until },
      { $set: { holder, until } },
    );
    return matchedCount > 0;
  }

  async function takeNow({ name, ends, want, most }: Parameters<SharedStore['take']>[0]): Promise<number> {
    const _id = `${name}/${ends}`;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const known = await db.allowances.findOne({ _id });
      const taken = known?.taken ?? 0;
      const given = Math.max(0, Math.min(want, most - taken));
      if (given === 0) return 0;
      if (!known) {
        if (await insertFirst(db.allowances, { _id, name, ends, taken: given })) return given;
        continue;
      }
      const change = { $set: { taken: taken + given } };
      if ((await db.allowances.updateOne({ _id, taken }, change)).modifiedCount > 0) return given;
    }
    return 0;
  }

  return {
    async shared(name): Promise<Shared | null> {
      const doc = await db.shared.findOne({ _id: name });
      return doc && { value: doc.value, expires: doc.expires };
    },

    async share(name, { value, expires }) {
      await db.shared.updateOne({ _id: name }, { $set: { value, expires } }, { upsert: true });
    },

    lease: (lease) => turns.take(`lease/${lease.name}`, () => leaseNow(lease)),

    async release(name, holder) {
      await db.leases.deleteOne({ _id: name, holder });
    },

    take: (taking) =>
      turns.take(`take/${taking.name}`, async () => {
        await db.allowances.deleteMany({ name: taking.name, ends: { $lte: taking.now } });
        return takeNow(taking);
      }),
  };
}
