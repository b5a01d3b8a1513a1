/** Muting, banning and sending people away, and taking it back: moderators' acts against a user. */
import { CloseCode, ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { RoomId, Timestamp, UserId } from '../../miniprogram/protocol/objects.ts';
import { Refusal } from '../outcome.ts';
import type { Expulsion } from './expulsion.ts';
import type { Log } from './log.ts';
import { carryOut, type Done, mustBeRoom, mustBeUser, type Order } from './order.ts';
import type { Bus, Clock, Sanction, SanctionKey, SanctionKind, Store } from './ports.ts';
import { MODERATION, userSubject } from './subjects.ts';

/** Whom, and where; without a room: everywhere. */
export interface Aim {
  user: UserId;
  room?: RoomId;
}

export interface Sanctioning {
  /** Puts the sanction in the place of one of the same kind and place. */
  impose(order: Order, kind: SanctionKind, aim: Aim & { until: Timestamp }): Promise<Done>;
  /** @throws Refusal CONFLICT where there is none */
  lift(order: Order, kind: SanctionKind, aim: Aim): Promise<Done>;
  /** Out of a room, which they may join again; or, everywhere, out of all their logins. */
  kick(order: Order, aim: Aim): Promise<Done>;
}

export interface SanctioningDeps {
  store: Pick<Store, 'sanctions' | 'sanction' | 'lift' | 'revokeAll' | 'user' | 'roomFacts' | 'member'>;
  log: Pick<Log, 'append'>;
  expulsion: Expulsion;
  bus: Pick<Bus, 'publish'>;
  clock: Pick<Clock, 'now'>;
}

export function createSanctioning({ store, log, expulsion, bus, clock }: SanctioningDeps): Sanctioning {
  async function inForce({ user, kind, room }: SanctionKey): Promise<Sanction | null> {
    const standing = await store.sanctions([user], clock.now());
    return standing.find((one) => one.kind === kind && one.room === room) ?? null;
  }

  async function mustExist({ user, room }: Aim): Promise<void> {
    await mustBeUser(store, user);
    if (room === undefined) return;
    const { kind } = await mustBeRoom(store, room);
    if (kind === 'direct') {
      throw new Refusal(ErrorCode.BAD_REQUEST, 'room: a direct room is nobody else’s; leave the room out');
    }
  }

  const tell = (user: UserId): void => bus.publish(MODERATION, { type: 'sanctions', user });

  async function impose(order: Order, kind: SanctionKind, aim: Aim & { until: Timestamp }): Promise<Done> {
    await mustExist(aim);
    const { user, room = '', until } = aim;
    if (until <= clock.now()) throw new Refusal(ErrorCode.BAD_REQUEST, 'until: must be in the future');
    return carryOut(order, clock, {
      act: `user.${kind}`,
      target: user,
      room,
      before: shown(await inForce({ user, kind, room })),
      after: { until, reason: order.reason },
      run: async (audit) => {
        const { reason, actor: by } = order;
        await store.sanction({ user, kind, room, until, reason, by, since: audit.ts }, audit);
        tell(user);
        if (room !== '') await announce(kind, { user, room, until });
      },
    });
  }

  /** In a room all see that somebody is silenced or gone; whoever is banned is not in it any more. */
  async function announce(
    kind: SanctionKind,
    { user, room, until }: { user: UserId; room: RoomId; until: Timestamp },
  ): Promise<void> {
    const member = await store.member(room, user);
    if (!member) return;
    if (kind === 'ban') return expulsion.expel(room, user, member);
    await log.append(room, {
      from: '',
      ts: clock.now(),
      kind: 'sys',
      body: { action: 'muted', user, until },
    });
  }

  async function lift(order: Order, kind: SanctionKind, aim: Aim): Promise<Done> {
    await mustExist(aim);
    const { user, room = '' } = aim;
    const before = await inForce({ user, kind, room });
    if (!before) {
      const where = room === '' ? 'everywhere' : 'in this room';
      throw new Refusal(ErrorCode.CONFLICT, `user: there is no ${kind} in force ${where}`);
    }
    return carryOut(order, clock, {
      act: `user.un${kind}`,
      target: user,
      room,
      before: shown(before),
      after: null,
      run: async (audit) => {
        await store.lift({ user, kind, room }, audit);
        tell(user);
        const isMember = room !== '' && kind === 'mute' && (await store.member(room, user));
        if (!isMember) return;
        await log.append(room, { from: '', ts: clock.now(), kind: 'sys', body: { action: 'unmuted', user } });
      },
    });
  }

  async function kick(order: Order, aim: Aim): Promise<Done> {
    await mustExist(aim);
    const { user, room = '' } = aim;
    const member = room === '' ? null : await store.member(room, user);
    if (room !== '' && !member) {
      throw new Refusal(ErrorCode.NOT_FOUND, 'user: is not a member of this room');
    }
    return carryOut(order, clock, {
      act: 'user.kick',
      target: user,
      room,
      before: member && { role: member.role },
      after: null,
      run: async (audit) => {
        if (member) return expulsion.expel(room, user, member, audit);
        await store.revokeAll(user, audit);
        const closeCode = CloseCode.UNAUTHORIZED;
        bus.publish(userSubject(user), { type: 'hangup', user, closeCode, reason: order.reason });
      },
    });
  }

  return { impose, lift, kick };
}

const shown = (sanction: Sanction | null) =>
  sanction && { until: sanction.until, reason: sanction.reason, by: sanction.by };
