/** Records as the store gives them, with what a test does not care about filled in. */
import type { Entry, Role, SysBody } from '../../miniprogram/protocol/objects.ts';
import type { Draft, MemberRecord, RoomRecord } from '../../server/domain/ports.ts';

export const NOW = Date.UTC(2026, 10, 24, 8);

export const roomRecord = (fields: Partial<RoomRecord> = {}): RoomRecord => ({
  id: 'r',
  kind: 'group',
  name: 'tea',
  open: false,
  slowSeconds: 0,
  closed: false,
  ...fields,
});

export const memberRecord = (role: Role = 'member', mutedUntil: number | null = null): MemberRecord => ({
  role,
  joined: NOW,
  mutedUntil,
});

export const textEntry = (seq: number, from = 'u', ts = NOW): Entry => ({
  seq,
  ts,
  from,
  kind: 'text',
  body: { text: `text ${seq}` },
});

export const notice = (seq: number, body: SysBody): Entry => ({ seq, ts: NOW, from: '', kind: 'sys', body });

export const textDraft = (from: string, cid: string, text = cid): Draft => ({
  from,
  ts: NOW,
  kind: 'text',
  body: { text },
  cid,
});
