import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Refusal } from '../../server/outcome.ts';
import { createLogins, GRACE_MS, REFRESH_TTL_MS } from '../../server/session/logins.ts';
import type { Logins, LoginsDeps } from '../../server/session/logins.ts';
import { createTokens } from '../../server/session/tokens.ts';
import type { Tokens } from '../../server/session/tokens.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { MemoryAccounts } from '../support/memory-accounts.ts';

const KEY = { kid: 'k1', secret: 'uE3x9sVq-L0aPz7RwK2mT5yHcN8dJf1B' };

let clock: ManualClock;
let store: MemoryAccounts;
let tokens: Tokens;
const BANNED = new Refusal('BANNED', 'you are banned', { until: 5, reason: 'spam' });

let welcomed: string[];
let banned: Set<string>;
let hungUp: Parameters<LoginsDeps['hangUp']>[0][];
let logins: Logins;

beforeEach(() => {
  clock = new ManualClock();
  store = new MemoryAccounts();
  tokens = createTokens({ keys: [KEY], clock });
  welcomed = [];
  banned = new Set();
  hungUp = [];
  logins = open({});
});

function open(changes: Partial<LoginsDeps>): Logins {
  let ids = 0;
  return createLogins({
    store,
    tokens,
    // The code is the openid; `wechat.test.ts` has the rest.
    wechat: { exchange: (code) => Promise.resolve({ openid: code }) },
    clock,
    newId: () => `id-${(ids += 1)}`,
    devLogin: true,
    onWelcome: (user) => {
      welcomed.push(user);
      return Promise.resolve();
    },
    mustNotBeBanned: (user) => (banned.has(user) ? Promise.reject(BANNED) : undefined),
    hangUp: (target) => void hungUp.push(target),
    ...changes,
  });
}

async function assertUnauthorized(attempt: Promise<unknown>): Promise<void> {
  await assert.rejects(attempt, (error) => {
    assert.ok(error instanceof Refusal, String(error));
    assert.deepEqual(error.toBody(), {
      code: 'UNAUTHORIZED',
      message: 'The token is missing, invalid, expired or revoked.',
    });
    return true;
  });
}

test('a login gives a user and a pair of tokens, and the access token is good', async () => {
  const { user, access, expiresAt, refresh } = await logins.login({ dev: 'alice' });
  assert.equal(user.name, 'alice');
  assert.match(refresh, /^[A-Za-z0-9_-]{43}$/);
  const who = await logins.authenticate(access);
  assert.deepEqual({ ...who, sid: '' }, { user, sid: '', role: 'user', kid: 'k1', expiresAt });
  assert.notEqual(who.sid, user.id);
});

test('the same dev name is the same user, with a login of its own each time', async () => {
  const first = await logins.login({ dev: 'alice' });
  const again = await logins.login({ dev: '  alice ' });
  const other = await logins.login({ dev: 'bob' });
  assert.equal(again.user.id, first.user.id);
  assert.notEqual(other.user.id, first.user.id);
  const sids = await Promise.all(
    [first, again].map(async ({ access }) => (await logins.authenticate(access)).sid),
  );
  assert.notEqual(sids[0], sids[1]);
});

test('a dev name is one name however its accents were typed', async () => {
  const composed = await logins.login({ dev: 'caf\u00e9' });
  const decomposed = await logins.login({ dev: 'cafe\u0301' });
  assert.equal(decomposed.user.id, composed.user.id);
});

test('a dev name has 1–32 characters, counted as a person counts them, and nothing invisible alone or in control', async () => {
  for (const dev of ['茶', '😀'.repeat(32), 'a b', 'O’Neil', '👩‍👩‍👧', 'x'.repeat(32)])
    await logins.login({ dev });
  const bad = [
    '',
    '   ',
    'x'.repeat(33),
    '😀'.repeat(33),
    'a\u0000',
    'a\nb',
    'a\u2028b',
    '\ud800',
    'a\u202eb',
    '\u200b\u200d',
  ];
  for (const dev of bad) {
    await assert.rejects(
      logins.login({ dev }),
      { code: 'BAD_REQUEST', message: /^dev .*; allowed: 1–32 visible / },
      dev,
    );
  }
});

test('login by name is refused where it is off, and makes no user', async () => {
  logins = open({ devLogin: false });
  await assert.rejects(logins.login({ dev: 'alice' }), { code: 'FORBIDDEN' });
  assert.equal(store.dump(), JSON.stringify([[], [], [], []]));
});

