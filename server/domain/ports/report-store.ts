/** Messages that members or the word list have pointed at, as they were then. */
import type { ReportAction } from '../../../miniprogram/protocol/frames.ts';
import type { Entry, RoomId, Seq, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { AuditRecord } from './audit-store.ts';

export interface Report {
  id: string;
  room: RoomId;
  target: Seq;
  /** Whose message it is. */
  against: UserId | '';
  /** Empty: the word list. */
  reporter: UserId | '';
  reason: string;
  note: string;
  ts: Timestamp;
  /** The message and its neighbours, ascending, as they were when it was reported: a recall does not touch them. */
  context: Entry[];
  resolved?: Resolved;
}

export interface Resolved {
  action: ReportAction;
  by: string;
  ts: Timestamp;
  reason: string;
}

export interface ReportStore {
  /** False where this reporter has reported this message before: the first report stays as it is. */
  addReport(report: Report): Promise<boolean>;
  report(id: string): Promise<Report | null>;
  /** The newest first, those older than the report `before`; `open`: only those that are not resolved. */
  reports(page: {
    open: boolean;
    before?: string;
    limit: number;
  }): Promise<{ reports: Report[]; more: boolean }>;
  /** Resolves all open reports of one message at once. @returns them; none, and no record, where none was open */
  resolveReports(
    message: { room: RoomId; target: Seq },
    resolved: Resolved,
    audit: AuditRecord,
  ): Promise<Report[]>;
  /** Resolved reports of this reporter that they were not told of yet, at most 100, the oldest first. */
  untoldReports(reporter: UserId): Promise<Report[]>;
  markTold(ids: string[]): Promise<void>;
}
