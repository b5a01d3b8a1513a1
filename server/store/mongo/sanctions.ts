/** Sanctions: a document for each that a user ever had of a kind in a place. */
import type { Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { AuditRecord, Sanction, SanctionKey } from '../../domain/ports.ts';
import type { AuditLog } from './audits.ts';
import type { Collections } from './documents.ts';
import type { SanctionDoc } from './tables.ts';

const MOST_CHANGED = 10_000;

const idOf = ({ user, kind, room }: SanctionKey): string => `${user}/${kind}/${room}`;

export function createSanctions(db: Collections, audits: AuditLog) {
  return {
    async sanction(sanction: Sanction, audit: AuditRecord): Promise<void> {
      const doc = { ...sanction, changed: sanction.since };
      await db.sanctions.updateOne({ _id: idOf(sanction) }, { $set: doc }, { upsert: true });
      await audits.write(audit);
    },

    async lift(key: SanctionKey, audit: AuditRecord): Promise<boolean> {
      const end = { $set: { until: audit.ts, changed: audit.ts } };
      const { modifiedCount } = await db.sanctions.updateOne(
        { _id: idOf(key), until: { $gt: audit.ts } },
        end,
      );
      if (modifiedCount === 0) return false;
      await audits.write(audit);
      return true;
    },

    async sanctions(users: UserId[], now: Timestamp): Promise<Sanction[]> {
      if (users.length === 0) return [];
      return (await db.sanctions.find({ user: { $in: users }, until: { $gt: now } }).toArray()).map(
        toSanction,
      );
    },

    async sanctionsInForce({ now, before, limit }: { now: Timestamp; before?: Timestamp; limit: number }) {
      const docs = await db.sanctions
        .find({ until: { $gt: now }, ...(before !== undefined && { since: { $lt: before } }) })
        .sort({ since: -1, _id: 1 })
        .limit(limit)
        .toArray();
      return docs.map(toSanction);
    },

    async sanctionedSince(since: Timestamp): Promise<UserId[]> {
      const docs = await db.sanctions
        .find({ changed: { $gte: since } })
        .sort({ changed: -1 })
        .limit(MOST_CHANGED)
        .toArray();
      return [...new Set(docs.map(({ user }) => user))];
    },
  };
}

const toSanction = ({ user, kind, room, until, reason, by, since }: SanctionDoc): Sanction => ({
  user,
  kind,
  room,
  until,
  reason,
  by,
  since,
});
