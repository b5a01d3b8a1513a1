/** `/admin/v1/status`, `/keys`, `/tokens`, `/store/check`: what keeps the server, rather than the peace. */
import Type from 'typebox';
import type { Bots } from '../domain/bots.ts';
import { mustBeUser, recordOf } from '../domain/order.ts';
import type { Nodes } from '../domain/nodes.ts';
import type { Clock, NodeId, Store } from '../domain/ports.ts';
import type { Route } from '../edge/http.ts';
import type { Tokens } from '../session/tokens.ts';
import { Refusal } from '../outcome.ts';
import { type Gate, ORDER, revokedName } from './gate.ts';
import { namesOf } from './names.ts';
import { Id, Ids, Limit, option } from './shapes.ts';

export interface OperationsDeps {
  gate: Gate;
  store: Store;
  bots: Bots;
  tokens: Pick<Tokens, 'signAdmin'>;
  clock: Clock;
  nodes: Pick<Nodes, 'call'>;
  /** This one. */
  node: NodeId;
}

const MOST_TOKEN_SECONDS = 30 * 86_400;
const KeyName = Type.String({ pattern: '^[^\\p{Cc}\\p{Cs}]{1,32}$' });

/** Reports that are counted. */
const MOST_REPORTS = 500;

export function operationRoutes({ gate, store, bots, tokens, clock, nodes, node }: OperationsDeps): Route[] {
  /** Null where the store is out of reach: how the nodes are is told all the same. */
  async function openReports(): Promise<number | null> {
    try {
      return (await store.reports({ open: true, limit: MOST_REPORTS })).reports.length;
    } catch (reason) {
      if (reason instanceof Refusal && reason.code === 'UNAVAILABLE') return null;
      throw reason;
    }
  }

  return [
    gate.get('/status', {
      role: 'moderator',
      shape: Type.Object({}),
      run: async () => {
        const [roll, open] = await Promise.all([nodes.call(), openReports()]);
        const own = roll.nodes.find(({ id }) => id === node);
        return {
          ...roll,
          node: own,
          store: { ...own?.store, epoch: store.epoch },
          openReports: open,
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
    gate.post('/tokens/revoke', {
      role: 'operator',
      shape: Type.Object({ ...ORDER, user: Id }),
      run: async ({ user: id, ...asked }, call) => {
        const order = call.order(asked);
        const user = await mustBeUser(store, id);
        const now = clock.now();
        const what = { act: 'token.revoke', target: user.id, room: '', before: null, after: { ended: now } };
        if (!order.dryRun) {
          // Every node asks the store at each call, so this is in effect everywhere at once; no token lives longer.
          const expires = now + MOST_TOKEN_SECONDS * 1_000;
          await store.share(revokedName(user.id), { value: String(now), expires });
          await store.audit(recordOf(order, clock, what));
        }
        return { acts: [{ ...what, done: !order.dryRun }], user };
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
