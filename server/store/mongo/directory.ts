/** Finding rooms and people by name, for moderators: the one place that looks past what a person may see. */
import type { Filter } from 'mongodb';
import type { RoomId, User, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { NameQuery, RoomFacts } from '../../domain/ports.ts';
import type { Collections, RoomDoc, UserDoc } from './documents.ts';
import type { KeptState } from './room-state.ts';
import type { Shelf } from './shelf.ts';
import { toUser } from './users.ts';

const MOST_ROOMS_OF_ONE = 1_000;

export function createDirectory(db: Collections, shelf: Shelf) {
  async function factsOf(rooms: RoomId[]): Promise<RoomFacts[]> {
    return (await shelf.freshAll(rooms)).map(toFacts);
  }

  return {
    async findUsers(query: NameQuery): Promise<{ users: User[]; more: boolean }> {
      const docs = await db.users
        .find(named<UserDoc>(query))
        .sort({ _id: 1 })
        .limit(query.limit + 1)
        .toArray();
      return { users: docs.slice(0, query.limit).map(toUser), more: docs.length > query.limit };
    },

    async findRooms(query: NameQuery): Promise<{ rooms: RoomFacts[]; more: boolean }> {
      const docs = await db.rooms
        .find(named<RoomDoc>(query))
        .sort({ _id: 1 })
        .limit(query.limit + 1)
        .toArray();
      const page = docs.slice(0, query.limit).map(({ _id }) => _id);
      return { rooms: await factsOf(page), more: docs.length > query.limit };
    },

    async roomFacts(room: RoomId): Promise<RoomFacts | null> {
      const state = await shelf.fresh(room);
      return state && toFacts(state);
    },

    async roomsOf(user: UserId): Promise<RoomFacts[]> {
      const mine = await db.members
        .find({ user, in: true })
        .project<{ room: RoomId }>({ _id: 0, room: 1 })
        .limit(MOST_ROOMS_OF_ONE)
        .toArray();
      return factsOf(mine.map(({ room }) => room));
    },
  };
}

function named<Doc extends { _id: string; name: string }>({ name, part, after }: NameQuery): Filter<Doc> {
  const byName = part === undefined || part === '' ? {} : { name: { $regex: literal(part), $options: 'i' } };
  return {
    ...(name === undefined ? byName : { name }),
    ...(after !== undefined && { _id: { $gt: after } }),
  } as Filter<Doc>;
}

/** As a regular expression that means these letters and nothing else. */
const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

const toFacts = ({ record, members, seq }: KeptState): RoomFacts => ({ ...record, members, head: seq });
