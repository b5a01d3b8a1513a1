import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { Refusal } from '../../server/outcome.ts';
import type { WechatApp } from '../../server/config.ts';
import { createWechatApi, type WechatApiDeps } from '../../server/wechat/api.ts';
import { createWechatLogin, EXCHANGE_DEADLINE_MS, MAX_EXCHANGES } from '../../server/wechat/login.ts';
import type { WechatLogin } from '../../server/wechat/login.ts';
import type { Trouble } from '../../server/wechat/trouble.ts';
import { APPID, FakeWechat, SECRET, SESSION_KEY } from '../support/fake-wechat/fake-wechat.ts';
import { ManualClock } from '../support/manual-clock.ts';

const APP = { appid: APPID, secret: SECRET };
const UNAVAILABLE = {
  code: 'UNAVAILABLE',
  message: 'WeChat could not be asked; try again.',
  retryAfterMs: 3_000,
};

let clock: ManualClock;
let fake: FakeWechat;
let troubles: Trouble[];
let wechat: WechatLogin;

before(async () => {
  fake = await FakeWechat.start(() => clock.now());
});
after(() => fake.stop());
beforeEach(() => {
  clock = new ManualClock();
  fake.moods.login = 'well';
  wechat = open({});
});
afterEach(() => assert.equal(clock.pending, 0, 'a deadline was left behind'));

function open({ app = APP, ...changes }: Partial<WechatApiDeps> & { app?: WechatApp }): WechatLogin {
  return openWith(app, changes);
}

function openWith(app: WechatApp | undefined, changes: Partial<WechatApiDeps> = {}): WechatLogin {
  troubles = [];
  const onTrouble = (trouble: Trouble): void => void troubles.push(trouble);
  const api = createWechatApi({ base: fake.api, fetch, clock, maxCalls: MAX_EXCHANGES, ...changes });
  return createWechatLogin({ app, api, onTrouble });
}

