/**
 * The one place where entries are written. Judges each draft by itself, gives it the seq after the head and applies
 * its change; runs inside a transaction of the writer, which is the only one to write, so the head cannot move
 * between the look and the write. A plain message costs two statements.
 */
import type { EntryKind, FileId, RoomId, Seq, Timestamp } from '../../../miniprogram/protocol/objects.ts';
import type { Change, Draft, Placed } from '../../domain/ports.ts';
import { isContent, isShown } from '../content.ts';
import { createAuditInsert } from './audit.ts';
import { createChanges } from './changes.ts';
import type { Database } from './database.ts';
import { createFileUses } from './files.ts';
import { createTail, type Tail } from './entries.ts';

export function createAppend(db: Database) {
  const tailOf = createTail(db);
  const changes = createChanges(db);
  const files = createFileUses(db);
  const insert = createInsert(db);
  const audit = createAuditInsert(db);
  const byCid = db.query<{ seq: Seq; ts: Timestamp }>(
    'SELECT seq, ts FROM entries WHERE room = ? AND cid = ? AND sender = ?',
  );
  const countSent = db.query('UPDATE members SET sent = sent + ? WHERE room = ? AND user = ?');

  /** Moves the tail along. */
  function place(tail: Tail, draft: Draft): Placed {
    const count = countOf(draft.kind);
    // Counting is also the guard: where there is no such member, no row changes.
    const maySend = draft.from === '' || countSent.run(count, tail.room, draft.from) > 0;
    if (!maySend) return earlier(tail.room, draft) ?? { refused: 'not-member' };
    if (insert(tail, draft)) {
      if (draft.audit) audit(draft.audit);
      return { seq: tail.seq, ts: draft.ts };
    }
    countSent.run(-count, tail.room, draft.from);
    return earlier(tail.room, draft) ?? impossible();
  }

  function placeCarrier(tail: Tail, draft: Draft, ids: FileId[]): Placed {
    const before = earlier(tail.room, draft);
    if (before) return before;
    if (!files.areThere(ids, draft.ts)) return { refused: 'no-file' };
    const placed = place(tail, draft);
    if ('seq' in placed) files.carry(tail, ids);
    return placed;
  }

  function placeChange(tail: Tail, draft: Draft, change: Change): Placed {
    const before = earlier(tail.room, draft);
    if (before) return before;
    const refused = changes.refusalOf(tail.room, draft.from, change);
    if (refused) return { refused };
    insert(tail, draft);
    countSent.run(countOf(draft.kind), tail.room, draft.from);
    changes.apply(tail, draft, change);
    if (draft.audit) audit(draft.audit);
    return { seq: tail.seq, ts: draft.ts };
  }

  function earlier(room: number, { cid, from }: Draft): Placed | undefined {
    const first = cid === undefined ? undefined : byCid.get(room, cid, from);
    return first && { ...first, repeated: true };
  }

  return (room: RoomId, drafts: Draft[]): Placed[] => {
    const tail = tailOf.get(room);
    if (!tail) return drafts.map(() => ({ refused: 'no-room' }));
    return drafts.map((draft) => {
      if (draft.change) return placeChange(tail, draft, draft.change);
      if (draft.files) return placeCarrier(tail, draft, draft.files);
      return place(tail, draft);
    });
  };
}

/** Writes the draft after the tail and moves the tail; false, and nothing done, where its cid is known. */
export function createInsert(db: Database): (tail: Tail, draft: Draft) => boolean {
  const insert = db.query(`
    INSERT INTO entries (room, seq, n, shown, ts, sender, kind, cid, reply, target, mentions, body)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (room, cid, sender) WHERE cid IS NOT NULL DO NOTHING`);
  return (tail, { from, ts, kind, body, cid, reply, target, mentions }) => {
    const seq = tail.seq + 1;
    const n = tail.n + countOf(kind);
    const written = insert.run(
      tail.room,
      seq,
      n,
      isShown(kind) ? null : tail.shown,
      ts,
      from,
      kind,
      cid ?? null,
      reply ?? null,
      target ?? null,
      mentions === undefined ? null : JSON.stringify(mentions),
      JSON.stringify(body),
    );
    if (written === 0) return false;
    tail.seq = seq;
    tail.n = n;
    if (isShown(kind)) tail.shown = seq;
    return true;
  };
}

export const countOf = (kind: EntryKind): 0 | 1 => (isContent(kind) ? 1 : 0);

function impossible(): never {
  throw new Error('an entry clashed with none');
}
