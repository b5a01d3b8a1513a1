/**
 * Rooms as one person sees them: head, marker, unread, the newest entry worth showing. A handful of queries for any
 * number of rooms; nothing here grows with the length of a log or the number of members.
 */
import type { RoomId, RoomSummary, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { Clock } from '../../domain/ports.ts';
import { byIds } from './by-ids.ts';
import {
  type Collections,
  type EntryDoc,
  entryId,
  type MemberDoc,
  memberId,
  type UserDoc,
} from './documents.ts';
import { toEntry } from './entries.ts';
import { memberAsOf } from './members.ts';
import type { KeptState, Person } from './room-state.ts';
import { holding, type Shelf } from './shelf.ts';
import { toUser } from './users.ts';

/** What is read of many rooms at once. */
interface Seen {
  members: Map<string, MemberDoc>;
  shown: Map<string, EntryDoc>;
  peers: Map<UserId, UserDoc>;
}

export function createSummaries(db: Collections, shelf: Shelf, clock: Pick<Clock, 'now'>) {
  /** `none` where the user is no member. */
  async function see(rooms: RoomId[], user: UserId): Promise<RoomSummary[]> {
    const states = await shelf.freshAll(rooms);
    return holding(states, async () => {
      await shelf.learnBeginnings(states);
      const seen = await readAll(states, user);
      const now = clock.now();
      return states.map((state) => summaryOf(state, { user, now, seen }));
    });
  }

  async function readAll(states: KeptState[], user: UserId): Promise<Seen> {
    const peers = states.flatMap(({ record }) => peerIn(record.pair, user) ?? []);
    const [members, users] = await Promise.all([
      byIds(
        db.members,
        states.map(({ record }) => memberId(record.id, user)),
      ),
      byIds(db.users, peers),
    ]);
    const byRoom = new Map(members.map((doc) => [doc.room, doc]));
    await Promise.all(states.map((state) => shelf.reach(state, [byRoom.get(state.record.id)?.at ?? 0])));
    const mine = states.filter(({ record }) => byRoom.has(record.id));
    const shown = await byIds(
      db.entries,
      mine.map(({ record, shown: seq }) => entryId(record.id, seq)),
    );
    return {
      members: byRoom,
      shown: new Map(shown.map((doc) => [doc.room, doc])),
      peers: new Map(users.map((doc) => [doc._id, doc])),
    };
  }

  return {
    async summaries(user: UserId): Promise<RoomSummary[]> {
      const mine = await db.members
        .find({ user, in: true })
        .project<{ room: RoomId }>({ _id: 0, room: 1 })
        .toArray();
      const summaries = await see(
        mine.map(({ room }) => room),
        user,
      );
      return summaries.filter(({ role }) => role !== 'none');
    },

    async summary(room: RoomId, user: UserId): Promise<RoomSummary | null> {
      const [summary] = await see([room], user);
      return summary && summary.role !== 'none' ? summary : null;
    },

    /** The largest first. */
    async openRooms(user: UserId, limit: number): Promise<RoomSummary[]> {
      const rooms = await db.rooms
        .find({ open: true, closed: false })
        .sort({ members: -1 })
        .limit(limit)
        .project<{ _id: RoomId }>({ _id: 1 })
        .toArray();
      const summaries = await see(
        rooms.map(({ _id }) => _id),
        user,
      );
      return summaries.filter(({ closed }) => !closed);
    },
  };
}

function summaryOf(
  state: KeptState,
  { user, now, seen }: { user: UserId; now: number; seen: Seen },
): RoomSummary {
  const { id } = state.record;
  const room = ofRoom(state, seen.peers.get(peerIn(state.record.pair, user) ?? ''));
  const doc = seen.members.get(id);
  const member = doc ? memberAsOf(state, doc) : null;
  if (!member) return { ...room, role: 'none', read: 0, unread: 0 };
  const newest = seen.shown.get(id);
  return { ...room, ...ofMember(state, member, now), ...(newest && { last: toEntry(newest) }) };
}

const peerIn = (pair: [UserId, UserId] | undefined, user: UserId): UserId | undefined =>
  pair && (pair[0] === user ? pair[1] : pair[0]);

/** What is the same for everybody, but for the peer. */
function ofRoom(
  { record, members, seq, begins }: KeptState,
  peer: UserDoc | undefined,
): Omit<RoomSummary, 'role' | 'read' | 'unread'> {
  const { id, kind, name, avatar, open, slowSeconds, closed } = record;
  return {
    id,
    kind,
    name: peer ? peer.name : name,
    head: seq,
    members,
    ...(begins > 1 && { begins }),
    ...(avatar !== undefined && { avatar }),
    ...(peer && { peer: toUser(peer) }),
    ...(open && { open }),
    ...(slowSeconds > 0 && { slowSeconds }),
    ...(closed && { closed }),
  };
}

function ofMember({ n }: KeptState, member: MemberDoc & Person, now: number) {
  const { role, read, readN, sent, readSent, muted, pinned, hiddenN, mutedUntil } = member;
  return {
    role,
    read,
    unread: n - readN - (sent - readSent),
    ...(muted && { muted }),
    ...(pinned && { pinned }),
    ...(hiddenN === n && { hidden: true }),
    ...(mutedUntil !== null && mutedUntil > now && { mutedUntil }),
  };
}
