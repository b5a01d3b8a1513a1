/** The hello and all that may happen while it is answered. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HelloReply } from '../../miniprogram/protocol/frames.ts';
import { Hangup, Refusal } from '../../server/outcome.ts';
import type { FakePeer } from './fake-peer.ts';
import { FakeNode, settle } from './node.ts';

function replyOf(peer: FakePeer): HelloReply {
  const [reply] = peer.replies;
  assert.ok(reply?.ok);
  return reply.body as HelloReply;
}

/** The ops of what was sent, the reply as `reply`. */
const sequence = (peer: FakePeer): string[] =>
  peer.frames.map((frame) => ('op' in frame ? frame.op : 'reply')).filter((op) => op !== 'presence');

test('the reply says who one is, in which rooms, and by which limits', async () => {
  const node = new FakeNode();
  node.make('r', 5, 'ann');
  node.make('not mine', 5, 'bob');
  const { peer, session } = await node.arrive('ann');
  const reply = replyOf(peer);
  assert.deepEqual(reply.user, { id: 'ann', name: 'ANN' });
  assert.deepEqual(
    reply.rooms.map(({ id, head }) => [id, head]),
    [['r', 5]],
  );
  assert.equal(reply.epoch, node.epoch);
  assert.equal(reply.heartbeatMs, 10_000);
  assert.equal(reply.limits.text, 2_000);
  assert.equal(reply.serverTime, node.clock.now());
  assert.equal(reply.expiresAt, node.clock.now() + 900_000);
  assert.equal(session.state, 'live');
});

test('after the reply come the missing entries of each room, in order, then the live ones', async () => {
  const node = new FakeNode();
  node.make('r', 10, 'ann');
  node.make('r2', 3, 'ann');
  const { peer } = await node.arrive('ann', { cursors: { r: 7, r2: 3 } });
  node.say('r');
  node.say('r2');
  assert.deepEqual(peer.seqs('r'), [8, 9, 10, 11]);
  assert.deepEqual(peer.seqs('r2'), [4]);
  assert.equal(sequence(peer)[0], 'reply');
});

test('entries stored while the hello is answered come after the reply, once', async () => {
  const node = new FakeNode();
  node.make('r', 5, 'ann', 'bob');
  await node.arrive('bob');
  const release = node.hold('summaries');
  const { session, peer } = node.open();
  const said = node.hello(session, { token: 'ann', cursors: { r: 4 } });
  await settle();
  node.say('r', 2);
  release();
  await said;
  await settle();
  assert.equal(replyOf(peer).rooms[0]?.head, 5, 'the summaries were read before');
  assert.deepEqual(peer.seqs('r'), [5, 6, 7]);
  assert.equal(sequence(peer)[0], 'reply');
});

test('a room that is behind or reset is sent nothing of what was missed, and everything new', async () => {
  const node = new FakeNode();
  node.make('far', 500, 'ann');
  node.make('odd', 5, 'ann');
  const { peer } = await node.arrive('ann', { cursors: { far: 1, odd: 9 } });
  const { rooms } = replyOf(peer);
  assert.deepEqual(
    rooms.map(({ id, behind, reset }) => [id, behind, reset]),
    [
      ['far', true, undefined],
      ['odd', undefined, true],
    ],
  );
  node.say('far');
  node.say('odd');
  assert.deepEqual([peer.seqs('far'), peer.seqs('odd')], [[501], [6]]);
});

test('whoever is removed between the reading of the rooms and the joining sees nothing after the removal', async () => {
  const node = new FakeNode();
  node.make('r', 5, 'ann', 'bob');
  const release = node.hold('summaries');
  const { session, peer } = node.open();
  const said = node.hello(session, { token: 'ann', cursors: { r: 4 } });
  await settle();
  node.say('r');
  node.remove('r', 'ann');
  node.say('r');
  release();
  await said;
  await settle();
  node.say('r');
  assert.deepEqual(peer.seqs('r'), [5, 6]);
  assert.deepEqual(sequence(peer), ['reply', 'entries', 'gone']);
  assert.equal(session.rooms.has('r'), false);
});

