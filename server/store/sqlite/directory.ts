/** Finding rooms and people by name, for moderators: the one place that looks past what a person may see. */
import type { RoomId, Seq, User, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { NameQuery, RoomFacts } from '../../domain/ports.ts';
import type { Database } from './database.ts';
import { ROOM_COLUMNS, type RoomRow, toRoomRecord } from './rooms.ts';
import { toUser, type UserRow } from './users.ts';

type FactsRow = RoomRow & { members: number; head: Seq };

const MOST_ROOMS_OF_ONE = 1_000;
const FACTS = `
  SELECT ${ROOM_COLUMNS}, members, (SELECT max(seq) FROM entries WHERE room = rooms.key) AS head FROM rooms`;

export function createDirectoryReads(db: Database) {
  // Two texts each: an exact name goes by the index, a part of one reads along the table.
  const namedUsers = db.query<UserRow>(
    'SELECT id, name, avatar FROM users WHERE name = ? AND id > ? ORDER BY id LIMIT ?',
  );
  const someUsers = db.query<UserRow>(
    'SELECT id, name, avatar FROM users WHERE instr(lower(name), lower(?)) > 0 AND id > ? ORDER BY id LIMIT ?',
  );
  const namedRooms = db.query<FactsRow>(FACTS + ' WHERE name = ? AND id > ? ORDER BY id LIMIT ?');
  const someRooms = db.query<FactsRow>(
    FACTS + ' WHERE instr(lower(name), lower(?)) > 0 AND id > ? ORDER BY id LIMIT ?',
  );
  const one = db.query<FactsRow>(FACTS + ' WHERE id = ?');
  const ofUser = db.query<FactsRow>(
    FACTS + ' WHERE key IN (SELECT room FROM members WHERE user = ?) LIMIT ?',
  );

  return {
    findUsers({ name, part = '', after = '', limit }: NameQuery): { users: User[]; more: boolean } {
      const rows =
        name === undefined ? someUsers.all(part, after, limit + 1) : namedUsers.all(name, after, limit + 1);
      return { users: rows.slice(0, limit).map(toUser), more: rows.length > limit };
    },
    findRooms({ name, part = '', after = '', limit }: NameQuery): { rooms: RoomFacts[]; more: boolean } {
      const rows =
        name === undefined ? someRooms.all(part, after, limit + 1) : namedRooms.all(name, after, limit + 1);
      return { rooms: rows.slice(0, limit).map(toFacts), more: rows.length > limit };
    },
    roomFacts(room: RoomId): RoomFacts | null {
      const row = one.get(room);
      return row ? toFacts(row) : null;
    },
    roomsOf: (user: UserId): RoomFacts[] => ofUser.all(user, MOST_ROOMS_OF_ONE).map(toFacts),
  };
}

const toFacts = ({ members, head, ...row }: FactsRow): RoomFacts => ({ ...toRoomRecord(row), members, head });
