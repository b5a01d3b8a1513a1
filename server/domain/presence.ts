/**
 * Who is there: told to the other ends of one's direct rooms when one's first socket comes and when the last goes.
 * Shown, and relied on by nothing.
 */
import type { Timestamp, UserId } from '../../miniprogram/protocol/objects.ts';
import type { Bus, Clock, RoomStore, UserStore } from './ports.ts';
import { userSubject } from './subjects.ts';

export interface PresenceOf {
  user: UserId;
  online: boolean;
  lastSeen?: Timestamp;
}

export interface Presence {
  came(user: UserId): Promise<void>;
  went(user: UserId): Promise<void>;
  /** How things stand with one's peers, for somebody who has just come. */
  peersOf(user: UserId): Promise<PresenceOf[]>;
}

export interface PresenceDeps {
  store: RoomStore & UserStore;
  bus: Bus;
  clock: Clock;
  isOnline: (user: UserId) => boolean;
}

export function createPresence({ store, bus, clock, isOnline }: PresenceDeps): Presence {
  async function tell(about: PresenceOf): Promise<void> {
    for (const peer of await store.peers(about.user)) {
      bus.publish(userSubject(peer), { type: 'presence', ...about });
    }
  }

  return {
    came: (user) => tell({ user, online: true }),

    async went(user) {
      const lastSeen = clock.now();
      await store.markSeen(user, lastSeen);
      // Back already, while that was written.
      if (!isOnline(user)) await tell({ user, online: false, lastSeen });
    },

    async peersOf(user) {
      const peers = await store.peers(user);
      const seen = new Map((await store.lastSeen(peers)).map((row) => [row.user, row.seen]));
      return peers.map((peer) => {
        const lastSeen = seen.get(peer);
        if (isOnline(peer)) return { user: peer, online: true };
        return lastSeen === undefined
          ? { user: peer, online: false }
          : { user: peer, online: false, lastSeen };
      });
    },
  };
}
