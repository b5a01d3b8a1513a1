/** All sessions of the node together: looked after twice a second, and sent away at the end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeNode, settle } from './node.ts';

test('sessions are looked after by the clock, without being asked', () => {
  const node = new FakeNode();
  const { peer } = node.open();
  node.clock.advance(9_999);
  assert.equal(peer.closeCode, undefined);
  node.clock.advance(1);
  assert.equal(peer.closeCode, 4408);
  assert.equal(node.sessions.size, 0);
});

test('a deadline is kept to half a second, whenever the socket was opened', () => {
  for (const after of [1, 499, 750]) {
    const node = new FakeNode();
    node.clock.advance(after);
    const { peer } = node.open();
    node.clock.advance(9_999);
    assert.equal(peer.closeCode, undefined);
    node.clock.advance(500);
    assert.equal(peer.closeCode, 4408);
  }
});

test('a session that closes leaves its rooms, its user and the count', async () => {
  const node = new FakeNode();
  node.make('r', 1, 'ann');
  const { session } = await node.arrive('ann');
  node.open();
  assert.equal(node.sessions.size, 2);
  session.closed();
  session.closed();
  assert.equal(node.sessions.size, 1);
  assert.equal(node.fanout.rooms, 0);
  assert.equal(node.registry.isOnline('ann'), false);
});

test('at the end all are told when to come back, no sooner than a server starts, each at another moment, and then closed with 1012', async () => {
  const node = new FakeNode();
  const peers = Array.from({ length: 40 }, () => node.open().peer);
  await settle();
  node.sessions.bye();
  const pauses = peers.map((peer) => peer.pushed('session.bye')[0]?.retryAfterMs ?? NaN);
  assert.ok(pauses.every((pause) => Number.isInteger(pause) && pause >= 1_000 && pause <= 1_500));
  assert.ok(new Set(pauses).size > 20, 'spread, not all at once');
  node.sessions.hangUpAll();
  for (const peer of peers) {
    assert.deepEqual(peer.ends, [{ code: 1012, reason: 'server restarting' }]);
    assert.equal(peer.pushed('session.bye').length, 1);
  }
  assert.equal(node.sessions.size, 0);
});

test('the more sockets, the longer they are spread, up to 3 s', () => {
  const node = new FakeNode();
  const peers = Array.from({ length: 8_000 }, () => node.open().peer);
  node.sessions.bye();
  const pauses = peers.map((peer) => peer.pushed('session.bye')[0]?.retryAfterMs ?? NaN);
  assert.ok(Math.max(...pauses) <= 3_000 && Math.max(...pauses) > 2_500);
});

test('after the bye no deadline ends a session, and no timer is left', () => {
  const node = new FakeNode();
  const { peer } = node.open();
  node.sessions.bye();
  node.clock.advance(60_000);
  assert.equal(peer.closeCode, undefined);
  assert.equal(node.clock.pending, 0);
});
