/** What the background does to a connection (platform §4): JS stands still, sockets die without a word. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLive } from '../support/wired.ts';
import type { Wired } from '../support/wired.ts';

const hellos = ({ server }: Wired): number => server.heard.filter(({ op }) => op === 'session.hello').length;

/** Hidden, frozen 5 s later, shown after `ms`. */
async function away(wired: Wired, ms: number): Promise<void> {
  wired.connection.hide();
  await wired.run(5_000);
  wired.wx.freeze();
  await wired.run(ms - 5_000);
}

function comeBack({ wx, connection }: Wired): void {
  wx.thaw();
  connection.show();
}

for (const [words, ms] of [
  ['6 s', 6_000],
  ['10 min', 600_000],
] as const) {
  test(`frozen for ${words}, the socket lost without a word: live again within 3 s over one new socket`, async () => {
    const wired = await createLive();
    await away(wired, ms);
    wired.wx.loseSockets();
    comeBack(wired);
    await wired.run(3_000);
    assert.equal(wired.state(), 'live');
    assert.equal(wired.wx.opened, 2);
    assert.equal(hellos(wired), 2);
    await wired.run(60_000);
    assert.equal(wired.wx.opened, 2);
  });

  test(`frozen for ${words}, the socket half open: given up 2 s after the app is shown`, async () => {
    const wired = await createLive();
    await away(wired, ms);
    wired.wx.halfOpenSockets();
    comeBack(wired);
    await wired.run(1_900);
    assert.equal(wired.wx.opened, 1);
    await wired.run(500);
    assert.equal(wired.state(), 'live');
    assert.equal(wired.wx.opened, 2);
  });
}

test('frozen for 6 s and the socket lives: it is kept, and what was asked before is answered', async () => {
  const wired = await createLive();
  wired.connection.hide();
  await wired.run(4_995);
  const asked = wired.connection.request('room.list', {});
  wired.wx.freeze();
  await wired.run(6_000);
  comeBack(wired);
  await wired.run(3_000);
  assert.equal((await asked).rooms.length, 1);
  assert.equal(wired.wx.opened, 1);
});

test('a request that hung over a freeze of 10 min is not given up before the thaw has been heard out', async () => {
  const wired = await createLive();
  wired.server.latencyMs = 300_000;
  const asked = wired.connection.request('room.list', {});
  wired.wx.freeze();
  await wired.run(599_000);
  comeBack(wired);
  await wired.run(1_000);
  assert.equal((await asked).rooms.length, 1);
});

test('thaw without an answer: one ping and one alarm, no storm', async () => {
  const wired = await createLive();
  wired.wx.freeze();
  await wired.run(600_000);
  const before = wired.server.heard.length;
  wired.wx.thaw();
  await wired.run(1_000);
  assert.equal(wired.server.heard.length - before, 1);
  assert.equal(wired.clock.pending, 1);
});

test('nothing new is opened in the background, and at once when the app is shown', async () => {
  const wired = await createLive();
  wired.connection.hide();
  wired.wx.breakSockets();
  await wired.run(60_000);
  assert.equal(wired.wx.opened, 1);
  wired.connection.show();
  await wired.run(100);
  assert.equal(wired.wx.opened, 2);
  assert.equal(wired.state(), 'live');
});

test('frozen while connecting: the old try is dropped when the app is shown, even if it ends well after all', async () => {
  const wired = await createLive();
  wired.wx.breakSockets();
  await wired.run(255);
  assert.equal(wired.state(), 'connecting');
  wired.connection.hide();
  wired.wx.freeze();
  await wired.run(600_000);
  comeBack(wired);
  await wired.run(2_000);
  assert.equal(wired.state(), 'live');
  assert.ok(wired.wx.alive === 1 && wired.wx.opened <= 3);
});

test('shown again and again: no more than one socket at any time', async () => {
  const wired = await createLive();
  for (let round = 0; round < 20; round += 1) {
    wired.connection.hide();
    if (round % 3 === 0) wired.wx.loseSockets();
    if (round % 3 === 1) wired.wx.halfOpenSockets();
    wired.connection.show();
    wired.connection.networkChanged(true);
    wired.connection.show();
    await wired.run(round * 173);
  }
  await wired.run(10_000);
  assert.equal(wired.state(), 'live');
  assert.equal(wired.wx.alive, 1);
});

test('the phone’s clock is set back an hour: heartbeat and deadlines go on', async () => {
  const wired = await createLive();
  wired.clock.adjust(-3_600_000);
  await wired.run(30_000);
  assert.equal(wired.wx.opened, 1);
  wired.wx.halfOpenSockets();
  await wired.run(16_000);
  assert.equal(wired.wx.opened, 2);
});

test('frozen over the time to renew the token, the socket alive: it is renewed then, on the same socket', async () => {
  const wired = await createLive();
  wired.wx.freeze();
  await wired.run(14 * 60_000 + 30_000);
  comeBack(wired);
  await wired.run(3_000);
  assert.equal(wired.server.heard.filter(({ op }) => op === 'session.renew').length, 1);
  assert.equal(wired.wx.opened, 1);
});