test('whoever is removed while another of their rooms is caught up with sees nothing after the removal', async () => {
  const node = new FakeNode();
  node.make('long', 150, 'ann');
  node.make('r', 5, 'ann', 'bob');
  const { session, peer } = node.open();
  peer.backlog = 1_000_000;
  await node.hello(session, { token: 'ann', cursors: { long: 0, r: 5 } });
  await settle();
  assert.equal(node.fanout.hears(session, 'r'), false, 'a slow reader: it is still at its first room');
  node.remove('r', 'ann');
  node.say('r');
  peer.backlog = 0;
  session.onDrain();
  await settle();
  assert.deepEqual(peer.seqs('r'), []);
  assert.deepEqual(peer.pushed('gone'), [{ room: 'r', reason: 'removed' }]);
  assert.equal(peer.seqs('long').length, 150);
});

test('whoever was removed and invited again before the hello has the whole log', async () => {
  const node = new FakeNode();
  node.make('r', 2, 'ann');
  node.remove('r', 'ann');
  node.say('r');
  node.invite('r', 'ann');
  const { peer } = await node.arrive('ann', { cursors: { r: 1 } });
  assert.deepEqual(peer.seqs('r'), [2, 3, 4, 5]);
  assert.deepEqual(peer.pushed('gone'), []);
});

test('whoever is removed and invited again before the joining ends up in the room', async () => {
  const node = new FakeNode();
  node.make('r', 5, 'ann');
  const release = node.hold('summaries');
  const { session, peer } = node.open();
  const said = node.hello(session, { token: 'ann', cursors: { r: 5 } });
  await settle();
  node.remove('r', 'ann');
  node.invite('r', 'ann');
  release();
  await said;
  await settle();
  node.say('r');
  assert.equal(peer.seqs('r').at(-1), 8);
  assert.ok(session.rooms.has('r'));
});

test('whoever is added while the hello is answered learns of the room after the reply', async () => {
  const node = new FakeNode();
  node.make('r', 5, 'bob');
  const release = node.hold('summaries');
  const { session, peer } = node.open();
  const said = node.hello(session, { token: 'ann' });
  await settle();
  node.invite('r', 'ann');
  await settle();
  assert.deepEqual(peer.frames, []);
  release();
  await said;
  await settle();
  node.say('r');
  assert.deepEqual(replyOf(peer).rooms, []);
  assert.deepEqual(sequence(peer), ['reply', 'room', 'entries']);
  assert.equal(peer.pushed('room')[0]?.room.head, 6);
  assert.deepEqual(peer.seqs('r'), [7]);
});

test('whoever is added while live hears the room from the head on that its summary names', async () => {
  const node = new FakeNode();
  node.make('r', 5, 'bob');
  await node.arrive('bob');
  const { peer } = await node.arrive('ann');
  const release = node.hold('summary');
  node.invite('r', 'ann');
  node.say('r', 2);
  release();
  await settle();
  node.say('r');
  const head = peer.pushed('room')[0]?.room.head;
  assert.equal(head, 6);
  assert.deepEqual(peer.seqs('r'), [7, 8, 9]);
});

test('whoever is added while the store is away hears the room as soon as it is back', async () => {
  const node = new FakeNode();
  node.make('r', 5, 'bob');
  const { session, peer } = await node.arrive('ann');
  const mend = node.fail('summary');
  node.invite('r', 'ann');
  await node.clock.run(3_000);
  assert.deepEqual(peer.pushed('room'), []);
  mend();
  await node.clock.run(1_000);
  node.say('r');
  assert.equal(peer.pushed('room').length, 1);
  assert.deepEqual(peer.seqs('r'), [7]);
  assert.equal(session.isClosed, false);
});

test('told twice of one room, one is shown it twice and hears it once', async () => {
  const node = new FakeNode();
  node.make('r', 5, 'bob');
  const { peer } = await node.arrive('ann');
  const release = node.hold('summary');
  node.invite('r', 'ann');
  node.bus.publish('user.ann', { type: 'room', user: 'ann', room: 'r' });
  release();
  await settle();
  node.say('r');
  assert.deepEqual(peer.seqs('r'), [7]);
});

test('what the session is told of a room that it is no longer in becomes a gone', async () => {
  const node = new FakeNode();
  node.make('r', 5, 'ann');
  const { peer, session } = await node.arrive('ann');
  node.rooms.get('r')?.members.delete('ann');
  node.greeting.show(session, 'r');
  await settle();
  assert.deepEqual(peer.pushed('gone'), [{ room: 'r', reason: 'removed' }]);
  node.say('r');
  assert.deepEqual(peer.seqs('r'), []);
});

