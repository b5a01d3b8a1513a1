/** A message that is shown away from its chat, because it was looked for. PURE. */
import type { Entry, RoomId, Seq, Timestamp, UserId } from '../protocol/objects';
import type { Row } from './view';

/** A message that was found; it is shown by its room and seq. */
export interface Hit {
  room: RoomId;
  seq: Seq;
  ts: Timestamp;
  from: UserId | '';
  kind: string;
  body: Record<string, unknown>;
}

/** Null for what is not sent yet. */
export function hitOf(room: RoomId, line: Row | Entry): Hit | null {
  const { seq, ts, from, kind } = line;
  return seq === undefined ? null : { room, seq, ts, from, kind, body: line.body as Record<string, unknown> };
}
