import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { DEFAULT_LIMITS } from '../../miniprogram/protocol/limits.ts';
import { noFile } from '../../server/domain/files.ts';
import {
  createAdminRoutes,
  createPublicRoutes,
  type PublicDeps,
  READY_DEADLINE_MS,
} from '../../server/edge/http-routes.ts';
import { answer } from '../../server/edge/http.ts';
import type { Route } from '../../server/edge/http.ts';
import { whole, type WholeResponse } from './whole.ts';
import { createLogins } from '../../server/session/logins.ts';
import type { Pair } from '../../server/session/logins.ts';
import { createTokens } from '../../server/session/tokens.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { checkName } from '../domain/world.ts';
import { MemoryAccounts } from '../support/memory-accounts.ts';

const KEY = { kid: 'k1', secret: 'uE3x9sVq-L0aPz7RwK2mT5yHcN8dJf1B' };
type Ping = () => Promise<void>;
const up: Ping = () => Promise.resolve();
const never = (): never => {
  throw new Error('not asked here');
};
const chargeLogin = (): void => undefined;
/** There is one picture; the routes of files have tests of their own. */
const files: PublicDeps['files'] = {
  files: {
    upload: never,
    links: never,
    record: never,
    read: never,
    attach: never,
    sweep: never,
    mustBeAvatar: (user, id) =>
      id === `picture-of-${user}` ? Promise.resolve() : Promise.reject(noFile('avatar')),
  },
  links: { sign: never, verify: never },
  charge: never,
  limits: DEFAULT_LIMITS,
};

let clock: ManualClock;
let store: MemoryAccounts & { ping: Ping };
let bus: { ping: Ping };
let faults: [unknown, string][];
const check = { name: checkName, avatar: () => Promise.resolve() };
/** Who accepted what. */
let accepted: [user: string, templates: string[]][];
const notices = {
  accepted: (user: string, templates: string[]) => Promise.resolve(void accepted.push([user, templates])),
};
let routes: Route[];
let ids: number;

beforeEach(() => {
  clock = new ManualClock();
  store = Object.assign(new MemoryAccounts(), { ping: up });
  bus = { ping: up };
  faults = [];
  ids = 0;
  const logins = createLogins({
    store,
    tokens: createTokens({ keys: [KEY], clock }),
    wechat: { exchange: (code) => Promise.resolve({ openid: code }) },
    clock,
    newId: () => `id${(ids += 1)}`,
    devLogin: true,
    onWelcome: () => Promise.resolve(),
    mustNotBeBanned: () => undefined,
    hangUp: () => undefined,
  });
  accepted = [];
  routes = createPublicRoutes({ logins, store, bus, clock, check, notices, files, chargeLogin });
});

interface Sent {
  /** A string goes out as it is, all else as JSON. */
  body?: unknown;
  bytes?: Uint8Array | null;
  token?: string;
}

function send(call: string, { body = '', bytes, token }: Sent = {}, table = routes): Promise<WholeResponse> {
  const [method = '', target = ''] = call.split(' ');
  const [path = '', query = ''] = target.split('?');
  return whole(
    answer(
      table,
      {
        method,
        path,
        query,
        header: (name) => (name === 'authorization' && token !== undefined ? `Bearer ${token}` : undefined),
        remote: '127.0.0.1',
        body:
          bytes !== undefined ? bytes : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      },
      (reason, route) => void faults.push([reason, route]),
    ),
  );
}

function errorIn({ body }: WholeResponse): { code: string; message: string; retryAfterMs?: number } {
  return (JSON.parse(body) as { error: { code: string; message: string } }).error;
}

async function login(dev = 'alice'): Promise<Pair & { user: { id: string } }> {
  const response = await send('POST /v1/login', { body: { dev } });
  assert.equal(response.status, 200, response.body);
  return JSON.parse(response.body) as Pair & { user: { id: string } };
}

async function assertRefused(
  sending: Promise<WholeResponse>,
  status: number,
  message: RegExp,
): Promise<void> {
  const response = await sending;
  assert.equal(response.status, status, response.body);
  assert.match(errorIn(response).message, message);
}

test('login, me, refresh and logout work as the protocol says', async () => {
  const { user, access, expiresAt, refresh } = await login();
  assert.deepEqual(user, { id: 'id1', name: 'alice' });
  assert.ok(expiresAt > clock.now());
  const me = await send('GET /v1/me', { token: access });
  assert.deepEqual(JSON.parse(me.body), user);
  clock.advance(1_000);
  const next = JSON.parse((await send('POST /v1/refresh', { body: { refresh } })).body) as Pair;
  assert.deepEqual(Object.keys(next).sort(), ['access', 'expiresAt', 'refresh']);
  assert.equal((await send('GET /v1/me', { token: next.access })).status, 200);
  assert.equal((await send('POST /v1/logout', { body: { refresh: next.refresh } })).body, '{}');
  await assertRefused(send('GET /v1/me', { token: next.access }), 401, /revoked/);
});

test('a login by code gives a user too', async () => {
  const response = await send('POST /v1/login', { body: { code: '0a1B2c', colour: 'ignored' } });
  assert.equal(response.status, 200, response.body);
});

