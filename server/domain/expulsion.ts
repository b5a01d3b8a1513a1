/** Taking somebody out of a room by the server's own word. A room that its owner leaves has an owner at every moment. */
import type { RoomId, UserId } from '../../miniprogram/protocol/objects.ts';
import type { Log } from './log.ts';
import type { AuditRecord, Clock, Draft, MemberRecord, RoomStore } from './ports.ts';

export interface Expulsion {
  /** Nothing happens where they have gone meanwhile. */
  expel(room: RoomId, user: UserId, member: MemberRecord, audit?: AuditRecord): Promise<void>;
}

export interface ExpulsionDeps {
  store: Pick<RoomStore, 'heir'>;
  log: Pick<Log, 'append'>;
  clock: Pick<Clock, 'now'>;
}

export function createExpulsion({ store, log, clock }: ExpulsionDeps): Expulsion {
  return {
    async expel(room, user, member, audit) {
      const notice = { from: '', ts: clock.now(), kind: 'sys' } as const;
      const heir = member.role === 'owner' ? await store.heir(room, user) : null;
      const drafts: Draft[] = [];
      if (heir !== null) {
        const ownership = { user: heir, role: 'owner' } as const;
        drafts.push({
          ...notice,
          body: { action: 'role', ...ownership },
          change: { type: 'role', ...ownership },
        });
      }
      drafts.push({
        ...notice,
        body: { action: 'removed', user },
        change: { type: 'leave', user },
        ...(audit && { audit }),
      });
      await Promise.all(drafts.map((draft) => log.append(room, draft)));
    },
  };
}
