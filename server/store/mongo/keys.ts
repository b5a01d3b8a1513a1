/** API keys of bots, by hash alone. */
import type { ApiKey, AuditRecord } from '../../domain/ports.ts';
import type { AuditLog } from './audits.ts';
import type { Collections } from './documents.ts';
import { insertFirst } from './insert-new.ts';
import type { NextStamp } from './stamps.ts';
import type { ApiKeyDoc } from './tables.ts';

export function createKeys(db: Collections, audits: AuditLog, nextStamp: NextStamp) {
  return {
    async issueKey(
      { id, name, user, rooms, by, ts }: ApiKey,
      hash: string,
      audit: AuditRecord,
    ): Promise<void> {
      const key: ApiKeyDoc = { _id: id, hash, name, user, rooms, by, ts, revoked: null, order: nextStamp() };
      if (!(await insertFirst(db.apiKeys, key))) throw new Error('an API key with this id or hash is there');
      await audits.write(audit);
    },

    async apiKey(hash: string): Promise<ApiKey | null> {
      const doc = await db.apiKeys.findOne({ hash });
      return doc && doc.revoked === null ? toKey(doc) : null;
    },

    apiKeys: async (): Promise<ApiKey[]> =>
      (await db.apiKeys.find().toArray()).toSorted((a, b) => b.order - a.order).map(toKey),

    async revokeKey(id: string, audit: AuditRecord): Promise<boolean> {
      const end = { $set: { revoked: audit.ts } };
      const { modifiedCount } = await db.apiKeys.updateOne({ _id: id, revoked: null }, end);
      if (modifiedCount === 0) return false;
      await audits.write(audit);
      return true;
    },
  };
}

function toKey({ _id, name, user, rooms, by, ts, revoked }: ApiKeyDoc): ApiKey {
  return { id: _id, name, user, rooms, by, ts, ...(revoked !== null && { revoked }) };
}
