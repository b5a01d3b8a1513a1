/** Reports: the message and its neighbours are kept as JSON in the report itself, so a recall does not reach them. */
import type { Entry, RoomId, Seq, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { AuditRecord, Report, Resolved } from '../../domain/ports.ts';
import { createAuditInsert } from './audit.ts';
import type { Database } from './database.ts';

interface ReportRow {
  id: string;
  room: RoomId;
  target: Seq;
  against: UserId | '';
  reporter: UserId | '';
  reason: string;
  note: string;
  ts: Timestamp;
  /** JSON, as is `resolved`. */
  context: string;
  resolved: string | null;
}

const COLUMNS =
  'SELECT id, room, target, against, reporter, reason, note, ts, context, resolved FROM reports';
const MOST_UNTOLD = 100;

export function createReportReads(db: Database) {
  const one = db.query<ReportRow>(COLUMNS + ' WHERE id = ?');
  const page = db.query<ReportRow>(
    COLUMNS +
      ` WHERE (?1 = 0 OR resolved IS NULL) AND (?2 IS NULL OR key < (SELECT key FROM reports WHERE id = ?2))
        ORDER BY key DESC LIMIT ?3`,
  );
  const untold = db.query<ReportRow>(
    COLUMNS +
      ` WHERE reporter = ? AND reporter <> '' AND resolved IS NOT NULL AND told = 0 ORDER BY key LIMIT ?`,
  );

  return {
    report(id: string): Report | null {
      const row = one.get(id);
      return row ? toReport(row) : null;
    },
    reports({ open, before, limit }: { open: boolean; before?: string; limit: number }) {
      const rows = page.all(open ? 1 : 0, before ?? null, limit + 1);
      return { reports: rows.slice(0, limit).map(toReport), more: rows.length > limit };
    },
    untoldReports: (reporter: UserId): Report[] => untold.all(reporter, MOST_UNTOLD).map(toReport),
  };
}

export function createReportWrites(db: Database) {
  const audit = createAuditInsert(db);
  const insert = db.query(`
    INSERT INTO reports (id, room, target, against, reporter, reason, note, ts, context)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (room, target, reporter) DO NOTHING`);
  const open = db.query<ReportRow>(
    COLUMNS + ' WHERE room = ? AND target = ? AND resolved IS NULL ORDER BY key',
  );
  const resolve = db.query('UPDATE reports SET resolved = ? WHERE id = ?');
  const tell = db.query('UPDATE reports SET told = 1 WHERE id = ?');

  return {
    addReport(report: Report): boolean {
      const { id, room, target, against, reporter, reason, note, ts, context } = report;
      return insert.run(id, room, target, against, reporter, reason, note, ts, JSON.stringify(context)) > 0;
    },

    resolveReports(
      { room, target }: { room: RoomId; target: Seq },
      resolved: Resolved,
      record: AuditRecord,
    ): Report[] {
      const rows = open.all(room, target);
      for (const { id } of rows) resolve.run(JSON.stringify(resolved), id);
      if (rows.length > 0) audit(record);
      return rows.map((row) => ({ ...toReport(row), resolved }));
    },

    markTold(ids: string[]): void {
      for (const id of ids) tell.run(id);
    },
  };
}

function toReport({ context, resolved, ...plain }: ReportRow): Report {
  return {
    ...plain,
    context: JSON.parse(context) as Entry[],
    ...(resolved !== null && { resolved: JSON.parse(resolved) as Resolved }),
  };
}
