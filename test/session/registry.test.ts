/** Who is here: at most so many sockets a user, and what the bus says to a user. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeNode, settle } from './node.ts';

/** FakeNode allows three sockets a user. */
const MOST = 3;

test('one socket more than allowed closes the oldest with 4502, and only that', async () => {
  const node = new FakeNode();
  const devices = [];
  for (let i = 0; i <= MOST; i++) devices.push(await node.arrive('ann'));
  assert.deepEqual(
    devices.map(({ peer }) => peer.closeCode),
    [4502, undefined, undefined, undefined],
  );
  devices.push(await node.arrive('ann'));
  assert.deepEqual(
    devices.map(({ peer }) => peer.closeCode),
    [4502, 4502, undefined, undefined, undefined],
  );
});

test('sockets that went make room, and those of others do not count', async () => {
  const node = new FakeNode();
  const first = await node.arrive('ann');
  const second = await node.arrive('ann');
  await node.arrive('ann');
  for (let i = 0; i < MOST; i++) await node.arrive('bob');
  second.session.closed();
  await node.arrive('ann');
  assert.equal(first.peer.closeCode, undefined);
});

test('a hangup ends all sockets of the user', async () => {
  const node = new FakeNode();
  const ann = [await node.arrive('ann'), await node.arrive('ann')];
  const bob = await node.arrive('bob');
  node.bus.publish('user.ann', { type: 'hangup', user: 'ann', closeCode: 4501, reason: 'banned' });
  for (const { peer } of ann) {
    assert.deepEqual(peer.ends, [{ code: 4501, reason: 'banned' }]);
    assert.deepEqual(peer.pushed('session.bye'), [{ code: 4501, reason: 'banned' }]);
  }
  assert.equal(bob.peer.closeCode, undefined);
  assert.equal(node.registry.isOnline('ann'), false);
});

test('a hangup of one login leaves the other logins', async () => {
  const node = new FakeNode();
  const phone = await node.arrive('ann');
  const tablet = await node.arrive('ann');
  tablet.session.renew({
    user: { id: 'ann', name: 'ANN' },
    sid: 'another',
    expiresAt: Number.MAX_SAFE_INTEGER,
  });
  node.bus.publish('user.ann', {
    type: 'hangup',
    user: 'ann',
    sid: 'another',
    closeCode: 4401,
    reason: 'out',
  });
  assert.equal(phone.peer.closeCode, undefined);
  assert.equal(tablet.peer.closeCode, 4401);
});

test('a hangup reaches a session whose hello is still being answered', async () => {
  const node = new FakeNode();
  const release = node.hold('summaries');
  const { session, peer } = node.open();
  const said = node.hello(session, { token: 'ann' });
  await settle();
  node.bus.publish('user.ann', { type: 'hangup', user: 'ann', closeCode: 4501, reason: 'banned' });
  assert.equal(peer.closeCode, 4501);
  release();
  await said;
  assert.deepEqual(peer.replies, []);
  assert.equal(node.registry.isOnline('ann'), false);
});

test('one comes with the first socket and goes with the last', async () => {
  const node = new FakeNode();
  const phone = await node.arrive('ann');
  const tablet = await node.arrive('ann');
  phone.session.closed();
  assert.equal(node.registry.isOnline('ann'), true);
  tablet.session.closed();
  tablet.session.closed();
  assert.equal(node.registry.isOnline('ann'), false);
  await node.arrive('ann');
  assert.deepEqual(node.presence, ['ann came', 'ann went', 'ann came']);
});

test('where nobody of a user is here, what the bus says to them goes nowhere', async () => {
  const node = new FakeNode();
  const { session } = await node.arrive('ann');
  session.closed();
  node.bus.publish('user.ann', { type: 'hangup', user: 'ann', closeCode: 4501, reason: 'banned' });
  node.registry.remove('nobody', session);
  assert.deepEqual(node.presence, ['ann came', 'ann went']);
});

test('who went and came back hears everything once', async () => {
  const node = new FakeNode();
  (await node.arrive('lonely')).session.closed();
  const { peer } = await node.arrive('lonely');
  node.make('r', 3, 'lonely');
  node.bus.publish('user.lonely', { type: 'room', user: 'lonely', room: 'r' });
  await settle();
  assert.equal(peer.pushed('room').length, 1);
});
