/** From a request to its one reply, and from what a handler throws to what the client hears. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../server/outcome.ts';
import { settle } from '../session/node.ts';
import { outcomes, send, setUp } from './stage.ts';

test('anything before the hello ends the socket with 4400, and nothing was run', async () => {
  for (const op of ['session.ping', 'session.renew', 'room.list', 'message.send'] as const) {
    const { node, ask, answered } = setUp();
    const { session, peer } = node.open();
    ask(session, op, send as never);
    await settle();
    assert.equal(peer.closeCode, 4400, op);
    assert.deepEqual(answered, [], op);
  }
});

test('a request is answered once, with its own id', async () => {
  const { ask, arrive, answered } = setUp();
  const { session, peer } = await arrive();
  ask(session, 'message.send', send, 77);
  ask(session, 'session.ping', {}, 78);
  await settle();
  assert.deepEqual(outcomes(peer).sort(), [
    [77, 'ok'],
    [78, 'ok'],
  ]);
  assert.deepEqual(answered.slice(1).sort(), ['message.send ok', 'session.ping ok']);
});

test('what a rule refuses is answered with its code, message and wait, and the session lives', async () => {
  const { ask, arrive, answered, bugs } = setUp({
    send: () => Promise.reject(new Refusal('MUTED', 'you are muted', 60_000)),
  });
  const { session, peer } = await arrive();
  ask(session, 'message.send', send, 5);
  await settle();
  assert.deepEqual(peer.frames, [
    { id: 5, ok: false, error: { code: 'MUTED', message: 'you are muted', retryAfterMs: 60_000 } },
  ]);
  assert.equal(session.isClosed, false);
  assert.equal(answered.at(-1), 'message.send MUTED');
  assert.deepEqual(bugs, []);
});

for (const [how, bug] of Object.entries({
  'throws at once': (): never => {
    throw new TypeError('x is undefined');
  },
  'rejects later': () => settle().then(() => Promise.reject(new TypeError('x is undefined'))),
})) {
  test(`a handler with a bug that ${how} is answered INTERNAL; the session lives; no word of the message is logged`, async () => {
    const { ask, arrive, bugs } = setUp({ send: bug });
    const { session, peer } = await arrive();
    ask(session, 'message.send', send, 5);
    await settle();
    await settle();
    assert.deepEqual(outcomes(peer), [[5, 'INTERNAL']]);
    assert.equal(
      JSON.stringify(peer.frames).includes('undefined'),
      false,
      'nor does the client hear of the bug',
    );
    assert.equal(bugs.length, 1);
    assert.equal(bugs[0]?.op, 'message.send');
    assert.ok(bugs[0]?.reason instanceof TypeError);
    assert.equal(JSON.stringify(bugs).includes('private'), false);
    ask(session, 'session.ping', {}, 6);
    await settle();
    assert.deepEqual(outcomes(peer).at(-1), [6, 'ok']);
  });
}

test('a room one is not in and a room that does not exist are the same', async () => {
  const { ask, arrive } = setUp();
  const { session, peer } = await arrive('stranger');
  ask(session, 'message.send', send, 1);
  ask(session, 'message.send', { ...send, room: 'nowhere' }, 2);
  await settle();
  const [first, second] = peer.replies;
  assert.ok(first && !first.ok && second && !second.ok);
  assert.deepEqual(first.error, second.error);
  assert.equal(first.error.code, 'NOT_FOUND');
});

test('a token that is refused is answered UNAUTHORIZED, then 4401', async () => {
  const { node, ask } = setUp();
  const { session, peer } = node.open();
  ask(session, 'session.hello', { version: 1, token: 'bad' }, 1);
  await settle();
  assert.deepEqual(outcomes(peer), [[1, 'UNAUTHORIZED']]);
  assert.equal(peer.closeCode, 4401);
});

test('another version is answered BAD_REQUEST, then 4503', async () => {
  const { node, ask } = setUp();
  const { session, peer } = node.open();
  ask(session, 'session.hello', { version: 2, token: 'ann' }, 1);
  await settle();
  assert.deepEqual(outcomes(peer), [[1, 'BAD_REQUEST']]);
  assert.equal(peer.closeCode, 4503);
});

test('a second hello is refused and harms nothing, while the first is answered and afterwards', async () => {
  const { node, ask } = setUp();
  const release = node.hold('authenticate');
  const { session, peer } = node.open();
  ask(session, 'session.hello', { version: 1, token: 'ann' }, 1);
  ask(session, 'session.hello', { version: 1, token: 'ann' }, 2);
  await settle();
  release();
  await settle();
  ask(session, 'session.hello', { version: 1, token: 'ann' }, 3);
  await settle();
  assert.deepEqual(outcomes(peer), [
    [2, 'BAD_REQUEST'],
    [1, 'ok'],
    [3, 'BAD_REQUEST'],
  ]);
  assert.equal(session.state, 'live');
});

test('what was sent right behind the hello waits for its reply, and then has its turn in order', async () => {
  const order: string[] = [];
  const { node, ask } = setUp({
    send: () => {
      order.push('send');
      return Promise.resolve({ seq: 4, ts: 1 });
    },
  });
  const release = node.hold('summaries');
  const { session, peer } = node.open();
  ask(session, 'session.hello', { version: 1, token: 'ann', cursors: { r: 1 } }, 1);
  ask(session, 'session.ping', {}, 2);
  ask(session, 'message.send', send, 3);
  await settle();
  assert.deepEqual([peer.frames, order], [[], []]);
  release();
  await settle();
  assert.deepEqual(outcomes(peer), [
    [1, 'ok'],
    [2, 'ok'],
    [3, 'ok'],
  ]);
  assert.deepEqual(peer.seqs('r'), [2, 3]);
});

test('where the store is away at the hello, all that waited for it hears the same; it may be said again', async () => {
  const { node, ask } = setUp();
  const { session, peer } = node.open();
  const mend = node.fail('summaries');
  ask(session, 'session.hello', { version: 1, token: 'ann' }, 1);
  ask(session, 'session.ping', {}, 2);
  await settle();
  assert.deepEqual(outcomes(peer), [
    [1, 'UNAVAILABLE'],
    [2, 'UNAVAILABLE'],
  ]);
  mend();
  ask(session, 'session.hello', { version: 1, token: 'ann' }, 1);
  await settle();
  assert.deepEqual(outcomes(peer).at(-1), [1, 'ok']);
});

test('typing while the hello is answered is dropped, so nothing without a bound waits', async () => {
  let told = 0;
  const { node, ask } = setUp({ typing: () => (told += 1) });
  const release = node.hold('authenticate');
  const { session, peer } = node.open();
  ask(session, 'session.hello', { version: 1, token: 'ann' }, 1);
  ask(session, 'room.typing', { room: 'r' }, 0);
  release();
  await settle();
  assert.equal(told, 0);
  ask(session, 'room.typing', { room: 'r' }, 0);
  await settle();
  assert.equal(told, 1);
  assert.deepEqual(outcomes(peer), [[1, 'ok']]);
});

test('typing has no reply, not even where it is refused', async () => {
  const { ask, arrive } = setUp({ typing: () => undefined });
  const { session, peer } = await arrive('stranger');
  ask(session, 'room.typing', { room: 'r' }, 0);
  await settle();
  assert.deepEqual(peer.frames, []);
});

test('once the token has run out everything is UNAUTHORIZED but a renewal, a ping too', async () => {
  const { node, ask, arrive } = setUp();
  const { session, peer } = await arrive();
  node.clock.adjust(900_000);
  ask(session, 'message.send', send, 1);
  ask(session, 'room.list', {}, 2);
  ask(session, 'session.ping', {}, 3);
  await settle();
  ask(session, 'session.renew', { token: 'bad' }, 4);
  await settle();
  ask(session, 'session.renew', { token: 'bob' }, 5);
  await settle();
  ask(session, 'session.renew', { token: 'ann' }, 6);
  await settle();
  ask(session, 'message.send', send, 7);
  await settle();
  assert.deepEqual(outcomes(peer).sort(), [
    [1, 'UNAUTHORIZED'],
    [2, 'UNAUTHORIZED'],
    [3, 'UNAUTHORIZED'],
    [4, 'UNAUTHORIZED'],
    [5, 'UNAUTHORIZED'],
    [6, 'ok'],
    [7, 'ok'],
  ]);
  assert.equal(session.isClosed, false);
});

test('a server that is about to go begins nothing and says so, and waits until what is under way is answered', async () => {
  let finish = (): void => undefined;
  const { dispatcher, ask, arrive } = setUp({
    send: () => new Promise((resolve) => (finish = () => resolve({ seq: 4, ts: 1 }))),
  });
  const { session, peer } = await arrive();
  ask(session, 'message.send', send, 1);
  await settle();
  const closed = dispatcher.close();
  ask(session, 'message.send', send, 2);
  ask(session, 'room.typing', { room: 'r' }, 0);
  await settle();
  assert.deepEqual(outcomes(peer), [[2, 'UNAVAILABLE']]);
  finish();
  await closed;
  assert.deepEqual(outcomes(peer), [
    [2, 'UNAVAILABLE'],
    [1, 'ok'],
  ]);
  await dispatcher.close();
});

test('the 33rd open request is refused and makes no difference to the 32', async () => {
  const finish: (() => void)[] = [];
  const { ask, arrive } = setUp({ mine: () => new Promise((resolve) => finish.push(() => resolve([]))) });
  const { session, peer } = await arrive();
  for (let id = 1; id <= 33; id++) ask(session, 'room.list', {}, id);
  await settle();
  assert.deepEqual(outcomes(peer), [[33, 'RATE_LIMITED']]);
  for (const done of finish) done();
  await settle();
  assert.equal(outcomes(peer).filter(([, code]) => code === 'ok').length, 32);
});

test('an id that is still open is refused with that id, and the first is still answered', async () => {
  let finish = (): void => undefined;
  const { ask, arrive } = setUp({
    send: () => new Promise((resolve) => (finish = () => resolve({ seq: 4, ts: 1 }))),
  });
  const { session, peer } = await arrive();
  ask(session, 'message.send', send, 9);
  ask(session, 'session.ping', {}, 9);
  await settle();
  finish();
  await settle();
  assert.deepEqual(outcomes(peer), [
    [9, 'BAD_REQUEST'],
    [9, 'ok'],
  ]);
});

test('a hello that cannot be understood is answered, then 4400', () => {
  const { node, dispatcher } = setUp();
  const { session, peer } = node.open();
  dispatcher.turnDown(session, 1, new Refusal('BAD_REQUEST', 'token: is required'));
  assert.deepEqual(outcomes(peer), [[1, 'BAD_REQUEST']]);
  assert.equal(peer.closeCode, 4400);
});

test('a session that closed is answered nothing', async () => {
  let finish = (): void => undefined;
  const { ask, arrive, bugs } = setUp({
    send: () => new Promise((resolve) => (finish = () => resolve({ seq: 4, ts: 1 }))),
  });
  const { session, peer } = await arrive();
  ask(session, 'message.send', send, 9);
  await settle();
  session.closed();
  finish();
  await settle();
  assert.deepEqual([peer.frames, bugs], [[], []]);
});

test('whoever is banned meanwhile is told until when and why, by an error and a goodbye, and the socket ends', async () => {
  let isBanned = false;
  const banned = new Refusal('BANNED', 'you are banned', { until: 9, reason: 'spam' });
  const { ask, arrive } = setUp({ admit: () => (isBanned ? Promise.reject(banned) : undefined) });
  const { session, peer } = await arrive();
  isBanned = true;
  ask(session, 'message.send', send, 5);
  await settle();
  const told = { code: 'BANNED', message: 'you are banned', until: 9, reason: 'spam' };
  assert.deepEqual(peer.frames, [
    { id: 5, ok: false, error: told },
    { op: 'session.bye', body: { code: 4501, reason: 'spam', until: 9 } },
  ]);
  assert.equal(peer.closeCode, 4501);
});
