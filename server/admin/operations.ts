/** `/admin/v1/status`, `/keys`, `/tokens`, `/store/check`: what keeps the server, rather than the peace. */
import Type from 'typebox';
import type { Bots } from '../domain/bots.ts';
import { mustBeUser, recordOf } from '../domain/order.ts';
import type { Bus, Clock, Store } from '../domain/ports.ts';
import type { Route } from '../edge/http.ts';
import type { Tokens } from '../session/tokens.ts';
import { type Gate, ORDER } from './gate.ts';
import { namesOf } from './names.ts';
import { Id, Ids, Limit, option } from './shapes.ts';

/** What one node can say of itself. */
export interface NodeFacts {
  sockets: number;
  users: number;
  rooms: number;
  sendsPerSecond: number;
}

export interface OperationsDeps {
  gate: Gate;
  store: Store;
  bots: Bots;
  tokens: Pick<Tokens, 'signAdmin'>;
  bus: Pick<Bus, 'ping'>;
  clock: Clock;
  facts: () => NodeFacts;
}

const MOST_TOKEN_SECONDS = 30 * 86_400;
const KeyName = Type.String({ pattern: '^[^\\p{Cc}\\p{Cs}]{1,32}$' });

export function operationRoutes({ gate, store, bots, tokens, bus, clock, facts }: OperationsDeps): Route[] {
  const began = clock.monotonic();

  async function health(ping: () => Promise<void>): Promise<{ up: boolean; ms: number }> {
    const asked = clock.monotonic();
    const up = await ping().then(
      () => true,
      () => false,
    );
    return { up, ms: Math.round((clock.monotonic() - asked) * 10) / 10 };
  }

  return [
    gate.get('/status', {
      role: 'moderator',
      shape: Type.Object({}),
      run: async () => {
        const [storeIs, busIs, open] = await Promise.all([
          health(() => store.ping()),
          health(() => bus.ping()),
          store.reports({ open: true, limit: 500 }),
        ]);
        return {
          node: { uptimeSeconds: Math.floor((clock.monotonic() - began) / 1_000), ...facts() },
          store: { ...storeIs, epoch: store.epoch },
          bus: busIs,
          openReports: open.reports.length,
        };
      },
    }),
    gate.get('/keys', {
      role: 'operator',
      shape: Type.Object({}),
      run: async () => ({ keys: await store.apiKeys() }),
    }),
    gate.post('/keys', {
      role: 'operator',
      shape: Type.Object({ ...ORDER, name: KeyName, rooms: Ids }),
      run: async ({ name, rooms, ...order }, call) => {
        const { key, ...done } = await bots.issue(call.order(order), { name, rooms });
        return { acts: [done], ...(key !== undefined && { key }) };
      },
    }),
    gate.post('/keys/:key/revoke', {
      role: 'operator',
      shape: Type.Object(ORDER),
      run: async (order, call) => ({ acts: [await bots.revoke(call.order(order), call.params.key ?? '')] }),
    }),
    gate.post('/tokens', {
      role: 'operator',
      shape: Type.Object({
        ...ORDER,
        user: Id,
        role: Type.Union([Type.Literal('moderator'), Type.Literal('operator')]),
        seconds: Type.Integer({ minimum: 60, maximum: MOST_TOKEN_SECONDS }),
      }),
      run: async ({ user: id, role, seconds, ...asked }, call) => {
        const order = call.order(asked);
        const user = await mustBeUser(store, id);
        const { token, expiresAt } = tokens.signAdmin({ actor: user.id, role }, seconds);
        const after = { role, expiresAt };
        const what = { act: 'token.issue', target: user.id, room: '', before: null, after };
        // Nobody has it before it is written down.
        if (!order.dryRun) await store.audit(recordOf(order, clock, what));
        const done = { ...what, done: !order.dryRun };
        return { acts: [done], ...(!order.dryRun && { token }), expiresAt, user };
      },
    }),
    gate.get('/store/check', {
      role: 'operator',
      shape: Type.Object({ after: option(Id), limit: option(Limit) }),
      run: ({ limit = 20, ...page }) => store.checkRooms({ ...page, limit }),
    }),
    gate.get('/whoami', {
      role: 'moderator',
      shape: Type.Object({}),
      run: async (_, { holder }) => ({ ...holder, people: await namesOf(store, [holder.actor]) }),
    }),
  ];
}