/** The refusal of an exchange as it would go out; also looks for what must never be in an error. */
async function refusalOf(exchange: Promise<unknown>): Promise<object> {
  const error: unknown = await exchange.then(
    () => assert.fail('the code was accepted'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Refusal, String(error));
  assert.equal(error.cause, undefined);
  const everything = `${error.stack}${JSON.stringify(error)}${JSON.stringify(troubles)}`;
  for (const secret of [SECRET, SESSION_KEY, 'code-', 'openid-'])
    assert.ok(!everything.includes(secret), everything);
  return error.toBody();
}

test('a good code gives the openid, the unionid where there is one, and never the session_key', async () => {
  assert.deepEqual(await wechat.exchange(fake.login.code('openid-1')), { openid: 'openid-1' });
  assert.deepEqual(await wechat.exchange(fake.login.code('openid-2', 'union-2')), {
    openid: 'openid-2',
    unionid: 'union-2',
  });
  assert.deepEqual(troubles, []);
});

test('a code of any characters arrives as it is', async () => {
  let asked: URL | undefined;
  const text = (): Promise<string> => Promise.resolve('{"openid":"o"}');
  wechat = open({
    base: 'https://proxy.example/wechat',
    fetch: (url) => {
      asked = url;
      return Promise.resolve({ ok: true, text });
    },
  });
  await wechat.exchange('a&secret=b#c d');
  assert.equal(asked?.origin, 'https://proxy.example');
  assert.equal(asked?.pathname, '/wechat/sns/jscode2session');
  assert.deepEqual(Object.fromEntries(asked.searchParams), {
    appid: APPID,
    secret: SECRET,
    js_code: 'a&secret=b#c d',
    grant_type: 'authorization_code',
  });
});

test('S31: a code that is wrong, used, or more than five minutes old is UNAUTHORIZED', async () => {
  const unauthorized = {
    code: 'UNAUTHORIZED',
    message: 'WeChat does not accept this code: it is wrong, used or too old.',
  };
  assert.deepEqual(await refusalOf(wechat.exchange('nonsense')), unauthorized);
  const code = fake.login.code('openid-1');
  await wechat.exchange(code);
  assert.deepEqual(await refusalOf(wechat.exchange(code)), unauthorized);
  const old = fake.login.code('openid-1');
  clock.advance(5 * 60_000 + 1);
  assert.deepEqual(await refusalOf(wechat.exchange(old)), unauthorized);
  assert.deepEqual(troubles, []);
});

test('S31: more than 100 logins a minute of one user are RATE_LIMITED for a minute', async () => {
  for (let n = 0; n < 100; n += 1) await wechat.exchange(fake.login.code('openid-eager'));
  const { code, retryAfterMs } = (await refusalOf(
    wechat.exchange(fake.login.code('openid-eager')),
  )) as Refusal;
  assert.deepEqual({ code, retryAfterMs }, { code: 'RATE_LIMITED', retryAfterMs: 60_000 });
  await wechat.exchange(fake.login.code('openid-1'));
  clock.advance(60_000);
  await wechat.exchange(fake.login.code('openid-eager'));
});

test('a user whom WeChat blocks is FORBIDDEN', async () => {
  fake.login.block('openid-bad');
  assert.deepEqual(await refusalOf(wechat.exchange(fake.login.code('openid-bad'))), {
    code: 'FORBIDDEN',
    message: 'WeChat has blocked this user from logging in.',
  });
});

test('a wrong AppID or AppSecret is UNAVAILABLE to the person and told to the operator', async () => {
  wechat = open({ app: { ...APP, appid: 'wxffffffffffffffff' } });
  assert.deepEqual(await refusalOf(wechat.exchange(fake.login.code('openid-1'))), UNAVAILABLE);
  assert.deepEqual(troubles, [{ name: 'errcode', call: 'login', errcode: 40013 }]);
  wechat = open({ app: { ...APP, secret: 'another-secret' } });
  assert.deepEqual(await refusalOf(wechat.exchange(fake.login.code('openid-1'))), UNAVAILABLE);
  assert.deepEqual(troubles, [{ name: 'errcode', call: 'login', errcode: 40125 }]);
});

test('S31: WeChat busy, broken, under maintenance or gone is UNAVAILABLE, and well again afterwards', async () => {
  const expected = {
    busy: { name: 'errcode', call: 'login', errcode: -1 },
    broken: { name: 'no-answer', call: 'login', why: 'status' },
    html: { name: 'no-answer', call: 'login', why: 'not-json' },
  } as const;
  for (const mood of ['busy', 'broken', 'html'] as const) {
    wechat = open({});
    fake.moods.login = mood;
    assert.deepEqual(await refusalOf(wechat.exchange(fake.login.code('openid-1'))), UNAVAILABLE);
    assert.deepEqual(troubles, [expected[mood]]);
  }
  fake.moods.login = 'well';
  await wechat.exchange(fake.login.code('openid-1'));
  wechat = open({ base: 'http://127.0.0.1:1' });
  assert.deepEqual(await refusalOf(wechat.exchange('any')), UNAVAILABLE);
  assert.deepEqual(troubles, [{ name: 'no-answer', call: 'login', why: 'unreachable' }]);
});

test('WeChat silent for 5 s is UNAVAILABLE, and the call to it is given up', async () => {
  fake.moods.login = 'silent';
  const silence = fake.nextWait();
  const exchange = refusalOf(wechat.exchange(fake.login.code('openid-1')));
  await silence;
  clock.advance(EXCHANGE_DEADLINE_MS);
  assert.deepEqual(await exchange, UNAVAILABLE);
  assert.deepEqual(troubles, [{ name: 'no-answer', call: 'login', why: 'timeout' }]);
  assert.equal(clock.pending, 0);
});

test('an answer that is JSON but not an identity is UNAVAILABLE', async () => {
  for (const body of [
    'null',
    '[]',
    '"x"',
    '{}',
    '{"openid":""}',
    '{"openid":7}',
    '{"errcode":"x"}',
    '{"openid":{"$ne":1}}',
  ]) {
    wechat = open({ fetch: () => Promise.resolve({ ok: true, text: () => Promise.resolve(body) }) });
    assert.deepEqual(await refusalOf(wechat.exchange('any')), UNAVAILABLE, body);
  }
});

test('an errcode that is written as a string, as in the documents of third-party platforms, counts too', async () => {
  const body = '{"errcode":"40029","errmsg":"invalid code"}';
  wechat = open({ fetch: () => Promise.resolve({ ok: true, text: () => Promise.resolve(body) }) });
  assert.equal(((await refusalOf(wechat.exchange('any'))) as Refusal).code, 'UNAUTHORIZED');
});

test('a server without an AppID says so and asks nobody', async () => {
  wechat = openWith(undefined);
  const calls = fake.calls.login;
  assert.deepEqual(await refusalOf(wechat.exchange(fake.login.code('openid-1'))), {
    code: 'FORBIDDEN',
    message: 'WeChat login is not configured on this server: WECHAT_APPID and WECHAT_SECRET are unset.',
  });
  assert.equal(fake.calls.login, calls);
});

test('past the most exchanges under way at once the next is UNAVAILABLE, until one is done', async () => {
  const answers: ((text: string) => void)[] = [];
  const text = (): Promise<string> => new Promise((resolve) => answers.push(resolve));
  wechat = open({ fetch: () => Promise.resolve({ ok: true, text }) });
  const open100 = Array.from({ length: MAX_EXCHANGES }, () => wechat.exchange('any'));
  assert.deepEqual(await refusalOf(wechat.exchange('one too many')), UNAVAILABLE);
  assert.equal(answers.length, MAX_EXCHANGES);
  answers.forEach((answer) => answer('{"openid":"o"}'));
  await Promise.all(open100);
  const next = wechat.exchange('any');
  await new Promise(setImmediate);
  answers.at(-1)!('{"openid":"o"}');
  assert.deepEqual(await next, { openid: 'o' });
});
