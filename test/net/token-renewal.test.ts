/** How a connection keeps its token alive, and what it does when the server does not take it (M23). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLive, createWired } from '../support/wired.ts';
import type { Wired } from '../support/wired.ts';

const MINUTE = 60_000;
const renewals = ({ server }: Wired): number =>
  server.heard.filter(({ op }) => op === 'session.renew').length;

test('a token is renewed on the same socket a minute before it ends, again and again', async () => {
  const wired = await createLive();
  await wired.run(13 * MINUTE);
  assert.equal(renewals(wired), 0);
  await wired.run(2 * MINUTE);
  assert.equal(renewals(wired), 1);
  await wired.run(60 * MINUTE);
  assert.ok(renewals(wired) >= 5);
  assert.equal(wired.wx.opened, 1);
  assert.equal(wired.state(), 'live');
});

test('a renewal that is lost: a new socket with the new token', async () => {
  const wired = await createLive();
  wired.server.faults.ignore.add('session.renew');
  await wired.run(14 * MINUTE + 15_000);
  assert.equal(wired.wx.opened, 2);
  assert.equal(wired.state(), 'live');
  const hellos = wired.server.heard.filter(({ op }) => op === 'session.hello');
  assert.deepEqual(
    hellos.map(({ body }) => body['token']),
    ['access-1', 'access-2'],
  );
});

test('the refresh finds no server for a while: it is tried again before the token ends, on the same socket', async () => {
  const wired = await createLive();
  wired.server.logins.faults.unavailable = 5;
  await wired.run(15 * MINUTE);
  assert.equal(renewals(wired), 1);
  assert.equal(wired.wx.opened, 1);
});

test('the login is over when the token is to be renewed: told once, and no connection any more', async () => {
  const wired = await createLive();
  wired.server.logins.revokeAll();
  await wired.run(15 * MINUTE);
  assert.deepEqual(wired.refused, [{ reason: 'expired' }]);
  assert.equal(wired.state(), 'idle');
  assert.equal(wired.wx.alive, 0);
});

test('closed with 4401: a new token, and back', async () => {
  const wired = await createLive();
  wired.server.logins.revokeAccess();
  wired.server.close(4401, 'revoked');
  await wired.run(1_000);
  assert.equal(wired.state(), 'live');
  assert.deepEqual(wired.server.logins.calls, ['/v1/login', '/v1/refresh']);
});

test('hello refused for its token: a new one, and back', async () => {
  const wired = await createWired();
  wired.server.logins.revokeAccess();
  wired.connection.start();
  await wired.run(1_000);
  assert.equal(wired.state(), 'live');
});

test('a token refused again and again is not asked for without end: the backoff holds', async () => {
  const wired = await createLive();
  for (let round = 0; round < 400; round += 1) {
    wired.server.close(4401, 'no');
    await wired.run(100);
  }
  const refreshes = wired.server.logins.calls.filter((path) => path === '/v1/refresh').length;
  assert.ok(refreshes <= 8, `${refreshes} in 40 s`);
});

test('refresh refused while coming back: signed out, nothing is tried any more', async () => {
  const wired = await createLive();
  wired.server.logins.revokeAll();
  wired.server.close(4401, 'revoked');
  await wired.run(120_000);
  assert.deepEqual(wired.refused, [{ reason: 'expired' }]);
  assert.equal(wired.state(), 'idle');
  assert.equal(wired.wx.opened, 1);
});

test('no network for the refresh while coming back: tried again until there is', async () => {
  const wired = await createLive();
  wired.wx.isCut = true;
  wired.server.logins.revokeAccess();
  wired.server.close(4401, 'revoked');
  await wired.run(20_000);
  wired.wx.isCut = false;
  await wired.run(20_000);
  assert.equal(wired.state(), 'live');
  assert.deepEqual(wired.refused, []);
});

test('frozen for 31 min, past the end of the token: a new one before the new hello', async () => {
  const wired = await createLive();
  wired.connection.hide();
  wired.wx.freeze();
  wired.wx.loseSockets();
  await wired.run(31 * MINUTE);
  wired.wx.thaw();
  wired.connection.show();
  await wired.run(5_000);
  assert.equal(wired.state(), 'live');
  assert.equal(wired.wx.alive, 1);
});
