/** Owns one message on its way: its form in storage, which later versions of the app must still read, and its line. */
import type { Content } from '../protocol/frames';
import type { Cid, RoomId, Seq, Timestamp, UserId } from '../protocol/objects';
import type { Storage } from './storage';
import type { Row } from './view';

export type Draft = {
  room: RoomId;
  cid: Cid;
  ts: Timestamp;
  reply?: Seq;
  mentions?: UserId[] | 'all';
  /** Of a picture: where it lies on this phone. Its body names no file until it is uploaded. */
  local?: string;
} & Content;

interface Stored {
  from: UserId;
  draft: Draft;
  /** In the order of sending. */
  place: number;
  /** The server's final word, where it said no. */
  failed?: { code: string; retryAt?: Timestamp; reason?: string };
}

export interface Unsent extends Stored {
  /** Whether it survives a restart as it is. */
  stored: boolean;
  /** Sends that failed for now. */
  attempts: number;
  /** Of an upload, 0–100. */
  progress?: number;
  /** Accepted by the server, not yet seen in the log. */
  sent?: { seq: Seq; ts: Timestamp };
}

const PREFIX = 'unsent.';

/** All that are stored, in the order of sending. What another user of this phone has left is removed. */
export function loadUnsent(storage: Storage, me: UserId): Unsent[] {
  const stored: Stored[] = [];
  for (const key of storage.keys().filter((name) => name.startsWith(PREFIX))) {
    const value = storage.read(key);
    if (isStored(value) && value.from === me) stored.push(value);
    else storage.remove(key);
  }
  return stored.sort((a, b) => a.place - b.place).map((item) => ({ ...item, stored: true, attempts: 0 }));
}

export function storeUnsent(storage: Storage, item: Unsent): void {
  const { from, draft, place, failed } = item;
  const stored: Stored = { from, draft, place, ...(failed && { failed }) };
  item.stored = storage.write(PREFIX + draft.cid, stored);
}

export function removeUnsent(storage: Storage, item: Unsent): void {
  storage.remove(PREFIX + item.draft.cid);
}

export function unsentRow({ from, draft, sent, failed, progress }: Unsent): Row {
  const { cid, kind, body, ts, reply, mentions, local } = draft;
  const state = sent ? 'sent' : failed ? 'failed' : 'sending';
  return {
    key: `c${cid}`,
    cid,
    from,
    mine: true,
    kind,
    body: { ...body },
    ts: sent?.ts ?? ts,
    state,
    ...(sent && { seq: sent.seq }),
    ...(failed && { error: failed.code }),
    ...(failed?.retryAt !== undefined && { retryAt: failed.retryAt }),
    ...(failed?.reason !== undefined && { reason: failed.reason }),
    ...(local !== undefined && { local }),
    ...(progress !== undefined && !failed && { progress }),
    ...(reply !== undefined && { reply }),
    ...(mentions !== undefined && { mentions }),
  };
}

/** Whether its file is still to be uploaded. */
export function isLocal({ local, body }: Draft): boolean {
  return local !== undefined && (body as { file?: string }).file === '';
}

function isStored(value: unknown): value is Stored {
  const stored = value as Partial<Stored> | null;
  const draft = stored?.draft as Partial<Draft> | undefined;
  return (
    typeof stored?.from === 'string' &&
    typeof stored.place === 'number' &&
    typeof draft?.cid === 'string' &&
    typeof draft.room === 'string'
  );
}
