/**
 * The calls of docs/protocol.md §5, one row each. A route reads its body, asks the logins or the store, and answers;
 * it holds no rule of its own.
 */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { UserId } from '../../miniprogram/protocol/objects.ts';
import type { ContentCheck } from '../domain/content-check.ts';
import type { Notices } from '../domain/notices.ts';
import type { Bus, Clock, Store, UserStore } from '../domain/ports.ts';
import type { Files } from '../domain/files.ts';
import { Refusal, unauthorized } from '../outcome.ts';
import { checkedName } from '../session/name.ts';
import type { Authenticated, Logins } from '../session/logins.ts';
import { bad, checkLogin, checkProfile, checkRefresh } from './http-schemas.ts';
import { householdOf, isLoopback } from './address.ts';
import { createFileRoutes, type FileRouteDeps } from './file-routes.ts';
import { createNoticeRoutes } from './notice-routes.ts';
import { ALWAYS, json, ok } from './http.ts';
import type { HttpRequest, HttpResponse, Route } from './http.ts';

export interface PublicDeps {
  logins: Logins;
  store: Pick<UserStore, 'changeUser'> & Pick<Store, 'ping'>;
  bus: Pick<Bus, 'ping'>;
  clock: Pick<Clock, 'after' | 'now'>;
  check: Pick<ContentCheck, 'name' | 'avatar'>;
  notices: Pick<Notices, 'accepted'>;
  /** @throws Refusal RATE_LIMITED */
  chargeLogin: (household: string) => void;
  files: Omit<FileRouteDeps, 'authenticate' | 'clock' | 'files'> & { files: Files };
}

export interface AdminDeps {
  metrics: { text(): Promise<string>; readonly contentType: string };
}

export const READY_DEADLINE_MS = 2_000;

export function createPublicRoutes({
  logins,
  store,
  bus,
  clock,
  check,
  notices,
  chargeLogin,
  files,
}: PublicDeps): Route[] {
  const storeAnswers = probe(() => store.ping(), clock);
  const busAnswers = probe(() => bus.ping(), clock);

  function authenticated(request: HttpRequest): Promise<Authenticated> {
    const [, token] = /^Bearer +(\S+)$/i.exec(request.header('authorization') ?? '') ?? [];
    return token === undefined ? Promise.reject(unauthorized()) : logins.authenticate(token);
  }

  async function login(request: HttpRequest): Promise<HttpResponse> {
    if (!isLoopback(request.remote)) chargeLogin(householdOf(request.remote));
    const { code, dev } = checkLogin(request.json());
    if (code !== undefined && dev === undefined) return ok(await logins.login({ code }));
    if (dev !== undefined && code === undefined) return ok(await logins.login({ dev }));
    throw bad(`${code === undefined ? 'neither' : 'both'} of code and dev`, 'exactly one of the two');
  }

  async function changeProfile(request: HttpRequest): Promise<HttpResponse> {
    const { user } = await authenticated(request);
    const { name, avatar } = checkProfile(request.json());
    const fields = {
      ...(name !== undefined && { name: await nameOf(user.id, name) }),
      ...(avatar !== undefined && { avatar }),
    };
    if (avatar) {
      await files.files.mustBeAvatar(user.id, avatar);
      await check.avatar(user.id, avatar);
    }
    const changed = await store.changeUser(user.id, fields);
    if (changed === null) throw new Refusal(ErrorCode.NOT_FOUND, 'This user is gone.');
    return ok(changed);
  }

  /** The check may have masked it; what is stored is a name all the same. */
  async function nameOf(user: UserId, asked: string): Promise<string> {
    const text = checkedName('name', asked);
    return checkedName('name', await check.name('name', { user, text, scene: 'profile' }));
  }

  async function ready(): Promise<HttpResponse> {
    const [storeIsUp, busIsUp] = await Promise.all([storeAnswers(), busAnswers()]);
    const parts = { store: storeIsUp ? 'up' : 'down', bus: busIsUp ? 'up' : 'down' };
    if (storeIsUp && busIsUp) return ok(parts);
    const down = [...(storeIsUp ? [] : ['the store']), ...(busIsUp ? [] : ['the bus'])].join(' and ');
    const error = { code: ErrorCode.UNAVAILABLE, message: `Not ready: no answer from ${down}.` };
    return json(503, { error, ...parts }, { 'Retry-After': '1' });
  }

  return [
    { method: 'POST', path: '/v1/login', run: login },
    {
      method: 'POST',
      path: '/v1/refresh',
      run: async (request) => ok(await logins.refresh(checkRefresh(request.json()).refresh)),
    },
    {
      method: 'POST',
      path: '/v1/logout',
      run: async (request) => {
        await logins.logout(checkRefresh(request.json()).refresh);
        return ok({});
      },
    },
    { method: 'GET', path: '/v1/me', run: async (request) => ok((await authenticated(request)).user) },
    { method: 'PATCH', path: '/v1/me', run: changeProfile },
    // The same again: `wx.request` knows no PATCH.
    { method: 'POST', path: '/v1/me', run: changeProfile },
    ...createFileRoutes({ ...files, authenticate: authenticated, clock }),
    ...createNoticeRoutes({ notices, authenticate: authenticated }),
    { method: 'GET', path: '/healthz', run: () => ok({ alive: true }) },
    { method: 'GET', path: '/readyz', run: ready },
  ];
}

export function createAdminRoutes({ metrics }: AdminDeps): Route[] {
  return [
    {
      method: 'GET',
      path: '/metrics',
      run: async () => ({
        status: 200,
        headers: { 'Content-Type': metrics.contentType, ...ALWAYS },
        body: await metrics.text(),
      }),
    },
  ];
}

/** Asks whether a part answers in time. However often one asks, one ping at most is under way. */
function probe(ping: () => Promise<void>, clock: Pick<Clock, 'after'>): () => Promise<boolean> {
  let underWay: Promise<boolean> | null = null;
  const isUp = async (): Promise<boolean> => {
    try {
      await ping();
      return true;
    } catch {
      return false;
    }
  };
  return () =>
    new Promise((resolve) => {
      const undo = clock.after(READY_DEADLINE_MS, () => resolve(false));
      underWay ??= isUp().finally(() => {
        underWay = null;
      });
      void underWay.then((up) => {
        undo();
        resolve(up);
      });
    });
}
