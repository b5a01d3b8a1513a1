import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWxHttp } from '../../miniprogram/net/wx-http.ts';
import { FakeStorage } from '../support/fake-storage.ts';
import { FakeWx, NO_NETWORK } from '../support/fake-wx.ts';
import { ManualClock } from '../support/manual-clock.ts';

function setUp() {
  const clock = new ManualClock();
  let answer = (): void => undefined;
  const silence = new Promise<void>((resolve) => (answer = resolve));
  const network = { ...NO_NETWORK, fetch: () => silence.then(() => ({ status: 200, body: {} })) };
  const wx = new FakeWx({ network, clock, storage: new FakeStorage(), files: ['wxfile://p.png'] });
  const http = createWxHttp(wx, 'http://server', wx.clock);
  return { clock, wx, http, answer };
}

test('an upload that the platform has forgotten ends, a little after its own timeout', async () => {
  const { clock, http } = setUp();
  let code = '';
  void http
    .upload({ path: '/v1/files', token: 't', filePath: 'wxfile://p.png' })
    .catch((error: { code: string }) => (code = error.code));
  await clock.run(61_000);
  assert.equal(code, '');
  await clock.run(1_000);
  assert.equal(code, 'OFFLINE');
});

test('frozen over the answer and the end of the wait: the answer counts, though it comes behind', async () => {
  const { clock, wx, http, answer } = setUp();
  const asked = http.send({ method: 'POST', path: '/v1/refresh' });
  wx.freeze();
  await clock.run(60_000);
  answer();
  await clock.run(60_000);
  wx.thaw();
  assert.equal((await asked).status, 200);
});

test('frozen, and no answer at all: told soon after the thaw', async () => {
  const { clock, wx, http } = setUp();
  const asked = assert.rejects(http.send({ method: 'POST', path: '/v1/refresh' }), { code: 'OFFLINE' });
  wx.freeze();
  await clock.run(60_000);
  wx.thaw();
  await clock.run(2_000);
  await asked;
});
