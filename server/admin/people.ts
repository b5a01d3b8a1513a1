/** `/admin/v1/users…`: finding people, and what is done against them. */
import Type from 'typebox';
import { FOREVER } from '../../miniprogram/protocol/limits.ts';
import type { UserId } from '../../miniprogram/protocol/objects.ts';
import { mustBeUser } from '../domain/order.ts';
import type { Clock, Sanction, Store } from '../domain/ports.ts';
import type { Sanctioning } from '../domain/sanctioning.ts';
import type { Route } from '../edge/http.ts';
import { type Gate, ORDER } from './gate.ts';
import { BY_NAME, Id, option, PAGE, Seconds, Limit, Timestamp } from './shapes.ts';

export interface PeopleDeps {
  gate: Gate;
  store: Store;
  sanctioning: Sanctioning;
  clock: Pick<Clock, 'now'>;
  isOnline: (user: UserId) => boolean;
}

/** `seconds` absent: until somebody lifts it. */
const AGAINST = Type.Object({ ...ORDER, room: option(Id), seconds: option(Seconds) });
const FREE = Type.Object({ ...ORDER, room: option(Id) });

export function peopleRoutes({ gate, store, sanctioning, clock, isOnline }: PeopleDeps): Route[] {
  const where = (room: string | undefined) => (room === undefined ? {} : { room });
  const ends = (seconds: number | undefined): number =>
    seconds === undefined ? FOREVER : Math.min(FOREVER, clock.now() + seconds * 1_000);

  const impose = (kind: 'mute' | 'ban'): Route =>
    gate.post(`/users/:user/${kind}`, {
      role: 'moderator',
      shape: AGAINST,
      run: async ({ room, seconds, ...order }, call) => {
        const aim = { user: call.params.user ?? '', ...where(room), until: ends(seconds) };
        return { acts: [await sanctioning.impose(call.order(order, 'reason'), kind, aim)] };
      },
    });
  const lift = (kind: 'mute' | 'ban'): Route =>
    gate.post(`/users/:user/un${kind}`, {
      role: 'moderator',
      shape: FREE,
      run: async ({ room, ...order }, call) => {
        const aim = { user: call.params.user ?? '', ...where(room) };
        return { acts: [await sanctioning.lift(call.order(order), kind, aim)] };
      },
    });

  return [
    gate.get('/users', {
      role: 'moderator',
      shape: Type.Object(BY_NAME),
      run: async ({ limit = PAGE, ...query }) => {
        const { users, more } = await store.findUsers({ ...query, limit });
        const ids = users.map(({ id }) => id);
        const [seen, standing] = await Promise.all([store.lastSeen(ids), store.sanctions(ids, clock.now())]);
        const found = users.map((user) => ({
          ...user,
          online: isOnline(user.id),
          lastSeen: seen.find((one) => one.user === user.id)?.seen ?? null,
          sanctions: standing.filter((one) => one.user === user.id).map(asShown),
        }));
        return { users: found, more };
      },
    }),
    gate.get('/users/:user', {
      role: 'moderator',
      shape: Type.Object({}),
      run: async (_, { params }) => {
        const user = await mustBeUser(store, params.user ?? '');
        const [rooms, standing, seen] = await Promise.all([
          store.roomsOf(user.id),
          store.sanctions([user.id], clock.now()),
          store.lastSeen([user.id]),
        ]);
        const members = await Promise.all(rooms.map(({ id }) => store.member(id, user.id)));
        return {
          user,
          online: isOnline(user.id),
          lastSeen: seen[0]?.seen ?? null,
          sanctions: standing.map(asShown),
          rooms: rooms.map(({ id, name, kind }, i) => ({ id, name, kind, role: members[i]?.role ?? null })),
        };
      },
    }),
    gate.get('/sanctions', {
      role: 'moderator',
      shape: Type.Object({ before: option(Timestamp), limit: option(Limit) }),
      run: async ({ limit = PAGE, ...page }) => {
        const found = await store.sanctionsInForce({ now: clock.now(), limit: limit + 1, ...page });
        const sanctions = found.slice(0, limit);
        const users = await store.users([...new Set(sanctions.map(({ user }) => user))]);
        return {
          sanctions: sanctions.map((one) => ({ user: one.user, ...asShown(one) })),
          people: Object.fromEntries(users.map(({ id, name }) => [id, name])),
          more: found.length > limit,
        };
      },
    }),
    impose('mute'),
    impose('ban'),
    lift('mute'),
    lift('ban'),
    gate.post('/users/:user/kick', {
      role: 'moderator',
      shape: FREE,
      run: async ({ room, ...order }, call) => {
        const aim = { user: call.params.user ?? '', ...where(room) };
        return { acts: [await sanctioning.kick(call.order(order, 'reason'), aim)] };
      },
    }),
  ];
}

/** `until` null: it does not end by itself. */
const asShown = ({ kind, room, until, reason, by, since }: Sanction) => ({
  kind,
  room,
  until: until >= FOREVER ? null : until,
  reason,
  by,
  since,
});
