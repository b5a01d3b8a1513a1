/**
 * Rooms as one person sees them: head, marker, unread, the newest entry worth showing. Each is read within one
 * transaction of the reader and so is consistent in itself. Nothing here grows with the length of a log or the
 * number of members.
 */
import type {
  Role,
  RoomId,
  RoomKind,
  RoomSummary,
  Seq,
  Timestamp,
  UserId,
} from '../../../miniprogram/protocol/objects.ts';
import type { Database } from './database.ts';
import { type EntryRow, toEntry } from './entries.ts';

/** A room beside its tail, the peer of a direct room, and the membership of the one who looks. */
interface SeenRow {
  id: RoomId;
  kind: RoomKind;
  name: string;
  avatar: string | null;
  open: 0 | 1;
  slow_seconds: number;
  closed: 0 | 1;
  members: number;
  head: Seq;
  n: number;
  /** The newest entry worth showing. */
  shown: Seq;
  begins: Seq;
  peer: UserId | null;
  peer_name: string | null;
  peer_avatar: string | null;
  /** Null, as all that follows, where they are no member. */
  role: Role | null;
  read: Seq;
  read_n: number;
  sent: number;
  read_sent: number;
  muted_until: Timestamp | null;
  muted: 0 | 1;
  pinned: 0 | 1;
  hidden_n: number | null;
}

export function createSummaryReads(db: Database) {
  const seen = db.query<SeenRow>(`
    SELECT r.id, r.kind, r.name, r.avatar, r.open, r.slow_seconds, r.closed, r.members, r.begins, e.seq AS head, e.n,
      coalesce(e.shown, e.seq) AS shown,
      p.id AS peer, p.name AS peer_name, p.avatar AS peer_avatar,
      m.role, m.read, m.read_n, m.sent, m.read_sent, m.muted_until, m.muted, m.pinned, m.hidden_n
    FROM rooms r
    JOIN entries e ON e.room = r.key AND e.seq = (SELECT max(seq) FROM entries WHERE room = r.key)
    LEFT JOIN members m ON m.room = r.key AND m.user = ?1
    LEFT JOIN users p ON p.id = iif(r.pair_low = ?1, r.pair_high, r.pair_low)
    WHERE r.key = ?2`);
  const last = db.query<EntryRow>(`
    SELECT seq, ts, sender, kind, recalled, edited, cid, reply, target, mentions, body FROM entries
    WHERE room = ? AND seq = ?`);
  const keyOf = db.query<{ key: number }>('SELECT key FROM rooms WHERE id = ?');
  const mine = db.query<{ key: number }>('SELECT room AS key FROM members WHERE user = ?');
  const open = db.query<{ key: number }>(
    'SELECT key FROM rooms WHERE open = 1 AND closed = 0 ORDER BY members DESC LIMIT ?',
  );

  function see(key: number, user: UserId, now: Timestamp): RoomSummary | null {
    const row = seen.get(user, key);
    if (!row) return null;
    const room = ofRoom(row);
    if (row.role === null) return { ...room, role: 'none', read: 0, unread: 0 };
    const newest = last.get(key, row.shown);
    return { ...room, ...ofMember(row, row.role, now), ...(newest && { last: toEntry(newest) }) };
  }

  return {
    summaries: (user: UserId, now: Timestamp): RoomSummary[] =>
      mine.all(user).flatMap(({ key }) => see(key, user, now) ?? []),

    summary(id: RoomId, user: UserId, now: Timestamp): RoomSummary | null {
      const room = keyOf.get(id);
      const summary = room ? see(room.key, user, now) : null;
      return summary?.role === 'none' ? null : summary;
    },

    /** The largest first. */
    openRooms: (user: UserId, limit: number, now: Timestamp): RoomSummary[] =>
      open.all(limit).flatMap(({ key }) => see(key, user, now) ?? []),
  };
}

/** What is the same for everybody, but for the peer. */
function ofRoom(row: SeenRow): Omit<RoomSummary, 'role' | 'read' | 'unread'> {
  const { peer, peer_name: peerName, peer_avatar: peerAvatar } = row;
  const isDirect = peer !== null && peerName !== null;
  return {
    id: row.id,
    kind: row.kind,
    name: isDirect ? peerName : row.name,
    head: row.head,
    members: row.members,
    ...(row.begins > 1 && { begins: row.begins }),
    ...(row.avatar !== null && { avatar: row.avatar }),
    ...(isDirect && {
      peer: { id: peer, name: peerName, ...(peerAvatar !== null && { avatar: peerAvatar }) },
    }),
    ...(row.open === 1 && { open: true }),
    ...(row.slow_seconds > 0 && { slowSeconds: row.slow_seconds }),
    ...(row.closed === 1 && { closed: true }),
  };
}

function ofMember(row: SeenRow, role: Role, now: Timestamp) {
  const contentSinceRead = row.n - row.read_n;
  const ownSinceRead = row.sent - row.read_sent;
  return {
    role,
    read: row.read,
    unread: contentSinceRead - ownSinceRead,
    ...(row.muted === 1 && { muted: true }),
    ...(row.pinned === 1 && { pinned: true }),
    ...(row.hidden_n === row.n && { hidden: true }),
    ...(row.muted_until !== null && row.muted_until > now && { mutedUntil: row.muted_until }),
  };
}
