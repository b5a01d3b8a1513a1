/** `/admin/v1/rooms…`: finding rooms, reading them, and what is done to them and to their messages. */
import Type from 'typebox';
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { Entry } from '../../miniprogram/protocol/objects.ts';
import { mustBeRoom } from '../domain/order.ts';
import type { Store } from '../domain/ports.ts';
import type { Seen } from '../domain/seen.ts';
import type { Stewardship } from '../domain/stewardship.ts';
import type { Route } from '../edge/http.ts';
import { Refusal } from '../outcome.ts';
import { type Gate, ORDER } from './gate.ts';
import { namesIn } from './names.ts';
import { BY_NAME, Id, Ids, Limit, Name, option, PAGE, Seq, Words } from './shapes.ts';

export interface RoomsDeps {
  gate: Gate;
  store: Store;
  seen: Pick<Seen, 'members'>;
  stewardship: Stewardship;
}

const Kind = Type.Union([Type.Literal('group'), Type.Literal('live'), Type.Literal('support')]);
const GivenRole = Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('member')]);

export function roomRoutes({ gate, store, seen, stewardship }: RoomsDeps): Route[] {
  return [
    gate.get('/rooms', {
      role: 'moderator',
      shape: Type.Object(BY_NAME),
      run: ({ limit = PAGE, ...query }) => store.findRooms({ ...query, limit }),
    }),
    gate.post('/rooms', {
      role: 'moderator',
      shape: Type.Object({
        ...ORDER,
        kind: option(Kind),
        name: Name,
        open: option(Type.Boolean()),
        owner: option(Id),
        members: option(Type.Array(Id, { maxItems: 100 })),
      }),
      run: async ({ kind = 'group', name, open = false, owner, members = [], ...order }, call) => {
        const room = { kind, name, open, members, ...(owner !== undefined && { owner }) };
        return { acts: [await stewardship.create(call.order(order), room)] };
      },
    }),
    gate.get('/rooms/:room', {
      role: 'moderator',
      shape: Type.Object({}),
      run: async (_, { params }) => {
        const room = await mustBeRoom(store, params.room ?? '');
        const last = room.head > 0 ? await store.entry(room.id, room.head) : null;
        return { room, lastAt: last?.ts ?? null };
      },
    }),
    act('rename', { name: Name }, (order, room, { name }) => stewardship.rename(order, room, name)),
    act('slow', { seconds: Type.Integer({ minimum: 0, maximum: 86_400 }) }, (order, room, { seconds }) =>
      stewardship.slow(order, room, seconds),
    ),
    gate.post('/rooms/:room/close', {
      role: 'moderator',
      shape: Type.Object(ORDER),
      run: async (order, call) => ({
        acts: [await stewardship.close(call.order(order, 'reason'), call.params.room ?? '')],
      }),
    }),
    act('add', { users: Ids }, (order, room, { users }) => stewardship.add(order, room, users)),
    act('remove', { user: Id }, (order, room, { user }) => stewardship.remove(order, room, user)),
    act('role', { user: Id, role: GivenRole }, (order, room, to) => stewardship.role(order, room, to)),
    gate.get('/rooms/:room/members', {
      role: 'moderator',
      shape: Type.Object({ after: option(Id), limit: option(Limit) }),
      run: async ({ limit = PAGE, ...page }, { params }) => {
        const { id } = await mustBeRoom(store, params.room ?? '');
        return seen.members(id, { ...page, limit });
      },
    }),
    gate.get('/rooms/:room/entries', {
      role: 'moderator',
      shape: Type.Object({
        before: option(Seq),
        after: option(Type.Integer({ minimum: 0 })),
        around: option(Seq),
        limit: option(Limit),
        as: option(Type.Literal('export')),
      }),
      run: async ({ limit = PAGE, as = 'list', ...range }, { params, looked }) => {
        const { id, name } = await mustBeRoom(store, params.room ?? '');
        if (Object.keys(range).length > 1) {
          throw new Refusal(ErrorCode.BAD_REQUEST, 'before, after, around: at most one of them may be given');
        }
        await looked(`message.${as}`, { target: id, room: id });
        const page = await store.page(id, { ...range, limit });
        return { room: { id, name }, ...page, people: await namesIn(store, page.entries) };
      },
    }),
    gate.get('/rooms/:room/entries/:seq', {
      role: 'moderator',
      shape: Type.Object({}),
      run: async (_, { params, looked }) => {
        const { id, name } = await mustBeRoom(store, params.room ?? '');
        const seq = Number(params.seq);
        const entry: Entry | null = Number.isSafeInteger(seq) && seq > 0 ? await store.entry(id, seq) : null;
        if (!entry)
          throw new Refusal(ErrorCode.NOT_FOUND, `seq: there is no message ${params.seq} in this room`);
        await looked('message.show', { target: `${id}/${seq}`, room: id });
        return { room: { id, name }, entry, people: await namesIn(store, [entry]) };
      },
    }),
    gate.get('/search', {
      role: 'moderator',
      shape: Type.Object({
        query: Words(200),
        room: option(Id),
        from: option(Id),
        after: option(Words(64)),
        limit: option(Limit),
      }),
      run: async ({ limit = PAGE, ...query }, { looked }) => {
        // What was looked for may be private itself; where, is enough to know.
        await looked('message.search', { target: query.room ?? 'everywhere', room: query.room ?? '' });
        const page = await store.search(null, { ...query, limit });
        const rooms = await Promise.all(
          [...new Set(page.hits.map(({ room }) => room))].map((id) => store.room(id)),
        );
        return {
          ...page,
          people: await namesIn(
            store,
            page.hits.map(({ entry }) => entry),
          ),
          rooms: Object.fromEntries(rooms.flatMap((room) => (room ? [[room.id, room.name]] : []))),
        };
      },
    }),
    gate.post('/rooms/:room/recall', {
      role: 'moderator',
      shape: Type.Object({ ...ORDER, seqs: Type.Array(Seq, { minItems: 1, maxItems: 500 }) }),
      run: async ({ seqs, ...order }, call) => ({
        acts: await stewardship.recall(call.order(order, 'reason'), call.params.room ?? '', seqs),
      }),
    }),
  ];

  /** An act on one room, with arguments of its own. */
  function act<F extends Type.TProperties>(
    verb: string,
    fields: F,
    run: (
      order: Parameters<Stewardship['close']>[0],
      room: string,
      asked: Type.Static<Type.TObject<F>>,
    ) => ReturnType<Stewardship['close']>,
  ): Route {
    return gate.post(`/rooms/:room/${verb}`, {
      role: 'moderator',
      shape: Type.Object({ ...ORDER, ...fields }),
      run: async (asked, call) => {
        const order = call.order(asked);
        const done = await run(order, call.params.room ?? '', asked as Type.Static<Type.TObject<F>>);
        return { acts: [done] };
      },
    });
  }
}
