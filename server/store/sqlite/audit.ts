/** The audit log. Records are written by whoever writes the act itself, in its transaction; see `createAuditInsert`. */
import type { RoomId, Timestamp } from '../../../miniprogram/protocol/objects.ts';
import type { Audited, AuditQuery, AuditRecord } from '../../domain/ports.ts';
import type { Database } from './database.ts';

interface AuditRow {
  key: number;
  ts: Timestamp;
  actor: string;
  act: string;
  target: string;
  room: RoomId | '';
  reason: string;
  /** JSON, as is `after`. */
  before: string;
  after: string;
}

/** Rowids are never used again: nothing is ever deleted here. */
const ID_LENGTH = 12;
const idOf = (key: number): string => String(key).padStart(ID_LENGTH, '0');
const keyOf = (id: string): number => Number(id);

export function createAuditInsert(db: Database): (record: AuditRecord) => void {
  const insert = db.query(
    'INSERT INTO audit (ts, actor, act, target, room, reason, before, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  return ({ ts, actor, act, target, room, reason, before, after }) => {
    insert.run(ts, actor, act, target, room, reason, toJson(before), toJson(after));
  };
}

export function createAuditReads(db: Database) {
  const where = `
    WHERE (?1 IS NULL OR actor = ?1) AND (?2 IS NULL OR target = ?2 OR room = ?2) AND ts >= ?3
      AND act NOT IN (SELECT value FROM json_each(?4))`;
  const columns = 'SELECT key, ts, actor, act, target, room, reason, before, after FROM audit';
  const newest = db.query<AuditRow>(columns + where + ' AND key < ?5 ORDER BY key DESC LIMIT ?6');
  const following = db.query<AuditRow>(columns + where + ' AND key > ?5 ORDER BY key LIMIT ?6');

  return {
    audits({ actor, target, since, after, before, without = [], limit }: AuditQuery): {
      records: Audited[];
      more: boolean;
    } {
      const filter = [actor ?? null, target ?? null, since ?? 0, JSON.stringify(without)] as const;
      const rows =
        after === undefined
          ? newest.all(...filter, before === undefined ? Number.MAX_SAFE_INTEGER : keyOf(before), limit + 1)
          : following.all(...filter, keyOf(after), limit + 1);
      return { records: rows.slice(0, limit).map(toRecord), more: rows.length > limit };
    },
  };
}

export function createAuditWrites(db: Database) {
  return { audit: createAuditInsert(db) };
}

function toRecord({ key, before, after, ...plain }: AuditRow): Audited {
  return { id: idOf(key), ...plain, before: JSON.parse(before), after: JSON.parse(after) };
}

const toJson = (value: unknown): string => JSON.stringify(value ?? null);
