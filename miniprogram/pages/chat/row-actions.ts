/** What a person can do with one message. PURE; the server has the last word on a recall. */
import type { Role, Row } from '../../../typings/app';

export type RowAction = 'copy' | 'recall' | 'resend' | 'discard';

export interface Standing {
  role: Role | 'none';
  now: number;
  /** Seconds within which one may recall one's own; absent while the server has not told. */
  recallSeconds: number | undefined;
}

/** In the order in which they are offered; none for a notice. */
export function rowActions(row: Row, standing: Standing): RowAction[] {
  if (row.kind === 'sys' || row.recalled) return [];
  const actions: RowAction[] = [];
  if (row.kind === 'text') actions.push('copy');
  if (row.state === 'failed') actions.push('resend', 'discard');
  if (mayRecall(row, standing)) actions.push('recall');
  return actions;
}

function mayRecall(row: Row, { role, now, recallSeconds }: Standing): boolean {
  if (row.state !== 'sent' || row.seq === undefined) return false;
  if (role === 'owner' || role === 'admin') return true;
  return row.mine && (recallSeconds === undefined || now - row.ts < recallSeconds * 1000);
}
