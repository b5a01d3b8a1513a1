/** Who hears which room, from when to when. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeNode, settle } from './node.ts';

test('an entry reaches all who are in the room, and nobody else', async () => {
  const node = new FakeNode();
  node.make('r', 1, 'ann', 'bob');
  node.make('other', 1, 'cat');
  const [ann, bob, cat] = await Promise.all(['ann', 'bob', 'cat'].map((user) => node.arrive(user)));
  node.say('r');
  assert.deepEqual(ann?.peer.seqs('r'), [2]);
  assert.deepEqual(bob?.peer.seqs('r'), [2]);
  assert.deepEqual(cat?.peer.pushed('entries'), []);
});

test('who is removed gets what came before, then gone, and nothing after; also on their other devices', async () => {
  const node = new FakeNode();
  node.make('r', 1, 'ann', 'bob');
  const phone = await node.arrive('bob');
  const tablet = await node.arrive('bob');
  const ann = await node.arrive('ann');
  node.say('r');
  node.remove('r', 'bob');
  node.say('r');
  node.bus.publish('room.r', { type: 'typing', room: 'r', user: 'ann' });
  await settle();
  for (const { peer, session } of [phone, tablet]) {
    assert.deepEqual(peer.seqs('r'), [2]);
    assert.deepEqual(peer.pushes.at(-1), { op: 'gone', body: { room: 'r', reason: 'removed' } });
    assert.equal(session.rooms.has('r'), false);
    assert.equal(session.isClosed, false);
  }
  assert.deepEqual(ann.peer.seqs('r'), [2, 3, 4]);
});

test('who leaves gets gone with that reason, and hears the other rooms as before', async () => {
  const node = new FakeNode();
  node.make('r', 1, 'ann');
  node.make('r2', 1, 'ann');
  const { peer } = await node.arrive('ann');
  node.rooms.get('r')?.members.delete('ann');
  node.announce('r', { action: 'left', user: 'ann' });
  node.say('r2');
  assert.deepEqual(peer.pushed('gone'), [{ room: 'r', reason: 'left' }]);
  assert.deepEqual(peer.seqs('r'), []);
  assert.deepEqual(peer.seqs('r2'), [2]);
});

test('who is removed while being caught up with gets nothing from that moment on', async () => {
  const node = new FakeNode();
  node.make('r', 10, 'ann', 'bob');
  await node.arrive('ann');
  const release = node.hold('page');
  const bob = node.open();
  await node.hello(bob.session, { token: 'bob', cursors: { r: 5 } });
  node.remove('r', 'bob');
  release();
  await settle();
  assert.deepEqual(bob.peer.seqs('r'), []);
  assert.deepEqual(bob.peer.pushed('gone'), [{ room: 'r', reason: 'removed' }]);
  node.say('r');
  assert.deepEqual(bob.peer.seqs('r'), []);
});

test('who is removed and invited again while on the way hears the room once', async () => {
  const node = new FakeNode();
  node.make('r', 10, 'ann', 'bob');
  await node.arrive('ann');
  const release = node.hold('page');
  const bob = node.open();
  await node.hello(bob.session, { token: 'bob', cursors: { r: 5 } });
  node.remove('r', 'bob');
  node.invite('r', 'bob');
  await settle();
  release();
  await settle();
  node.say('r');
  assert.deepEqual(
    bob.peer.pushes.filter(({ op }) => op !== 'presence').map(({ op }) => op),
    ['gone', 'room', 'entries'],
  );
  assert.deepEqual(bob.peer.seqs('r'), [13]);
});

test("one's own new role or mute shows the room anew; another's does not", async () => {
  const node = new FakeNode();
  node.make('r', 1, 'ann', 'bob');
  const ann = await node.arrive('ann');
  const bob = await node.arrive('bob');
  node.promote('r', 'bob');
  await settle();
  assert.equal(bob.peer.pushed('room')[0]?.room.role, 'admin');
  node.announce('r', { action: 'muted', user: 'bob', until: 1 });
  node.announce('r', { action: 'unmuted', user: 'bob' });
  await settle();
  assert.equal(bob.peer.pushed('room').length, 3);
  assert.deepEqual(ann.peer.pushed('room'), []);
  assert.deepEqual(bob.peer.seqs('r'), [2, 3, 4], 'and goes on where it was');
});

test('a room that is closed is told to all and stays with them', async () => {
  const node = new FakeNode();
  node.make('r', 1, 'ann');
  const { peer, session } = await node.arrive('ann');
  node.announce('r', { action: 'closed' });
  assert.deepEqual(peer.pushed('gone'), [{ room: 'r', reason: 'closed' }]);
  assert.deepEqual(peer.seqs('r'), [2]);
  assert.ok(session.rooms.has('r'));
});

test('read markers reach the room as they are, typing whoever does not type', async () => {
  const node = new FakeNode();
  node.make('r', 1, 'ann');
  const { peer } = await node.arrive('ann');
  node.bus.publish('room.r', { type: 'read', room: 'r', user: 'bob', seq: 1 });
  node.bus.publish('room.r', { type: 'typing', room: 'r', user: 'bob' });
  node.bus.publish('room.r', { type: 'typing', room: 'r', user: 'ann' });
  assert.deepEqual(peer.pushed('read'), [{ room: 'r', user: 'bob', seq: 1 }]);
  assert.deepEqual(peer.pushed('typing'), [{ room: 'r', user: 'bob' }]);
});

test('a room is followed from the first who joins to the last who leaves', async () => {
  const node = new FakeNode();
  node.make('r', 1, 'ann', 'bob');
  const ann = await node.arrive('ann');
  const bob = await node.arrive('bob');
  assert.equal(node.fanout.rooms, 1);
  ann.session.closed();
  assert.equal(node.fanout.rooms, 1);
  node.say('r');
  assert.deepEqual(bob.peer.seqs('r'), [2]);
  bob.session.closed();
  assert.equal(node.fanout.rooms, 0);
  node.say('r');
  assert.deepEqual(node.followed, ['follow r', 'r 2', 'unfollow r']);
});

test('who follows the room is told of notices twice: when the bus brings them, and in their turn', async () => {
  const node = new FakeNode();
  node.make('r', 1, 'ann');
  await node.arrive('ann');
  // Stored and lost on the bus; the next message makes it known.
  node.rooms
    .get('r')
    ?.log.push({ seq: 2, ts: 0, from: '', kind: 'sys', body: { action: 'muted', user: 'bob', until: 1 } });
  node.say('r');
  await settle();
  assert.deepEqual(node.followed, ['follow r', 'r 3', 'r 2']);
});

test('who joins a room twice is left as it is', async () => {
  const node = new FakeNode();
  node.make('r', 5, 'ann');
  const { session, peer } = await node.arrive('ann');
  const summary = {
    id: 'r',
    kind: 'group',
    name: '',
    head: 5,
    role: 'member',
    read: 0,
    unread: 0,
    members: 1,
  } as const;
  await node.fanout.join(session, { summary, from: 0 });
  node.say('r');
  assert.deepEqual(peer.seqs('r'), [6]);
});

test('where the store fails a join, the session is out of the room', async () => {
  const node = new FakeNode();
  node.make('r', 5, 'ann');
  const { session } = await node.arrive('ann');
  const summary = {
    id: 'no such',
    kind: 'group',
    name: '',
    head: 5,
    role: 'member',
    read: 0,
    unread: 0,
    members: 1,
  } as const;
  await assert.rejects(node.fanout.join(session, { summary, from: 0 }));
  assert.equal(node.fanout.hears(session, 'no such'), false);
  assert.equal(session.rooms.has('no such'), false);
  assert.equal(node.fanout.rooms, 1);
});
