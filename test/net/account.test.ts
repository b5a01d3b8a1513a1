import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAccount } from '../../miniprogram/net/account.ts';
import { createWxHttp } from '../../miniprogram/net/wx-http.ts';
import { createWired } from '../support/wired.ts';

async function setUp() {
  const wired = await createWired();
  const account = createAccount(createWxHttp(wired.wx, 'http://server', wired.wx.clock), wired.tokens);
  /** What `asked` gives once time has passed. */
  async function soon<T>(asked: Promise<T>): Promise<T> {
    await Promise.race([asked.catch(() => undefined), wired.run(1_000)]);
    return asked;
  }
  return { ...wired, account, soon };
}

test('a changed name is the server’s answer, and the kept login bears it', async () => {
  const { account, soon, tokens } = await setUp();
  assert.equal((await soon(account.change({ name: 'Alice' }))).name, 'Alice');
  assert.equal(tokens.user?.name, 'Alice');
});

test('a picture is uploaded, then named in the profile', async () => {
  const { account, soon, server, wx } = await setUp();
  wx.files.add('wxfile://picture.png');
  assert.equal((await soon(account.changeAvatar('wxfile://picture.png'))).avatar, 'f_1');
  assert.deepEqual(server.logins.calls.slice(-2), ['/v1/files', '/v1/me']);
});

test('a token that the server does not take any more is exchanged, and the call made once more', async () => {
  const { account, soon, server } = await setUp();
  server.logins.revokeAccess();
  assert.equal((await soon(account.change({ name: 'Alice' }))).name, 'Alice');
  assert.deepEqual(server.logins.calls, ['/v1/login', '/v1/me', '/v1/refresh', '/v1/me']);
});

test('without a network it is OFFLINE', async () => {
  const { account, soon, wx } = await setUp();
  wx.isCut = true;
  await assert.rejects(soon(account.change({ name: 'Alice' })), { code: 'OFFLINE' });
});

test('an upload tells how far it is; a file that is gone is NO_FILE and no fault of the network', async () => {
  const { account, soon, wx } = await setUp();
  wx.files.add('wxfile://picture.png');
  const told: number[] = [];
  assert.equal(await soon(account.upload('wxfile://picture.png', (percent) => told.push(percent))), 'f_1');
  assert.deepEqual(told, [40]);
  await assert.rejects(soon(account.upload('wxfile://gone.png')), { code: 'NO_FILE' });
});
