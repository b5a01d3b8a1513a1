/**
 * The door of the admin API: who calls, whether their role is enough, what they ask, and that it is written down. Acts
 * write their own record, together with what they change. Everything else is written here, in a light form, once in
 * ten minutes for the same person, act, target and outcome: looks and dry runs, before they are answered, and whatever
 * was refused, with the code of the refusal. Of a token that opens nothing the refusal is written where a key of ours
 * signed it, so that it is known whose it was.
 */
import Type, { type Static, type TObject } from 'typebox';
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { RoomId } from '../../miniprogram/protocol/objects.ts';
import type { Order } from '../domain/order.ts';
import type { AuditStore, Clock, LoginStore, SharedStore } from '../domain/ports.ts';
import type { Sanctions } from '../domain/sanctions.ts';
import { type HttpRequest, type HttpResponse, ok, type Route } from '../edge/http.ts';
import { Shape } from '../edge/shape.ts';
import { Refusal, unauthorized } from '../outcome.ts';
import type { AdminHolder, AdminRole, Tokens } from '../session/tokens.ts';
import { actName } from './act-name.ts';

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
  tokens: Pick<Tokens, 'verifyAdmin' | 'signerOf'>;
  sanctions: Pick<Sanctions, 'admit'>;
  store: Pick<AuditStore, 'audit'> & Pick<SharedStore, 'shared'> & Pick<LoginStore, 'login'>;
  clock: Clock;
  onFault: (reason: unknown) => void;
}

export interface Gate {
  get<T extends TObject>(path: string, row: Row<T>): Route;
  post<T extends TObject>(path: string, row: Row<T>): Route;
  /** Acts that change nothing: the looks of all routes so far, and dry runs. */
  looks(): string[];
}

export interface Row<T extends TObject> {
  role: AdminRole;
  /** Of the query or of the body. */
  shape: T;
  /** A POST that looks. */
  isLook?: true;
  run(asked: Static<T>, call: AdminCall): Promise<object>;
}

const LOOK_AGAIN_MS = 10 * 60_000;
const MOST_LOOKS = 10_000;
const LONGEST_TARGET = 200;
/** Tokens that the command line signs for itself on the server's own machine; no user has such an id. */
export const LOCAL = 'local-';
/** Answered even where it cannot be written down: it tells that the store is away. */
const HEALTH = 'status.list';

/** Under what the moment is shared since when tokens of this person count. */
export const revokedName = (actor: string): string => `admin-tokens-after ${actor}`;

interface Light {
  actor: string;
  act: string;
  target: string;
  room: RoomId | '';
  /** Absent: it was answered. */
  refused?: string;
}

export function createGate({ tokens, sanctions, store, clock, onFault }: GateDeps): Gate {
  /** `actor act target outcome` → when it was last written down, monotonic ms; oldest first. */
  const written = new Map<string, number>();
  const looks = new Set<string>();

  async function enter(token: string, role: AdminRole): Promise<AdminHolder> {
    const holder = tokens.verifyAdmin(token);
    if (holder.sid !== undefined) {
      const login = await store.login(holder.sid, clock.now());
      if (login?.user !== holder.actor) throw unauthorized();
    }
    if (!holder.actor.startsWith(LOCAL)) {
      await sanctions.admit(holder.actor);
      const revoked = await store.shared(revokedName(holder.actor));
      if (revoked && holder.issuedAt <= Number(revoked.value)) throw unauthorized();
    }
    if (role === 'operator' && holder.role !== 'operator') {
      throw new Refusal(ErrorCode.FORBIDDEN, 'this needs a token of the role operator');
    }
    return holder;
  }

  async function write({ actor, act, target: whole, room, refused }: Light): Promise<void> {
    const target = whole.replaceAll('\u0000', '').slice(0, LONGEST_TARGET);
    const key = `${actor} ${act} ${target} ${refused ?? ''}`;
    const now = clock.monotonic();
    const last = written.get(key);
    if (last !== undefined && now - last < LOOK_AGAIN_MS) return;
    const after = refused === undefined ? null : { refused };
    await store.audit({ ts: clock.now(), actor, act, target, room, reason: '', before: null, after });
    written.delete(key);
    written.set(key, now);
    const [oldest] = written.keys();
    if (written.size > MOST_LOOKS && oldest !== undefined) written.delete(oldest);
  }

  function route<T extends TObject>(method: 'GET' | 'POST', path: string, row: Row<T>): Route {
    const shape = new Shape(row.shape);
    const name = actName(method, path);
    const isLook = method === 'GET' || row.isLook === true;
    looks.add(isLook ? name : dryRunOf(name));

    async function run(request: HttpRequest): Promise<HttpResponse> {
      const token = tokenIn(request);
      const target = Object.values(request.params).join('/');
      const call = { act: name, target, room: request.params.room ?? '' };
      let asksNothing = isLook;
      try {
        const holder = await enter(token, row.role);
        const given = method === 'GET' ? fromQuery(row.shape, request.query) : request.json();
        const asked = shape.take(given) as Static<T>;
        let isWritten = false;
        const answer = await row.run(asked, {
          holder,
          params: request.params,
          order: ({ reason = '', dryRun = false }, needs) => {
            asksNothing = dryRun;
            if (dryRun) call.act = dryRunOf(name);
            if (needs === 'reason' && reason.trim() === '') {
              throw new Refusal(ErrorCode.BAD_REQUEST, 'reason: is required; 1–200 characters');
            }
            return { actor: holder.actor, reason: reason.trim(), dryRun };
          },
          looked: async (act, at) => {
            isWritten = true;
            await write({ actor: holder.actor, act, ...at });
          },
        });
        if (asksNothing && !isWritten) {
          const done = write({ actor: holder.actor, ...call });
          await (name === HEALTH ? done.catch(() => undefined) : done);
        }
        return ok(answer);
      } catch (reason) {
        const actor = tokens.signerOf(token);
        if (actor !== null && reason instanceof Refusal && reason.code !== ErrorCode.UNAVAILABLE) {
          // The refusal stands, whether it could be written down or not.
          await write({ actor, ...call, refused: reason.code }).catch(onFault);
        }
        throw reason;
      }
    }

    return { method, path: `/admin/v1${path}`, run };
  }

  return {
    get: (path, row) => route('GET', path, row),
    post: (path, row) => route('POST', path, row),
    looks: () => [...looks, ...NAMED_LOOKS],
  };
}

/** Looks that are told apart from others by the same route. */
const NAMED_LOOKS = ['message.export'];
const dryRunOf = (act: string): string => `${act}.dry-run`;

const tokenIn = (request: HttpRequest): string =>
  /^Bearer +(\S+)$/i.exec(request.header('authorization') ?? '')?.[1] ?? '';

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
