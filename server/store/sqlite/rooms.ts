/** Rooms as things of their own: making one, reading its record, the register of names, and who shares a direct room. */
import type { RoomId, RoomKind, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { NewRoom, RoomRecord } from '../../domain/ports.ts';
import { createAuditInsert } from './audit.ts';
import { countOf, createInsert } from './append.ts';
import { createEnter } from './changes.ts';
import type { Database } from './database.ts';

export interface RoomRow {
  id: RoomId;
  kind: RoomKind;
  name: string;
  avatar: string | null;
  open: 0 | 1;
  slow_seconds: number;
  closed: 0 | 1;
  /** The two ids in ascending order; both or none. */
  pair_low: UserId | null;
  pair_high: UserId | null;
}

/** What a RoomRow is read from. */
export const ROOM_COLUMNS = 'id, kind, name, avatar, open, slow_seconds, closed, pair_low, pair_high';

export function createRoomReads(db: Database) {
  const byId = db.query<RoomRow>(`SELECT ${ROOM_COLUMNS} FROM rooms WHERE id = ?`);
  const named = db.query<{ room: RoomId }>('SELECT room FROM room_names WHERE name = ?');
  const others = db.query<{ peer: UserId }>(`
    SELECT pair_high AS peer FROM rooms WHERE pair_low = ?1
    UNION ALL SELECT pair_low FROM rooms WHERE pair_high = ?1`);

  return {
    room(id: RoomId): RoomRecord | null {
      const row = byId.get(id);
      return row ? toRoomRecord(row) : null;
    },
    namedRoom: (name: string): RoomId | null => named.get(name)?.room ?? null,
    peers: (user: UserId): UserId[] => others.all(user).map(({ peer }) => peer),
  };
}

export function toRoomRecord({
  avatar,
  open,
  closed,
  slow_seconds,
  pair_low,
  pair_high,
  ...plain
}: RoomRow): RoomRecord {
  return {
    ...plain,
    open: open === 1,
    closed: closed === 1,
    slowSeconds: slow_seconds,
    ...(avatar !== null && { avatar }),
    ...(pair_low !== null && pair_high !== null && { pair: [pair_low, pair_high] }),
  };
}

export function createRoomWrites(db: Database) {
  const insertEntry = createInsert(db);
  const audit = createAuditInsert(db);
  const enter = createEnter(db);
  const insert = db.query<{ key: number }>(`
    INSERT INTO rooms (id, kind, name, open, members, pair_low, pair_high) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING RETURNING key`);
  const existing = db.query<{ id: RoomId }>(
    'SELECT id FROM rooms WHERE (pair_low = ?2 AND pair_high = ?3) OR id = ?1',
  );
  const register = db.query('INSERT INTO room_names (name, room) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const named = db.query<{ room: RoomId }>('SELECT room FROM room_names WHERE name = ?');

  return {
    createRoom({ id, kind, name, open, pair, members, first }: NewRoom): { id: RoomId; created: boolean } {
      const [low = null, high = null] = pair?.toSorted() ?? [];
      const roles = new Map(members.map(({ user, role }) => [user, role]));
      const made = insert.get(id, kind, name, open ? 1 : 0, roles.size, low, high);
      if (!made) return { id: existing.get(id, low, high)?.id ?? id, created: false };
      const tail = { room: made.key, seq: 0, n: 0, shown: 0, begins: 1 };
      insertEntry(tail, first);
      if (first.audit) audit(first.audit);
      for (const [user, role] of roles) {
        const sent = user === first.from ? countOf(first.kind) : 0;
        enter(tail, { user, role, joined: first.ts, sent });
      }
      return { id, created: true };
    },

    nameRoom(name: string, room: RoomId): RoomId {
      register.run(name, room);
      return named.get(name)?.room ?? room;
    },
  };
}
