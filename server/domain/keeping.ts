/** `room.manage`: what the keepers of a room do to it and to its members, each act one notice in the room's log. */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { RequestBody } from '../../miniprogram/protocol/frames.ts';
import type { Limits } from '../../miniprogram/protocol/limits.ts';
import type { SysBody, UserId } from '../../miniprogram/protocol/objects.ts';
import { Refusal } from '../outcome.ts';
import { mustManage, mustOutrank, noSuchRoom } from './access.ts';
import type { CheckName } from './content-check.ts';
import type { Log, Place } from './log.ts';
import type { Actor } from './messages.ts';
import type { Bus, Change, Clock, LogStore, RoomStore, SanctionStore, UserStore } from './ports.ts';
import { userSubject } from './subjects.ts';

type Manage = RequestBody<'room.manage'>;
/** A notice, and what becomes true with it. */
interface Act {
  body: SysBody;
  change?: Change;
}

export interface Keeping {
  manage(actor: Actor, request: Manage): Promise<Place>;
}

export interface KeepingDeps {
  log: Log;
  store: LogStore & RoomStore & UserStore & Pick<SanctionStore, 'sanctions'>;
  bus: Bus;
  clock: Clock;
  limits: Limits;
  checkName: CheckName;
}

/** Of a long invitation: more at once would crowd others out of the store. */
const LOOKED_AT_ONCE = 100;

export function createKeeping({ log, store, bus, clock, limits, checkName }: KeepingDeps): Keeping {
  async function manage(actor: Actor, request: Manage): Promise<Place> {
    const { user: from, room, member } = actor;
    let invited: UserId[] = [];
    const place = await log.place({
      room: room.id,
      from,
      cid: request.cid,
      draw: async () => {
        mustManage(request.action, room, member.role);
        const act = await actOf(actor, request);
        if (act.body.action === 'invited') invited = act.body.users;
        return { from, ts: clock.now(), kind: 'sys', cid: request.cid, ...act };
      },
      refuse: (why) => refusalOf(why, limits),
    });
    for (const user of invited) bus.publish(userSubject(user), { type: 'room', user, room: room.id });
    return place;
  }

  async function actOf(actor: Actor, request: Manage): Promise<Act> {
    const { room } = actor;
    switch (request.action) {
      case 'rename': {
        const name = await checkName('name', { user: actor.user, text: request.name, scene: 'message' });
        return { body: { action: 'renamed', name }, change: { type: 'rename', name } };
      }
      case 'slow':
        return {
          body: { action: 'slow', seconds: request.seconds },
          change: { type: 'slow', seconds: request.seconds },
        };
      case 'close':
        return { body: { action: 'closed' }, change: { type: 'close' } };
      case 'pin':
      case 'unpin':
        if (!(await store.entry(room.id, request.target))) {
          throw new Refusal(ErrorCode.NOT_FOUND, `target: there is no entry ${request.target} in this room`);
        }
        return { body: { action: request.action === 'pin' ? 'pinned' : 'unpinned', target: request.target } };
      case 'invite':
        return invite(actor, request.users);
      default:
        return actOnMember(actor, request);
    }
  }

  async function invite({ room }: Actor, asked: UserId[]): Promise<Act> {
    const ids = [...new Set(asked)];
    const known = new Set((await store.users(ids)).map(({ id }) => id));
    const unknown = ids.find((id) => !known.has(id));
    if (unknown !== undefined) throw new Refusal(ErrorCode.NOT_FOUND, `users: there is no user ${unknown}`);
    const banned = (await store.sanctions(ids, clock.now())).find(
      ({ kind, room: where }) => kind === 'ban' && where === room.id,
    );
    if (banned) {
      throw new Refusal(ErrorCode.FORBIDDEN, `users: ${banned.user} is banned from this room`);
    }
    const users: UserId[] = [];
    for (let i = 0; i < ids.length; i += LOOKED_AT_ONCE) {
      const some = ids.slice(i, i + LOOKED_AT_ONCE);
      const memberships = await Promise.all(some.map((id) => store.member(room.id, id)));
      users.push(...some.filter((_, j) => memberships[j] === null));
    }
    if (users.length === 0) throw new Refusal(ErrorCode.CONFLICT, 'users: all of them are members already');
    const join = { type: 'join', users, role: 'member' } as const;
    return {
      body: { action: 'invited', users },
      change: room.open ? join : { ...join, limit: limits.members },
    };
  }

  async function actOnMember(
    { room, member }: Actor,
    request: Extract<Manage, { action: 'remove' | 'role' | 'mute' | 'unmute' }>,
  ): Promise<Act> {
    const { user } = request;
    mustOutrank(member.role, await store.member(room.id, user));
    switch (request.action) {
      case 'remove':
        return { body: { action: 'removed', user }, change: { type: 'leave', user } };
      case 'role':
        return {
          body: { action: 'role', user, role: request.role },
          change: { type: 'role', user, role: request.role },
        };
      case 'mute': {
        const until = clock.now() + request.seconds * 1000;
        return { body: { action: 'muted', user, until }, change: { type: 'mute', user, until } };
      }
      case 'unmute':
        return { body: { action: 'unmuted', user }, change: { type: 'mute', user, until: null } };
    }
  }

  return { manage };
}

function refusalOf(why: string, limits: Limits): Refusal {
  switch (why) {
    case 'full':
      return new Refusal(
        ErrorCode.CONFLICT,
        `users: a room that is not open has at most ${limits.members} members`,
      );
    case 'already-member':
      return new Refusal(ErrorCode.CONFLICT, 'users: somebody has become a member meanwhile; ask again');
    case 'not-member':
      return new Refusal(ErrorCode.NOT_FOUND, 'user: you or they have left this room meanwhile');
    default:
      return noSuchRoom();
  }
}