test('every answer is JSON, for no cache and not to be guessed at', async () => {
  const calls = [
    'POST /v1/login',
    'GET /healthz',
    'GET /nowhere',
    'DELETE /v1/me',
    'GET /v1/me',
    'POST /v1/files',
  ];
  for (const { headers, body } of await Promise.all(calls.map((call) => send(call)))) {
    JSON.parse(body);
    assert.equal(headers['Content-Type'], 'application/json; charset=utf-8');
    assert.equal(headers['Cache-Control'], 'no-store');
    assert.equal(headers['X-Content-Type-Options'], 'nosniff');
  }
});

test('a login body that names no way, both ways or a wrong value is refused by field', async () => {
  const cases: [unknown, RegExp][] = [
    ['', /not JSON/],
    ['{"dev":', /not JSON/],
    ['[]', /^the body is not an object; allowed: a JSON object\.$/],
    ['null', /not an object/],
    ['"alice"', /not an object/],
    [{}, /^neither of code and dev; allowed: exactly one of the two\.$/],
    [{ code: 'c', dev: 'alice' }, /^both of code and dev/],
    [{ dev: 7 }, /^dev must be string; allowed: a name of 1–32 characters\.$/],
    [{ dev: '' }, /^dev has 0 characters; allowed: 1–32 /],
    [{ dev: 'x'.repeat(33) }, /^dev has 33 characters/],
    [{ dev: 'x'.repeat(257) }, /^dev must not have more than 256 characters/],
    [{ code: '' }, /^code .*; allowed: the code that wx\.login gave\.$/],
    [{ code: 'a b' }, /^code /],
    ['{"__proto__":{"dev":"alice"}}', /^neither of code and dev/],
  ];
  for (const [body, message] of cases) await assertRefused(send('POST /v1/login', { body }), 400, message);
  assert.deepEqual(faults, []);
});

test('S17: an operator in the place of a string is refused before the store is asked', async () => {
  let asked = 0;
  const counts: ProxyHandler<MemoryAccounts> = {
    get: (target, name) => {
      asked += 1;
      return Reflect.get(target, name) as unknown;
    },
  };
  const spied = createPublicRoutes({
    files,
    chargeLogin,
    logins: createLogins({
      store: new Proxy(store, counts),
      tokens: createTokens({ keys: [KEY], clock }),
      wechat: { exchange: () => assert.fail('WeChat was asked') },
      clock,
      newId: () => 'id',
      devLogin: true,
      onWelcome: () => Promise.resolve(),
      mustNotBeBanned: () => undefined,
      hangUp: () => undefined,
    }),
    store,
    bus,
    clock,
    check,
    notices,
  });
  const attacks = [
    { $ne: null },
    { $gt: '' },
    { $where: '1' },
    { $regex: '.*' },
    ['alice'],
    { _bsontype: 'ObjectId' },
  ];
  for (const attack of attacks) {
    for (const [path, field] of [
      ['login', 'dev'],
      ['login', 'code'],
      ['refresh', 'refresh'],
      ['logout', 'refresh'],
    ] as const) {
      await assertRefused(
        send(`POST /v1/${path}`, { body: { [field]: attack } }, spied),
        400,
        /must be string/,
      );
    }
  }
  assert.equal(asked, 0);
});

test('S16: hostile JSON is answered, not suffered', async () => {
  const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
  const wide = `{${Array.from({ length: 5_000 }, (_, n) => `"k${n}":1`).join()}}`;
  for (const body of [
    deep,
    `{"dev":${deep}}`,
    wide,
    '{"dev":1e999}',
    '{"dev":"a\\ud800"}',
    '{"dev":"\\u0000"}',
  ]) {
    assert.equal((await send('POST /v1/login', { body })).status, 400, body.slice(0, 40));
  }
  assert.equal(Reflect.get({}, 'dev'), undefined);
  assert.deepEqual(faults, []);
});

test('S1: no token, another scheme, nonsense or an expired token are 401 in the same words', async () => {
  const { access } = await login();
  clock.advance(15 * 60_000);
  const answers = await Promise.all([
    send('GET /v1/me'),
    send('GET /v1/me', { token: '' }),
    send('GET /v1/me', { token: 'nonsense' }),
    send('GET /v1/me', { token: access }),
    send('PATCH /v1/me', { token: access, body: 'not even JSON' }),
    send(`GET /v1/me?token=${access}`),
    send('POST /v1/refresh', { body: { refresh: 'nonsense' } }),
  ]);
  for (const response of answers) {
    assert.equal(response.status, 401);
    assert.equal(response.headers['WWW-Authenticate'], 'Bearer');
    assert.equal(response.body, answers[0].body);
  }
});

