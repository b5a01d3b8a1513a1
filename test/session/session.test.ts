/** One connection on a clock of its own: deadlines, replies, and its end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../server/outcome.ts';
import { Session, type Identified } from '../../server/session/session.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { FakePeer } from './fake-peer.ts';

const HEARTBEAT_MS = 10_000;
const MAX_REQUESTS = 3;

function setUp({ heartbeatMs = HEARTBEAT_MS } = {}) {
  const clock = new ManualClock();
  const peer = new FakePeer();
  const ended: (string | undefined)[] = [];
  const session = new Session(peer, {
    clock,
    heartbeatMs,
    maxRequests: MAX_REQUESTS,
    maxBacklog: 1_000,
    onClosed: (closed) => ended.push(closed.user?.id),
  });
  const who = (expiresInMs = 900_000): Identified => ({
    user: { id: 'u', name: 'U' },
    sid: 's',
    expiresAt: clock.now() + expiresInMs,
  });
  const greet = (expiresInMs?: number): void => {
    session.startGreeting();
    session.identify(who(expiresInMs));
    session.goLive();
  };
  /** Time passes, and the session is looked at every second, as Sessions does. */
  const pass = (ms: number): void => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      clock.advance(Math.min(1_000, ms - passed));
      session.tick();
    }
  };
  /** The same, while the client says something all the time. */
  const passAlive = (ms: number): void => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      session.heard();
      pass(1_000);
    }
  };
  /** Asked anew each time: the compiler takes a property that was compared for settled. */
  const state = () => session.state;
  const user = () => session.user?.id;
  return { clock, peer, session, ended, who, greet, pass, passAlive, state, user };
}

const full = { code: 'RATE_LIMITED' };

test('without a hello in 10 s it ends with 4408, whatever else was said', () => {
  const { peer, passAlive } = setUp();
  passAlive(9_000);
  assert.deepEqual(peer.ends, []);
  passAlive(1_000);
  assert.equal(peer.closeCode, 4408);
});

test('however short the heartbeat, a hello has 10 s: only its reply tells the heartbeat', () => {
  const { peer, pass } = setUp({ heartbeatMs: 500 });
  pass(9_000);
  assert.deepEqual(peer.ends, []);
  pass(1_000);
  assert.equal(peer.closeCode, 4408);
});

test('silent for two heartbeats it ends with 4408; any frame proves life', () => {
  const { peer, session, greet, pass } = setUp();
  greet();
  pass(19_000);
  session.heard();
  pass(19_000);
  assert.deepEqual(peer.ends, []);
  pass(1_000);
  assert.equal(peer.closeCode, 4408);
});

test('a hello that takes its time keeps the session, as long as the client lives', () => {
  const { peer, session, pass, passAlive } = setUp();
  session.startGreeting();
  passAlive(30_000);
  assert.deepEqual(peer.ends, []);
  pass(20_000);
  assert.equal(peer.closeCode, 4408);
});

test('a hello that is told TIMEOUT cannot succeed later: the session ends and may come back', () => {
  const { peer, session, passAlive } = setUp();
  session.startGreeting();
  session.begin(1);
  passAlive(10_000);
  assert.deepEqual(
    peer.replies.map((reply) => [reply.id, !reply.ok && reply.error.code]),
    [[1, 'TIMEOUT']],
  );
  assert.equal(peer.closeCode, 1012);
  assert.equal(peer.pushed('session.bye')[0]?.retryAfterMs, 1_000);
});

test('after its token has run out it is expired at once, and ended with 4401 within 30 s', () => {
  const { peer, session, greet, passAlive } = setUp();
  greet(60_000);
  passAlive(59_000);
  assert.equal(session.isExpired, false);
  passAlive(1_000);
  assert.equal(session.isExpired, true);
  assert.deepEqual(peer.ends, []);
  passAlive(29_000);
  assert.equal(peer.closeCode, 4401);
});

test('a renewal in the grace period brings it back', () => {
  const { peer, session, who, greet, passAlive } = setUp();
  greet(60_000);
  passAlive(70_000);
  session.renew(who());
  assert.equal(session.isExpired, false);
  passAlive(60_000);
  assert.deepEqual(peer.ends, []);
});

test("a renewal with another user's token is refused and changes nothing", () => {
  const { session, who, greet } = setUp();
  greet();
  assert.throws(() => session.renew({ ...who(), user: { id: 'v', name: 'V' } }), { code: 'UNAUTHORIZED' });
  assert.equal(session.user?.id, 'u');
});

test('a renewal by another login of the same user moves the session to that login', () => {
  const { session, who, greet } = setUp();
  greet();
  session.renew({ ...who(), sid: 's2' });
  assert.equal(session.sid, 's2');
});

test('a request has one reply, the first; later ones go nowhere', () => {
  const { peer, session } = setUp();
  session.begin(7);
  session.reply(7, {});
  session.reply(7, {});
  session.refuse(7, new Refusal('INTERNAL', 'late'));
  assert.deepEqual(peer.frames, [{ id: 7, ok: true, body: {} }]);
});

test('a reply to what nobody asked is not sent', () => {
  const { peer, session } = setUp();
  session.reply(8, {});
  session.refuse(0, new Refusal('NOT_FOUND', 'room.typing has no reply'));
  assert.deepEqual(peer.frames, []);
});

test('a request that is not answered in 10 s is answered TIMEOUT, and what comes later goes nowhere', () => {
  const { peer, session, greet, passAlive } = setUp();
  greet();
  session.begin(1);
  passAlive(5_000);
  session.begin(2);
  passAlive(5_000);
  assert.deepEqual(
    peer.replies.map((reply) => [reply.id, !reply.ok && reply.error.code]),
    [[1, 'TIMEOUT']],
  );
  session.reply(1, {});
  session.reply(2, {});
  assert.deepEqual(
    peer.replies.map(({ id, ok }) => [id, ok]),
    [
      [1, false],
      [2, true],
    ],
  );
});

