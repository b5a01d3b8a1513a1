/** Rooms: making one once, its record, the register of names, whose direct rooms there are. */
import type { RoomId, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { NewRoom, RoomRecord } from '../../domain/ports.ts';
import type { Collections } from './documents.ts';
import type { Firsts } from './firsts.ts';
import type { Shelf } from './shelf.ts';

export interface RoomDeps {
  db: Collections;
  shelf: Shelf;
  firsts: Firsts;
  /** Whether it was made by this call. */
  create: (room: NewRoom) => Promise<boolean>;
}

export function createRooms({ db, shelf, firsts, create }: RoomDeps) {
  return {
    /** A pair first agrees on an id; whoever finds a room of that id missing makes it. */
    async createRoom(room: NewRoom): Promise<{ id: RoomId; created: boolean }> {
      const [low, high] = room.pair?.toSorted() ?? [];
      if (low === undefined || high === undefined) return { id: room.id, created: await create(room) };
      const id = await firsts.value(`pair/${low}/${high}`, room.id);
      return { id, created: await create({ ...room, id, pair: [low, high] }) };
    },

    async room(room: RoomId): Promise<RoomRecord | null> {
      return (await shelf.fresh(room))?.record ?? null;
    },

    async peers(user: UserId): Promise<UserId[]> {
      const rooms = await db.rooms
        .find({ pair: user })
        .project<{ pair: [UserId, UserId] }>({ pair: 1 })
        .toArray();
      return rooms.map(({ pair: [low, high] }) => (low === user ? high : low));
    },

    namedRoom: (name: string): Promise<RoomId | null> => firsts.find(`name/${name}`),
    nameRoom: (name: string, room: RoomId): Promise<RoomId> => firsts.value(`name/${name}`, room),
  };
}
