/** API keys of bots, by hash alone. */
import type { RoomId, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { ApiKey, AuditRecord } from '../../domain/ports.ts';
import { createAuditInsert } from './audit.ts';
import type { Database } from './database.ts';

interface KeyRow {
  id: string;
  name: string;
  user: UserId;
  /** JSON. */
  rooms: string;
  by: string;
  ts: Timestamp;
  revoked: Timestamp | null;
}

const COLUMNS = 'SELECT id, name, user, rooms, by, ts, revoked FROM api_keys';

export function createKeyReads(db: Database) {
  const byHash = db.query<KeyRow>(COLUMNS + ' WHERE hash = ? AND revoked IS NULL');
  const all = db.query<KeyRow>(COLUMNS + ' ORDER BY key DESC');
  return {
    apiKey(hash: string): ApiKey | null {
      const row = byHash.get(hash);
      return row ? toKey(row) : null;
    },
    apiKeys: (): ApiKey[] => all.all().map(toKey),
  };
}

export function createKeyWrites(db: Database) {
  const audit = createAuditInsert(db);
  const insert = db.query(
    'INSERT INTO api_keys (id, hash, name, user, rooms, by, ts) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const revoke = db.query('UPDATE api_keys SET revoked = ? WHERE id = ? AND revoked IS NULL');
  return {
    issueKey({ id, name, user, rooms, by, ts }: ApiKey, hash: string, record: AuditRecord): void {
      insert.run(id, hash, name, user, JSON.stringify(rooms), by, ts);
      audit(record);
    },
    revokeKey(id: string, record: AuditRecord): boolean {
      if (revoke.run(record.ts, id) === 0) return false;
      audit(record);
      return true;
    },
  };
}

function toKey({ rooms, revoked, ...plain }: KeyRow): ApiKey {
  return { ...plain, rooms: JSON.parse(rooms) as RoomId[], ...(revoked !== null && { revoked }) };
}
