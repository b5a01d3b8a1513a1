/** Who is in a room, how far each has read, and what each has set for it. People come and go in changes.ts. */
import type { Member, Role, RoomId, Seq, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { MemberRecord, Preferences } from '../../domain/ports.ts';
import type { Database } from './database.ts';
import { createTail } from './entries.ts';
import { toUser, type UserRow } from './users.ts';

interface MemberRow {
  role: Role;
  joined: Timestamp;
  muted_until: Timestamp | null;
}

export function createMemberReads(db: Database) {
  const one = db.query<MemberRow>(`
    SELECT role, joined, muted_until FROM members
    WHERE room = (SELECT key FROM rooms WHERE id = ?) AND user = ?`);
  const page = db.query<MemberRow & UserRow>(`
    SELECT m.role, m.joined, m.muted_until, u.id, u.name, u.avatar FROM members m JOIN users u ON u.id = m.user
    WHERE m.room = (SELECT key FROM rooms WHERE id = ?) AND m.user > ? ORDER BY m.user LIMIT ?`);
  const ids = db.query<{ user: UserId }>(
    'SELECT user FROM members WHERE room = (SELECT key FROM rooms WHERE id = ?) ORDER BY user',
  );
  const rooms = db.query<{ room: RoomId }>(
    'SELECT r.id AS room FROM members m JOIN rooms r ON r.key = m.room WHERE m.user = ?',
  );
  // Standing is counted in entries: a clock may have been set back.
  const heirs = db.query<{ user: UserId; role: Role }>(`
    SELECT user, role FROM members
    WHERE room = (SELECT key FROM rooms WHERE id = ?) AND user <> ? AND role <> 'bot'
    ORDER BY role = 'owner' DESC, role = 'admin' DESC, joined_seq, user LIMIT 1`);

  return {
    member(room: RoomId, user: UserId): MemberRecord | null {
      const row = one.get(room, user);
      return row ? { role: row.role, joined: row.joined, mutedUntil: row.muted_until } : null;
    },

    members(
      room: RoomId,
      { after = '', limit }: { after?: UserId; limit: number },
      now: Timestamp,
    ): { members: Member[]; more: boolean } {
      const rows = page.all(room, after, limit + 1);
      const members = rows.slice(0, limit).map((row) => ({
        user: toUser(row),
        role: row.role,
        joined: row.joined,
        ...(row.muted_until !== null && row.muted_until > now && { mutedUntil: row.muted_until }),
      }));
      return { members, more: rows.length > limit };
    },

    memberships: (users: UserId[]): { user: UserId; rooms: RoomId[] }[] =>
      users
        .map((user) => ({ user, rooms: rooms.all(user).map(({ room }) => room) }))
        .filter((found) => found.rooms.length > 0),

    memberIds: (room: RoomId): UserId[] => ids.all(room).map(({ user }) => user),
    heir(room: RoomId, leaving: UserId): UserId | null {
      const first = heirs.get(room, leaving);
      return first && first.role !== 'owner' ? first.user : null;
    },
  };
}

export function createMemberWrites(db: Database) {
  const tailOf = createTail(db);
  const marker = db.query<{ read: Seq; sent: number; read_sent: number }>(
    'SELECT read, sent, read_sent FROM members WHERE room = ? AND user = ?',
  );
  const contentUpTo = db.query<{ n: number }>('SELECT n FROM entries WHERE room = ? AND seq = ?');
  const ownContent = db.query<{ count: number }>(`
    SELECT count(*) AS count FROM entries
    WHERE room = ? AND seq > ? AND seq <= ? AND sender = ? AND kind NOT IN ('recall', 'edit', 'react', 'sys')`);
  const mark = db.query('UPDATE members SET read = ?, read_n = ?, read_sent = ? WHERE room = ? AND user = ?');
  const set = db.query(`
    UPDATE members SET muted = coalesce(?, muted), pinned = coalesce(?, pinned) WHERE room = ? AND user = ?`);
  const hide = db.query('UPDATE members SET hidden_n = ? WHERE room = ? AND user = ?');

  return {
    markRead(id: RoomId, user: UserId, wanted: Seq): Seq | null {
      const tail = tailOf.get(id);
      const member = tail && marker.get(tail.room, user);
      if (!member) return null;
      const { room, seq: head } = tail;
      const seq = Math.min(wanted, head);
      if (seq <= member.read) return null;
      // Counted on the shorter side of the new marker, so that a life of marking reads no entry twice.
      const readSent =
        head - seq < seq - member.read
          ? member.sent - (ownContent.get(room, seq, head, user)?.count ?? 0)
          : member.read_sent + (ownContent.get(room, member.read, seq, user)?.count ?? 0);
      mark.run(seq, contentUpTo.get(room, seq)?.n ?? 0, readSent, room, user);
      return seq;
    },

    prefer(id: RoomId, user: UserId, { muted, pinned, hidden }: Preferences): void {
      const tail = tailOf.get(id);
      if (!tail) return;
      set.run(toFlag(muted), toFlag(pinned), tail.room, user);
      if (hidden !== undefined) hide.run(hidden ? tail.n : null, tail.room, user);
    },
  };
}

/** Null leaves the column as it is. */
function toFlag(value: boolean | undefined): 0 | 1 | null {
  if (value === undefined) return null;
  return value ? 1 : 0;
}