test('S30: a new WeChat user gets a neutral name and an id that has nothing of the openid', async () => {
  const { user } = await logins.login({ code: 'openid-abc' });
  assert.match(user.name, /^茶友[A-Za-z0-9]{1,4}$/);
  assert.ok(!JSON.stringify(user).includes('openid-abc'));
  await store.changeUser(user.id, { name: '阿茶' });
  const again = await logins.login({ code: 'openid-abc' });
  assert.deepEqual(again.user, { id: user.id, name: '阿茶' });
});

test('a dev name and an openid of the same spelling are two users', async () => {
  const dev = await logins.login({ dev: 'same' });
  const code = await logins.login({ code: 'same' });
  assert.notEqual(dev.user.id, code.user.id);
});

test('S31: a code that WeChat refuses makes no user, and the refusal is passed on', async () => {
  const refusal = new Refusal('UNAUTHORIZED', 'no');
  logins = open({ wechat: { exchange: () => Promise.reject(refusal) } });
  await assert.rejects(logins.login({ code: 'x' }), refusal);
  assert.equal(store.dump(), JSON.stringify([[], [], [], []]));
  assert.deepEqual(welcomed, []);
});

test('everybody who logs in is welcomed each time; where that fails there is no login', async () => {
  const { user } = await logins.login({ dev: 'alice' });
  await logins.login({ dev: 'alice' });
  assert.deepEqual(welcomed, [user.id, user.id]);
  logins = open({ onWelcome: () => Promise.reject(new Refusal('UNAVAILABLE', 'store')) });
  const before = store.dump();
  await assert.rejects(logins.login({ dev: 'alice' }), { code: 'UNAVAILABLE' });
  assert.equal(store.dump(), before);
});

test('a refresh gives a new pair of the same login', async () => {
  const first = await logins.login({ dev: 'alice' });
  clock.advance(14 * 60_000);
  const next = await logins.refresh(first.refresh);
  assert.notEqual(next.refresh, first.refresh);
  assert.equal(next.expiresAt, first.expiresAt + 14 * 60_000);
  const [was, is] = await Promise.all([logins.authenticate(first.access), logins.authenticate(next.access)]);
  assert.deepEqual({ ...is, expiresAt: 0 }, { ...was, expiresAt: 0 });
});

test('a refresh sent again within 30 s gives the same pair, byte for byte', async () => {
  const { refresh } = await logins.login({ dev: 'alice' });
  const first = await logins.refresh(refresh);
  clock.advance(GRACE_MS);
  assert.deepEqual(await logins.refresh(refresh), first);
  await logins.refresh(first.refresh);
  assert.deepEqual(hungUp, []);
});

test('two refreshes at the same moment get one and the same pair', async () => {
  const { refresh } = await logins.login({ dev: 'alice' });
  const [one, two] = await Promise.all([logins.refresh(refresh), logins.refresh(refresh)]);
  assert.deepEqual(one, two);
});

test('a refresh token that comes back after 30 s ends the whole login and its sockets', async () => {
  const { user, refresh } = await logins.login({ dev: 'alice' });
  const { sid } = await logins.authenticate((await logins.login({ dev: 'alice' })).access);
  const next = await logins.refresh(refresh);
  const last = await logins.refresh(next.refresh);
  clock.advance(GRACE_MS + 1);
  await assertUnauthorized(logins.refresh(refresh));
  assert.equal(hungUp.length, 1);
  assert.deepEqual(
    { ...hungUp[0], sid: '' },
    { user: user.id, sid: '', closeCode: 4401, reason: 'a refresh token was used twice' },
  );
  assert.notEqual(hungUp[0]!.sid, sid);
  for (const token of [refresh, next.refresh, last.refresh]) await assertUnauthorized(logins.refresh(token));
  await assertUnauthorized(logins.authenticate(last.access));
  assert.equal(hungUp.length, 1);
});

test('another login of the same user outlives one that was ended', async () => {
  const stolen = await logins.login({ dev: 'alice' });
  const other = await logins.login({ dev: 'alice' });
  await logins.refresh(stolen.refresh);
  clock.advance(GRACE_MS + 1);
  await assertUnauthorized(logins.refresh(stolen.refresh));
  await logins.authenticate(other.access);
  await logins.refresh(other.refresh);
});

test('a login that is used lives on, one that is not ends after 30 days', async () => {
  let { refresh } = await logins.login({ dev: 'alice' });
  for (let turn = 0; turn < 3; turn += 1) {
    clock.advance(REFRESH_TTL_MS - 1);
    ({ refresh } = await logins.refresh(refresh));
  }
  clock.advance(REFRESH_TTL_MS);
  await assertUnauthorized(logins.refresh(refresh));
  assert.deepEqual(hungUp, []);
});

