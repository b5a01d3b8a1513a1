/**
 * The door of the admin API: who calls, whether their role is enough, what they ask, and that it is written down. Acts
 * write their own record, together with what they change; a look at people's messages is written here, before it is
 * answered, once in ten minutes for the same person and the same thing.
 */
import Type, { type Static, type TObject } from 'typebox';
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { RoomId } from '../../miniprogram/protocol/objects.ts';
import type { Order } from '../domain/order.ts';
import type { AuditStore, Clock } from '../domain/ports.ts';
import type { Sanctions } from '../domain/sanctions.ts';
import { type HttpRequest, ok, type Route } from '../edge/http.ts';
import { Shape } from '../edge/shape.ts';
import { Refusal } from '../outcome.ts';
import type { AdminHolder, AdminRole, Tokens } from '../session/tokens.ts';

/** What every act may carry. `reason`: asked for by those against people. */
export const ORDER = {
  reason: Type.Optional(Type.String({ pattern: '^[^\\u0000\\p{Cs}]{0,200}$' })),
  dryRun: Type.Optional(Type.Boolean()),
};

export interface AdminCall {
  holder: AdminHolder;
  params: HttpRequest['params'];
  /** From a body; `needs: 'reason'` refuses one without. */
  order(body: Partial<Order>, needs?: 'reason'): Order;
  /** What was looked at, for the audit log. */
  looked(act: string, at: { target: string; room: RoomId | '' }): Promise<void>;
}

export interface GateDeps {
  tokens: Pick<Tokens, 'verifyAdmin'>;
  sanctions: Pick<Sanctions, 'admit'>;
  store: Pick<AuditStore, 'audit'>;
  clock: Clock;
}

export interface Gate {
  get<T extends TObject>(path: string, row: Row<T>): Route;
  post<T extends TObject>(path: string, row: Row<T>): Route;
}

export interface Row<T extends TObject> {
  role: AdminRole;
  /** Of the query or of the body. */
  shape: T;
  run(asked: Static<T>, call: AdminCall): Promise<object>;
}

const LOOK_AGAIN_MS = 10 * 60_000;
const MOST_LOOKS = 10_000;
/** Tokens that the command line signs for itself on the server's own machine; no user has such an id. */
export const LOCAL = 'local-';

export function createGate({ tokens, sanctions, store, clock }: GateDeps): Gate {
  /** `actor act target` → when it was last written down, monotonic ms; oldest first. */
  const looks = new Map<string, number>();

  async function enter(request: HttpRequest, role: AdminRole): Promise<AdminHolder> {
    const [, token = ''] = /^Bearer +(\S+)$/i.exec(request.header('authorization') ?? '') ?? [];
    const holder = tokens.verifyAdmin(token);
    if (!holder.actor.startsWith(LOCAL)) await sanctions.admit(holder.actor);
    if (role === 'operator' && holder.role !== 'operator') {
      throw new Refusal(ErrorCode.FORBIDDEN, 'this needs a token of the role operator');
    }
    return holder;
  }

  async function looked(
    { actor }: AdminHolder,
    act: string,
    { target, room }: { target: string; room: RoomId | '' },
  ): Promise<void> {
    const key = `${actor} ${act} ${target}`;
    const now = clock.monotonic();
    const last = looks.get(key);
    if (last !== undefined && now - last < LOOK_AGAIN_MS) return;
    const record = { ts: clock.now(), actor, act, target, room, reason: '', before: null, after: null };
    await store.audit(record);
    looks.delete(key);
    looks.set(key, now);
    const [oldest] = looks.keys();
    if (looks.size > MOST_LOOKS && oldest !== undefined) looks.delete(oldest);
  }

  function route<T extends TObject>(method: 'GET' | 'POST', path: string, row: Row<T>): Route {
    const shape = new Shape(row.shape);
    return {
      method,
      path: `/admin/v1${path}`,
      run: async (request) => {
        const holder = await enter(request, row.role);
        const given = method === 'GET' ? fromQuery(row.shape, request.query) : request.json();
        const asked = shape.take(given) as Static<T>;
        const call: AdminCall = {
          holder,
          params: request.params,
          order: ({ reason = '', dryRun = false }, needs) => {
            if (needs === 'reason' && reason.trim() === '') {
              throw new Refusal(ErrorCode.BAD_REQUEST, 'reason: is required; 1–200 characters');
            }
            return { actor: holder.actor, reason: reason.trim(), dryRun };
          },
          looked: (act, at) => looked(holder, act, at),
        };
        return ok(await row.run(asked, call));
      },
    };
  }

  return {
    get: (path, row) => route('GET', path, row),
    post: (path, row) => route('POST', path, row),
  };
}

/** A query is text; where the shape wants a number or a yes, it is read as one. */
function fromQuery(shape: TObject, query: URLSearchParams): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const [name, text] of query) {
    const wanted = shape.properties[name];
    if (wanted === undefined) given[name] = text;
    else if (Type.IsInteger(wanted)) given[name] = /^\d{1,16}$/.test(text) ? Number(text) : text;
    else if (Type.IsBoolean(wanted)) given[name] = text === '1' || text === 'true';
    else given[name] = text;
  }
  return given;
}
