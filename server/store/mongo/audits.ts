/**
 * The audit log. A record of what an entry did is written with the entry and copied here when the room is settled; any
 * other is written right after its act, and the act's caller hears of it only when both are there.
 */
import type { Filter } from 'mongodb';
import type { Audited, AuditQuery, AuditRecord } from '../../domain/ports.ts';
import type { Collections } from './documents.ts';
import { insertNew } from './insert-new.ts';
import type { NextStamp } from './stamps.ts';
import type { AuditDoc } from './tables.ts';

export interface AuditLog {
  /** Once, however often it is called with the same place. */
  write(record: AuditRecord, place?: { stamp: number; mark: string }): Promise<void>;
}

/** Digits of a stamp in an id: text sorts as the numbers do. */
const STAMP_DIGITS = 17;

/** @param node names this node, so that no two give the same id */
export function createAuditLog(db: Collections, nextStamp: NextStamp, node: string): AuditLog {
  return {
    async write({ before, after, ...plain }, { stamp, mark } = { stamp: nextStamp(), mark: node }) {
      const _id = `${String(stamp).padStart(STAMP_DIGITS, '0')}-${mark}`;
      await insertNew(db.audits, [{ _id, ...plain, before: toJson(before), after: toJson(after) }]);
    },
  };
}

export function createAudits(db: Collections, log: AuditLog) {
  return {
    audit: (record: AuditRecord): Promise<void> => log.write(record),

    async audits(query: AuditQuery): Promise<{ records: Audited[]; more: boolean }> {
      const { actor, target, since, after, before, without = [], limit } = query;
      const filter: Filter<AuditDoc> = {
        ...(actor !== undefined && { actor }),
        ...(target !== undefined && { $or: [{ target }, { room: target }] }),
        ...(since !== undefined && { ts: { $gte: since } }),
        ...(without.length > 0 && { act: { $nin: without } }),
        ...(after !== undefined && { _id: { $gt: after } }),
        ...(after === undefined && before !== undefined && { _id: { $lt: before } }),
      };
      const docs = await db.audits
        .find(filter)
        .sort({ _id: after === undefined ? -1 : 1 })
        .limit(limit + 1)
        .toArray();
      return { records: docs.slice(0, limit).map(toRecord), more: docs.length > limit };
    },
  };
}

function toRecord({ _id, before, after, ...plain }: AuditDoc): Audited {
  return { id: _id, ...plain, before: JSON.parse(before), after: JSON.parse(after) };
}

const toJson = (value: unknown): string => JSON.stringify(value ?? null);
