import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatError } from '../../miniprogram/net/chat-error.ts';
import { MAX_HELD_BACK, Requests } from '../../miniprogram/net/requests.ts';

function setUp(limit = 4) {
  const written: { id: number; op: string }[] = [];
  const requests = new Requests(limit, (frame) => void written.push(frame as { id: number; op: string }));
  return { requests, written };
}

const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.catch((error: unknown) => (error instanceof ChatError ? error.code : error));

test('answers find their requests in whatever order they come', async () => {
  const { requests, written } = setUp();
  const ping = requests.add('session.ping', {}, 0);
  const list = requests.add('room.list', {}, 0);
  requests.answer({ id: written[1]!.id, ok: true, body: { rooms: [] } }, 1);
  requests.answer({ id: written[0]!.id, ok: true, body: { serverTime: 5 } }, 1);
  assert.deepEqual(await Promise.all([ping, list]), [{ serverTime: 5 }, { rooms: [] }]);
});

test('an error rejects with its code and its delay', async () => {
  const { requests, written } = setUp();
  const asked = requests.add('room.list', {}, 0);
  const error = { code: 'RATE_LIMITED' as const, message: 'Slower.', retryAfterMs: 700 };
  requests.answer({ id: written[0]!.id, ok: false, error }, 1);
  await assert.rejects(asked, { code: 'RATE_LIMITED', retryAfterMs: 700 });
});

test('an answer to nobody, and a second answer, are dropped', async () => {
  const { requests, written } = setUp();
  const asked = requests.add('session.ping', {}, 0);
  requests.answer({ id: 999, ok: true, body: {} }, 1);
  requests.answer({ id: written[0]!.id, ok: true, body: { serverTime: 1 } }, 1);
  requests.answer({ id: written[0]!.id, ok: true, body: { serverTime: 2 } }, 1);
  assert.deepEqual(await asked, { serverTime: 1 });
});

test('two of the server’s limit stay free for ping and renewal; the others wait their turn', () => {
  const { requests, written } = setUp(4);
  for (let count = 0; count < 5; count += 1) void outcome(requests.add('room.list', {}, 0));
  assert.equal(written.length, 2);
  requests.answer({ id: written[0]!.id, ok: true, body: { rooms: [] } }, 1);
  assert.equal(written.length, 3);
});

test('what is held back has a bound, and one more is refused', async () => {
  const { requests } = setUp(4);
  const all = Array.from({ length: 2 + MAX_HELD_BACK }, () => outcome(requests.add('room.list', {}, 0)));
  await assert.rejects(requests.add('room.list', {}, 0), { code: 'RATE_LIMITED' });
  requests.failAll(new ChatError('OFFLINE', 'gone'));
  assert.deepEqual(new Set(await Promise.all(all)), new Set(['OFFLINE']));
});

test('no answer within 10 s is a TIMEOUT, also for one that never got its turn', async () => {
  const { requests } = setUp(3);
  const first = outcome(requests.add('room.list', {}, 0));
  const heldBack = outcome(requests.add('room.list', {}, 1_000));
  assert.equal(requests.nextDue, 10_000);
  requests.expire(10_999);
  assert.equal(await first, 'TIMEOUT');
  requests.expire(11_000);
  assert.equal(await heldBack, 'TIMEOUT');
  assert.equal(requests.nextDue, Infinity);
});

test('time in which the app was frozen does not count', () => {
  const { requests } = setUp();
  void outcome(requests.add('room.list', {}, 0));
  requests.postpone(60_000);
  assert.equal(requests.nextDue, 70_000);
  assert.equal(requests.oldest, 60_000);
});