test('an id is free again once it was answered, and not before', () => {
  const { session } = setUp();
  session.begin(1);
  assert.throws(() => session.begin(1), { code: 'BAD_REQUEST', message: /^id: / });
  session.reply(1, {});
  session.begin(1);
});

test('a rejection of a repeated id does not answer the request of that id', () => {
  const { peer, session } = setUp();
  session.begin(1);
  session.reject(1, new Refusal('BAD_REQUEST', 'twice'));
  session.reply(1, {});
  assert.deepEqual(
    peer.replies.map(({ ok }) => ok),
    [false, true],
  );
});

test('only so many requests may be open; one that is answered makes room', () => {
  const { session } = setUp();
  for (let id = 1; id <= MAX_REQUESTS; id++) session.begin(id);
  assert.throws(() => session.begin(9), full);
  session.reply(2, {});
  session.begin(9);
});

test('hanging up says why, closes once, and tells who it was', () => {
  const { peer, session, ended, greet } = setUp();
  greet();
  session.hangUp(4501, 'banned');
  session.hangUp(1012, 'again');
  session.closed();
  assert.deepEqual(peer.frames, [{ op: 'session.bye', body: { code: 4501, reason: 'banned' } }]);
  assert.deepEqual(peer.ends, [{ code: 4501, reason: 'banned' }]);
  assert.deepEqual(ended, ['u']);
  assert.equal(session.isClosed, true);
  assert.equal(session.user, undefined);
});

test('a bye that was said is not said again by the hanging up', () => {
  const { peer, session } = setUp();
  session.bye(1012, 'server restarting', 700);
  session.hangUp(1012, 'server restarting');
  assert.deepEqual(peer.pushed('session.bye'), [
    { code: 1012, reason: 'server restarting', retryAfterMs: 700 },
  ]);
  assert.equal(peer.closeCode, 1012);
});

test('a reason always fits the close frame, cut between characters', () => {
  const { peer, session } = setUp();
  const field = 'cursors.' + '茶'.repeat(60);
  session.hangUp(4400, `${field}: must be an integer`);
  const { reason } = peer.ends[0]!;
  assert.ok(Buffer.byteLength(reason) <= 123 && Buffer.byteLength(reason) > 119, reason);
  assert.ok(field.startsWith(reason), 'no half character at the end');
  assert.ok(peer.pushed('session.bye')[0]?.reason.endsWith('must be an integer'), 'the push says it all');
});

test('after the end nothing is sent and nothing is due', () => {
  const { peer, session, greet, pass } = setUp();
  greet();
  session.begin(1);
  session.closed();
  pass(60_000);
  session.reply(1, {});
  session.push('typing', { room: 'r', user: 'u' });
  assert.deepEqual(peer.frames, []);
  assert.deepEqual(peer.ends, [], 'the socket closed by itself');
});

test('what comes while the hello is answered waits, in order, and then has its turn', () => {
  const { session, who } = setUp();
  const done: string[] = [];
  assert.equal(
    session.defer(() => done.push('before the hello')),
    false,
  );
  session.startGreeting();
  assert.equal(
    session.defer(() => done.push('first')),
    true,
  );
  session.defer(() => done.push(`second, ${session.state}`));
  session.identify(who());
  assert.equal(done.length, 0);
  session.goLive();
  assert.deepEqual(done, ['first', 'second, live']);
  assert.equal(
    session.defer(() => done.push('live')),
    false,
  );
});

test('it does not go live before the token has told who it is', () => {
  const { session } = setUp();
  session.startGreeting();
  session.goLive();
  assert.equal(session.state, 'greeting');
});

test('who it is is known from the token on, also while greeting', () => {
  const { session, who, user, state } = setUp();
  session.identify(who());
  assert.equal(user(), undefined, 'nobody said hello');
  session.startGreeting();
  session.identify(who());
  assert.deepEqual([user(), session.sid, state()], ['u', 's', 'greeting']);
});

test('a second hello is refused while the first is answered and afterwards', () => {
  const { session, who } = setUp();
  session.startGreeting();
  assert.throws(() => session.startGreeting(), { code: 'BAD_REQUEST' });
  session.identify(who());
  session.goLive();
  assert.throws(() => session.startGreeting(), { code: 'BAD_REQUEST' });
});

test('a hello that was abandoned may be said again, within 10 s from then', () => {
  const { peer, session, greet, passAlive, user, state } = setUp();
  passAlive(8_000);
  session.startGreeting();
  passAlive(8_000);
  session.abandonGreeting();
  assert.equal(user(), undefined);
  passAlive(8_000);
  assert.deepEqual(peer.ends, []);
  greet();
  assert.equal(state(), 'live');
});

test('a reader with more waiting than allowed is ended with 4409', () => {
  const { peer, session, greet } = setUp();
  greet();
  peer.backlog = 1_000;
  session.tick();
  assert.deepEqual(peer.ends, []);
  peer.backlog = 1_001;
  session.tick();
  assert.equal(peer.closeCode, 4409);
});

test('catching up goes on at once with a quick reader, and with a slow one when it has taken most', async () => {
  const { peer, session } = setUp();
  await session.drained();
  peer.backlog = 200_000;
  let gone = false;
  const drained = session.drained().then(() => (gone = true));
  session.onDrain();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(gone, false);
  peer.backlog = 100_000;
  session.onDrain();
  await drained;
});

test('nobody waits for a reader that is gone', async () => {
  const { peer, session } = setUp();
  peer.backlog = 200_000;
  const waiting = session.drained();
  session.closed();
  await waiting;
  await session.drained();
});