test('a logout ends the login and its sockets at once', async () => {
  const { user, access, refresh } = await logins.login({ dev: 'alice' });
  const { sid } = await logins.authenticate(access);
  await logins.logout(refresh);
  assert.deepEqual(hungUp, [{ user: user.id, sid, closeCode: 4401, reason: 'logged out' }]);
  await assertUnauthorized(logins.authenticate(access));
  await assertUnauthorized(logins.refresh(refresh));
});

test('a logout with a token that was replaced ends the login too', async () => {
  const { refresh } = await logins.login({ dev: 'alice' });
  const next = await logins.refresh(refresh);
  await logins.logout(refresh);
  await assertUnauthorized(logins.authenticate(next.access));
});

test('a logout twice, or with what is no token, is answered and changes nothing', async () => {
  const { refresh } = await logins.login({ dev: 'alice' });
  const other = await logins.login({ dev: 'alice' });
  await logins.logout(refresh);
  for (const token of [refresh, '', 'nonsense', 'x'.repeat(43), other.access]) await logins.logout(token);
  assert.equal(hungUp.length, 1);
  await logins.authenticate(other.access);
});

test('S1, S4: neither a refresh token nor nonsense is an access token, nor the other way round', async () => {
  const { access, refresh } = await logins.login({ dev: 'alice' });
  for (const token of [refresh, '', 'nonsense', `${access}x`])
    await assertUnauthorized(logins.authenticate(token));
  for (const token of [access, '', 'nonsense', 'x'.repeat(43), `${refresh}=`])
    await assertUnauthorized(logins.refresh(token));
});

test('a token is refused where it names no login, another user’s login, or a user who is gone', async () => {
  const alice = await logins.login({ dev: 'alice' });
  const bob = await logins.login({ dev: 'bob' });
  const { sid } = await logins.authenticate(alice.access);
  const sign = (holder: Parameters<Tokens['sign']>[0]): string => tokens.sign(holder).access;
  await assertUnauthorized(logins.authenticate(sign({ user: alice.user.id, role: 'user' })));
  await assertUnauthorized(logins.authenticate(sign({ user: alice.user.id, sid: 'unknown', role: 'user' })));
  await assertUnauthorized(logins.authenticate(sign({ user: bob.user.id, sid, role: 'user' })));
  store.removeUser(alice.user.id);
  await assertUnauthorized(logins.authenticate(alice.access));
});

test('the store holds no token, not even sealed in a way that it could open', async () => {
  const first = await logins.login({ dev: 'alice' });
  const next = await logins.refresh(first.refresh);
  const dump = store.dump();
  for (const token of [first.refresh, first.access, next.refresh, next.access])
    assert.ok(!dump.includes(token));
  const [, sealed] = /"sealed":"([A-Za-z0-9_-]+)"/.exec(dump)!;
  assert.ok(!Buffer.from(sealed!, 'base64url').toString('latin1').includes('refresh'));
});

test('a sealed pair that was changed in the store gives nothing', async () => {
  const { refresh } = await logins.login({ dev: 'alice' });
  await logins.refresh(refresh);
  const rotate = store.rotate.bind(store);
  store.rotate = async (turn) => {
    const rotation = await rotate(turn);
    if (rotation.outcome !== 'repeated') return rotation;
    const bytes = Buffer.from(rotation.sealed, 'base64url');
    bytes[bytes.length - 1]! ^= 1;
    return { ...rotation, sealed: bytes.toString('base64url') };
  };
  await assert.rejects(logins.refresh(refresh));
});

test('while the store is out of reach nothing is answered but that', async () => {
  const { access, refresh } = await logins.login({ dev: 'alice' });
  const down = (): Promise<never> => Promise.reject(new Refusal('UNAVAILABLE', 'the store'));
  Object.assign(store, { login: down, loginOf: down, userOf: down });
  for (const attempt of [
    logins.authenticate(access),
    logins.refresh(refresh),
    logins.login({ dev: 'a' }),
    logins.logout(refresh),
  ]) {
    await assert.rejects(attempt, { code: 'UNAVAILABLE' });
  }
});

test('whoever is banned neither logs in, nor refreshes, nor is let in by an access token', async () => {
  const { user, access, refresh } = await logins.login({ dev: 'alice' });
  banned.add(user.id);
  for (const attempt of [
    logins.login({ dev: 'alice' }),
    logins.refresh(refresh),
    logins.authenticate(access),
  ]) {
    await assert.rejects(attempt, BANNED);
  }
  assert.equal(welcomed.length, 1);
  banned.clear();
  // The refused refresh has not used the token up.
  await logins.refresh(refresh);
});