test('presence of the peers is told after the reply, and then when it changes', async () => {
  const node = new FakeNode();
  const release = node.hold('summaries');
  const { session, peer } = node.open();
  const said = node.hello(session, { token: 'ann' });
  await settle();
  node.greeting.tell('ann', { user: 'bob', online: true });
  release();
  await said;
  await settle();
  node.greeting.tell('ann', { user: 'bob', online: false, lastSeen: 7 });
  assert.ok('id' in peer.frames[0]!, 'nothing is pushed before the reply');
  assert.deepEqual(peer.pushed('presence'), [
    { user: 'peer', online: true },
    { user: 'bob', online: false, lastSeen: 7 },
  ]);
});

test('another version is hung up with 4503, before anything else is looked at', async () => {
  const node = new FakeNode();
  const { session } = node.open();
  await assert.rejects(
    node.greeting.hello(session, { version: 2, token: 'bad' }),
    (reason) => reason instanceof Hangup && reason.closeCode === 4503,
  );
  assert.equal(session.state, 'silent');
});

test('a token that is refused leaves nobody', async () => {
  const node = new FakeNode();
  const { session } = node.open();
  await assert.rejects(node.hello(session, { token: 'bad' }), { code: 'UNAUTHORIZED' });
  assert.equal(session.user, undefined);
  assert.deepEqual(node.presence, []);
});

test('where the store is away nobody has come, and the hello may be said again, also by somebody else', async () => {
  const node = new FakeNode();
  node.make('r', 5, 'ann', 'bob');
  const { session, peer } = node.open();
  const mend = node.fail('summaries');
  await assert.rejects(node.hello(session, { token: 'ann' }), { code: 'UNAVAILABLE' });
  mend();
  assert.equal(node.registry.isOnline('ann'), false, 'or she would be online for ever');
  session.refuse(1, new Refusal('UNAVAILABLE', 'away'));
  await node.hello(session, { token: 'bob', cursors: { r: 4 } });
  await settle();
  assert.equal(session.user?.id, 'bob');
  assert.deepEqual(peer.seqs('r'), [5]);
  node.greeting.tell('ann', { user: 'secret peer of ann', online: true });
  assert.equal(peer.pushed('presence').length, 1);
});

test('a session that closes while its hello is answered leaves no trace', async () => {
  for (const read of ['authenticate', 'summaries', 'page'] as const) {
    const node = new FakeNode();
    node.make('r', 5, 'ann');
    const release = node.hold(read);
    const { session, peer } = node.open();
    const said = node.hello(session, { token: 'ann', cursors: { r: 1 } });
    await settle();
    session.closed();
    release();
    await said;
    await settle();
    assert.equal(node.registry.isOnline('ann'), false, read);
    assert.equal(node.fanout.rooms, 0, read);
    assert.equal(node.sessions.size, 0, read);
    assert.deepEqual(peer.entries('r'), [], read);
    assert.deepEqual(node.faults, [], read);
  }
});

test('a reader that falls too far behind while it is caught up with is ended with 4409', async () => {
  const node = new FakeNode();
  node.make('r', 150, 'ann', 'bob');
  await node.arrive('bob');
  const { session, peer } = node.open();
  peer.backlog = 900_000;
  await node.hello(session, { token: 'ann', cursors: { r: 0 } });
  await settle();
  for (let i = 0; i < 6; i++) node.say('r', 1_000);
  peer.backlog = 0;
  session.onDrain();
  await settle();
  assert.equal(peer.closeCode, 4409);
});

test('where history cannot be read the session ends and may come back: it never has a hole', async () => {
  const node = new FakeNode();
  node.make('r', 5, 'ann');
  const release = node.hold('page');
  const { session, peer } = node.open();
  await node.hello(session, { token: 'ann', cursors: { r: 1 } });
  node.rooms.get('r')!.log.length = 0;
  release();
  await settle();
  assert.equal(peer.closeCode, 1012);
  assert.deepEqual(peer.pushed('session.bye')[0]?.retryAfterMs, 1_000);
  assert.equal(node.faults.length, 1);
});
