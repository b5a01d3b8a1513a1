/**
 * Rooms and members as people see them: what the store knows, and above it the mutes of moderators, which are kept by
 * user and not by room. A mute everywhere shows in every room like one of its own; why is told to nobody but who is
 * muted.
 */
import type { Member, RoomSummary, UserId } from '../../miniprogram/protocol/objects.ts';
import type { Clock, RoomStore, SanctionStore } from './ports.ts';
import { muteOf, type Sanctions, type Standing } from './sanctions.ts';

export type Seen = Pick<RoomStore, 'summaries' | 'summary' | 'openRooms' | 'members'>;

export interface SeenDeps {
  store: Seen & Pick<SanctionStore, 'sanctions'>;
  sanctions: Pick<Sanctions, 'look'>;
  clock: Pick<Clock, 'now'>;
}

export function createSeen({ store, sanctions, clock }: SeenDeps): Seen {
  function shown(room: RoomSummary, standing: Standing): RoomSummary {
    const mute = standing.length === 0 ? undefined : muteOf(room.id, standing, clock.now());
    if (!mute || mute.until <= (room.mutedUntil ?? 0)) return room;
    return { ...room, mutedUntil: mute.until, ...(mute.reason !== '' && { muteReason: mute.reason }) };
  }

  async function all(user: UserId, rooms: Promise<RoomSummary[]>): Promise<RoomSummary[]> {
    const [found, standing] = await Promise.all([rooms, sanctions.look(user)]);
    return standing.length === 0 ? found : found.map((room) => shown(room, standing));
  }

  return {
    summaries: (user) => all(user, store.summaries(user)),
    openRooms: (user, limit) => all(user, store.openRooms(user, limit)),

    async summary(id, user) {
      const [room, standing] = await Promise.all([store.summary(id, user), sanctions.look(user)]);
      return room && shown(room, standing);
    },

    async members(room, page) {
      const found = await store.members(room, page);
      const now = clock.now();
      const standing = await store.sanctions(
        found.members.map(({ user }) => user.id),
        now,
      );
      if (standing.length === 0) return found;
      const members = found.members.map((member): Member => {
        const own = standing.filter(({ user }) => user === member.user.id);
        const mute = muteOf(room, own, now);
        return mute && mute.until > (member.mutedUntil ?? 0) ? { ...member, mutedUntil: mute.until } : member;
      });
      return { ...found, members };
    },
  };
}