test('a profile changes by the fields that are named', async () => {
  const { user, access: token } = await login();
  const change = async (body: object): Promise<unknown> => {
    const response = await send('PATCH /v1/me', { token, body });
    assert.equal(response.status, 200, response.body);
    return JSON.parse(response.body);
  };
  const avatar = `picture-of-${user.id}`;
  assert.deepEqual(await change({ name: '  阿茶 ' }), { id: user.id, name: '阿茶' });
  assert.deepEqual(await change({ avatar }), { id: user.id, name: '阿茶', avatar });
  assert.deepEqual(await change({ name: '茶茶', id: 'other' }), { id: user.id, name: '茶茶', avatar });
  assert.deepEqual(await change({}), { id: user.id, name: '茶茶', avatar });
  assert.deepEqual(await change({ avatar: '' }), { id: user.id, name: '茶茶' });
});

test('a mini-program, whose wx.request knows no PATCH, changes the profile by POST', async () => {
  const { user, access: token } = await login();
  const response = await send('POST /v1/me', { token, body: { name: '阿茶' } });
  assert.deepEqual(JSON.parse(response.body), { id: user.id, name: '阿茶' });
});

test('a name or an avatar that is not allowed changes nothing', async () => {
  const { user, access: token } = await login();
  const cases: [object, RegExp][] = [
    [{ name: '' }, /^name has 0 characters; allowed: 1–32 visible/],
    [{ name: ' \t ' }, /^name has 0 characters/],
    [{ name: '😀'.repeat(33) }, /^name has 33 characters/],
    [{ name: 'a\u0007' }, /^name holds a control character/],
    [{ name: null }, /^name must be string; allowed: /],
    [
      { avatar: 'https://cdn.example/a.png' },
      /^avatar must match pattern .*; allowed: the id of a picture that you uploaded, or "" for none/,
    ],
    [{ avatar: '../a' }, /^avatar must match/],
    [{ avatar: 'a'.repeat(33) }, /^avatar must match/],
    [{ avatar: null }, /^avatar must be string/],
  ];
  for (const [body, message] of cases)
    await assertRefused(send('PATCH /v1/me', { token, body }), 400, message);
  const foreign = { name: 'fine', avatar: 'picture-of-another' };
  await assertRefused(send('PATCH /v1/me', { token, body: foreign }), 404, /^avatar: there is no such file/);
  assert.deepEqual(await store.user(user.id), user);
});

test('healthz is alive even where the store is not', async () => {
  store.ping = () => Promise.reject(new Error('gone'));
  assert.equal((await send('GET /healthz')).status, 200);
});

test('readyz names what is down: refused, thrown or silent for 2 s', async () => {
  assert.equal((await send('GET /readyz')).body, '{"store":"up","bus":"up"}');
  assert.equal(clock.pending, 0);
  const thrown = (): never => {
    throw new Error('closed');
  };
  for (const broken of [() => Promise.reject(new Error('gone')), thrown]) {
    store.ping = broken;
    await assertRefused(send('GET /readyz'), 503, /^Not ready: no answer from the store\.$/);
  }
  bus.ping = () => new Promise(() => undefined);
  const silent = send('GET /readyz');
  await new Promise(setImmediate);
  clock.advance(READY_DEADLINE_MS);
  await assertRefused(silent, 503, /^Not ready: no answer from the store and the bus\.$/);
  assert.match((await silent).body, /"store":"down","bus":"down"/);
  assert.equal(clock.pending, 0);
});

test('readyz asked often has one ping under way, and is up again when that one is answered', async () => {
  let pings = 0;
  let settle = (): void => undefined;
  store.ping = () => {
    pings += 1;
    return new Promise((resolve) => (settle = resolve));
  };
  const asked = Array.from({ length: 50 }, () => send('GET /readyz'));
  await new Promise(setImmediate);
  clock.advance(READY_DEADLINE_MS);
  for (const response of await Promise.all(asked)) assert.equal(response.status, 503);
  const later = send('GET /readyz');
  assert.equal(pings, 1);
  settle();
  assert.equal((await later).status, 200);
  const fresh = send('GET /readyz');
  assert.equal(pings, 2);
  settle();
  assert.equal((await fresh).status, 200);
});

test('the admin listener serves the figures and nothing of the public one', async () => {
  const contentType = 'text/plain; version=0.0.4; charset=utf-8';
  const table = createAdminRoutes({
    metrics: { text: () => Promise.resolve('chahua_sockets 3\n'), contentType },
  });
  const response = await send('GET /metrics', {}, table);
  assert.deepEqual(
    [response.status, response.headers['Content-Type'], response.body],
    [200, contentType, 'chahua_sockets 3\n'],
  );
  assert.equal((await send('GET /v1/me', {}, table)).status, 404);
});

test('accepted templates are told of their person; without a token, or of another form, they count for nothing', async () => {
  const { access: token, user } = await login();
  assert.equal((await send('POST /v1/notices', { token, body: { accepted: ['T'] } })).status, 200);
  assert.deepEqual(accepted, [[user.id, ['T']]]);
  assert.equal((await send('POST /v1/notices', { body: { accepted: ['T'] } })).status, 401);
  for (const body of [{}, { accepted: 'T' }, { accepted: [1] }, { accepted: Array(11).fill('T') }]) {
    const response = await send('POST /v1/notices', { token, body });
    assert.equal(response.status, 400, JSON.stringify(body));
    assert.match(errorIn(response).message, /accepted .*allowed: the ids of at most 10 templates/);
  }
  assert.equal(accepted.length, 1);
});
