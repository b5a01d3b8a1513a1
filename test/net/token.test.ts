import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tokens } from '../../miniprogram/net/token.ts';
import type { Login, Refused } from '../../miniprogram/net/token.ts';
import { createWxHttp } from '../../miniprogram/net/wx-http.ts';
import { FakeLogins } from '../support/fake-logins.ts';
import { FakeStorage } from '../support/fake-storage.ts';
import { FakeWx } from '../support/fake-wx.ts';
import type { HttpCall } from '../support/fake-wx.ts';
import { ManualClock } from '../support/manual-clock.ts';

const MINUTE = 60_000;

function setUp() {
  const clock = new ManualClock();
  const logins = new FakeLogins(clock);
  const shelf: { login: unknown } = { login: null };
  const refused: Refused[] = [];
  const hold: { answers: Promise<void> | null } = { answers: null };
  const network = {
    connect: () => assert.fail('no sockets here'),
    async fetch(call: HttpCall) {
      await hold.answers;
      return logins.answer(call);
    },
  };
  const wx = new FakeWx({ network, clock, storage: new FakeStorage() });
  const open = (): Tokens =>
    new Tokens({
      http: createWxHttp(wx, 'http://server', clock),
      clock,
      shelf: {
        read: () => shelf.login,
        write: (login: Login) => (shelf.login = structuredClone(login)),
        remove: () => (shelf.login = null),
      },
      refused: (why) => refused.push(why),
    });
  const refreshes = (): number => logins.calls.filter((path) => path === '/v1/refresh').length;
  return { clock, logins, wx, shelf, refused, hold, open, tokens: open(), refreshes };
}

test('a login is kept, and is there when the app starts again', async () => {
  const { tokens, open } = setUp();
  assert.equal(tokens.user, null);
  await assert.rejects(tokens.access(), { code: 'UNAUTHORIZED' });
  await tokens.login({ dev: 'alice' });
  const again = open();
  assert.equal(again.user?.name, 'alice');
  assert.equal(await again.access(), 'access-1');
});

test('what is no login on the shelf is no login', () => {
  const { shelf, open } = setUp();
  for (const junk of [undefined, '', 7, {}, { access: 'a', refresh: 'b' }]) {
    shelf.login = junk;
    assert.equal(open().user, null);
  }
});

test('a token with a minute to live is used, one with less is exchanged first', async () => {
  const { tokens, clock, refreshes } = setUp();
  await tokens.login({ dev: 'alice' });
  clock.advance(14 * MINUTE);
  assert.equal(await tokens.access(), 'access-1');
  clock.advance(1);
  assert.equal(await tokens.access(), 'access-2');
  assert.equal(refreshes(), 1);
});

test('many who need a token at once share one refresh', async () => {
  const { tokens, refreshes } = setUp();
  await tokens.login({ dev: 'alice' });
  tokens.reject();
  const got = await Promise.all([tokens.access(), tokens.refresh(), tokens.access()]);
  assert.deepEqual(got, ['access-2', 'access-2', 'access-2']);
  assert.equal(refreshes(), 1);
});

test('a refresh whose answer was lost, sent again within 30 s, gives the same pair', async () => {
  const { tokens, clock, logins } = setUp();
  await tokens.login({ dev: 'alice' });
  logins.faults.loseAnswers = 1;
  await assert.rejects(tokens.refresh(), { code: 'OFFLINE' });
  clock.advance(29_000);
  assert.equal(await tokens.refresh(), 'access-2');
  assert.equal(await tokens.refresh(), 'access-3');
});

test('the app is killed before the answer: the next start sends the same refresh token', async () => {
  const { tokens, logins, open } = setUp();
  await tokens.login({ dev: 'alice' });
  logins.faults.loseAnswers = 1;
  await assert.rejects(tokens.refresh());
  const again = open();
  again.reject();
  assert.equal(await again.access(), 'access-2');
});

test('a refusal forgets the login and says so once', async () => {
  const { tokens, logins, refused, shelf } = setUp();
  await tokens.login({ dev: 'alice' });
  logins.revokeAll();
  await assert.rejects(tokens.refresh(), { code: 'UNAUTHORIZED' });
  await assert.rejects(tokens.refresh(), { code: 'UNAUTHORIZED' });
  assert.deepEqual(refused, [{ reason: 'expired' }]);
  assert.equal(tokens.user, null);
  assert.equal(shelf.login, null);
});

test('a server that cannot answer now, or no network, is no refusal', async () => {
  const { tokens, logins, wx, refused } = setUp();
  await tokens.login({ dev: 'alice' });
  logins.faults.unavailable = 1;
  await assert.rejects(tokens.refresh(), { code: 'UNAVAILABLE' });
  wx.isCut = true;
  await assert.rejects(tokens.refresh(), { code: 'OFFLINE' });
  wx.isCut = false;
  assert.equal(await tokens.refresh(), 'access-2');
  assert.deepEqual(refused, []);
});

test('an answer that the platform swallowed is waited for 10 s, then the same is asked again', async () => {
  const { tokens, clock, hold } = setUp();
  await tokens.login({ dev: 'alice' });
  hold.answers = new Promise(() => undefined);
  const refused = assert.rejects(tokens.refresh(), { code: 'OFFLINE' });
  await clock.run(10_000);
  await refused;
  hold.answers = null;
  assert.equal(await tokens.refresh(), 'access-2');
});

test('signed out while a refresh is under way: its answer belongs to nobody', async () => {
  const { tokens, clock, hold, shelf, logins } = setUp();
  await tokens.login({ dev: 'alice' });
  let answer = (): void => undefined;
  hold.answers = new Promise((resolve) => (answer = resolve));
  const asked = assert.rejects(tokens.refresh(), { code: 'UNAUTHORIZED' });
  const left = tokens.logout();
  answer();
  await clock.run(10);
  await Promise.all([asked, left]);
  assert.equal(tokens.user, null);
  assert.equal(shelf.login, null);
  assert.ok(logins.calls.includes('/v1/logout'));
});

test('signing out without a network forgets the login all the same', async () => {
  const { tokens, wx } = setUp();
  await tokens.login({ dev: 'alice' });
  wx.isCut = true;
  await tokens.logout();
  assert.equal(tokens.user, null);
});

test('a phone whose clock is an hour fast does not refresh at every turn once it knows the server’s time', async () => {
  const { tokens, clock, refreshes } = setUp();
  await tokens.login({ dev: 'alice' });
  const serverTime = clock.now();
  clock.adjust(60 * MINUTE);
  tokens.learn(serverTime);
  await tokens.access();
  assert.equal(refreshes(), 0);
  assert.equal(tokens.serverNow(), serverTime);
});
