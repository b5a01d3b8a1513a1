/** What a person can do with one message. PURE; the server has the last word. */
import type { Role, Row, State } from '../../../typings/app';
import { words } from '../../words/language';

export type RowAction = 'reply' | 'copy' | 'edit' | 'recall' | 'mute' | 'report' | 'resend' | 'discard';

export interface Standing {
  role: Role | 'none';
  now: number;
  /** Seconds within which one may recall one's own; absent while the server has not told. */
  recallSeconds: number | undefined;
  /** Of a room that can be written in, and by this person. */
  mayWrite: boolean;
  isDirect: boolean;
}

/** In the order in which they are offered; none for a notice. */
export function rowActions(row: Row, standing: Standing): RowAction[] {
  if (row.kind === 'sys' || row.recalled) return [];
  const actions: RowAction[] = [];
  const isSent = row.state === 'sent' && row.seq !== undefined;
  if (row.state === 'failed') actions.push('resend');
  if (isSent && standing.mayWrite) actions.push('reply');
  if (row.kind === 'text') actions.push('copy');
  if (isSent && row.mine && row.kind === 'text' && standing.mayWrite) actions.push('edit');
  if (isSent && mayRecall(row, standing)) actions.push('recall');
  if (isSent && !row.mine && keepsOrder(standing.role) && !standing.isDirect) actions.push('mute');
  if (isSent && !row.mine) actions.push('report');
  if (row.state === 'failed') actions.push('discard');
  return actions;
}

export function mayReact(row: Row, standing: Standing): boolean {
  return (
    row.state === 'sent' && row.seq !== undefined && row.kind !== 'sys' && !row.recalled && standing.mayWrite
  );
}

function mayRecall(row: Row, { role, now, recallSeconds }: Standing): boolean {
  if (keepsOrder(role)) return true;
  return row.mine && (recallSeconds === undefined || now - row.ts < recallSeconds * 1000);
}

function keepsOrder(role: Role | 'none'): boolean {
  return role === 'owner' || role === 'admin';
}

const QUICK_EMOJI = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

/** As the sheet shows it. */
export interface Offer {
  actions: { action: RowAction; words: string; isGrave: boolean }[];
  reactions: { emoji: string; mine: boolean }[];
}

export function offerOf(row: Row, state: Readonly<State>, roomId: string): Offer {
  const room = state.rooms[roomId];
  const standing: Standing = {
    role: room?.role ?? 'none',
    now: Date.now(),
    recallSeconds: state.limits?.recall,
    mayWrite: room !== undefined && !room.closed && (room.mutedUntil ?? 0) <= Date.now(),
    isDirect: room?.kind === 'direct',
  };
  const own = new Set((row.reactions ?? []).filter(({ mine }) => mine).map(({ emoji }) => emoji));
  return {
    actions: rowActions(row, standing).map((action) => ({
      action,
      words: words.rowActions[action],
      isGrave: action === 'recall' || action === 'discard' || action === 'report',
    })),
    reactions: mayReact(row, standing) ? QUICK_EMOJI.map((emoji) => ({ emoji, mine: own.has(emoji) })) : [],
  };
}
