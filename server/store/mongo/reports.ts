/** Reports: the message and its neighbours are kept as JSON in the report itself, so a recall does not reach them. */
import type { Entry, RoomId, Seq, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { AuditRecord, Report, Resolved } from '../../domain/ports.ts';
import type { AuditLog } from './audits.ts';
import type { Collections } from './documents.ts';
import { insertFirst } from './insert-new.ts';
import type { NextStamp } from './stamps.ts';
import type { ReportDoc } from './tables.ts';

const MOST_UNTOLD = 100;

export function createReports(db: Collections, audits: AuditLog, nextStamp: NextStamp) {
  return {
    addReport({ id, context, resolved: _, ...report }: Report): Promise<boolean> {
      const { room, target, reporter } = report;
      return insertFirst(db.reports, {
        _id: id,
        key: `${room}/${target}/${reporter}`,
        ...report,
        context: JSON.stringify(context),
        open: true,
        told: false,
        order: nextStamp(),
      });
    },

    async report(id: string): Promise<Report | null> {
      const doc = await db.reports.findOne({ _id: id });
      return doc && toReport(doc);
    },

    async reports({ open, before, limit }: { open: boolean; before?: string; limit: number }) {
      const mark = before === undefined ? null : await db.reports.findOne({ _id: before });
      const docs = await db.reports
        .find({ ...(open && { open }), ...(mark && { order: { $lt: mark.order } }) })
        .sort({ order: -1 })
        .limit(limit + 1)
        .toArray();
      return { reports: docs.slice(0, limit).map(toReport), more: docs.length > limit };
    },

    async resolveReports(
      { room, target }: { room: RoomId; target: Seq },
      resolved: Resolved,
      audit: AuditRecord,
    ): Promise<Report[]> {
      const found = await db.reports.find({ room, target, open: true }).toArray();
      const docs = found.toSorted((a, b) => a.order - b.order);
      if (docs.length === 0) return [];
      const $set = { open: false, resolved: JSON.stringify(resolved) };
      await db.reports.updateMany({ room, target, open: true }, { $set });
      await audits.write(audit);
      return docs.map((doc) => ({ ...toReport(doc), resolved }));
    },

    async untoldReports(reporter: UserId): Promise<Report[]> {
      if (reporter === '') return [];
      const docs = await db.reports
        .find({ reporter, open: false, told: false })
        .sort({ order: 1 })
        .limit(MOST_UNTOLD)
        .toArray();
      return docs.map(toReport);
    },

    async markTold(ids: string[]): Promise<void> {
      for (const _id of ids) await db.reports.updateOne({ _id }, { $set: { told: true } });
    },
  };
}

function toReport(doc: ReportDoc): Report {
  const { _id, room, target, against, reporter, reason, note, ts, context, resolved } = doc;
  return {
    id: _id,
    room,
    target,
    against,
    reporter,
    reason,
    note,
    ts,
    context: JSON.parse(context) as Entry[],
    ...(resolved !== undefined && { resolved: JSON.parse(resolved) as Resolved }),
  };
}
