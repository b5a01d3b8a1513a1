/** Who asks too much is told to wait, and who does not listen is cut off, whatever they flood with. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../server/outcome.ts';
import { settle } from '../session/node.ts';
import { outcomes, send, setUp } from './stage.ts';

test('who floods is told to wait, then closed with 4429; no answer on the way says that the message is bad', async () => {
  const { ask, arrive } = setUp();
  const { session, peer } = await arrive();
  for (let id = 1; !session.isClosed && id < 1_000; id++) {
    ask(session, 'message.send', send, id);
    if (id % 30 === 0) await settle();
  }
  await settle();
  assert.equal(peer.closeCode, 4429);
  assert.equal(peer.pushed('session.bye')[0]?.retryAfterMs, 5_000);
  assert.deepEqual([...new Set(outcomes(peer).map(([, code]) => code))].sort(), ['RATE_LIMITED', 'ok']);
});

for (const [what, flood] of Object.entries({
  pings: (id: number) => ({ id, op: 'session.ping', body: {} }) as const,
  hellos: (id: number) => ({ id, op: 'session.hello', body: { version: 1, token: 'ann' } }) as const,
  'requests with an expired token': (id: number) => ({ id, op: 'room.list', body: {} }) as const,
  'one id over and over': () => ({ id: 1, op: 'session.ping', body: {} }) as const,
})) {
  test(`who floods with ${what} is closed with 4429 too`, async () => {
    const { node, dispatcher, arrive } = setUp();
    const { session, peer } = await arrive();
    if (what.includes('expired')) node.clock.adjust(900_000);
    for (let id = 1; !session.isClosed && id < 5_000; id++) {
      dispatcher.dispatch(session, flood(id));
      if (id % 30 === 0) await settle();
    }
    assert.equal(peer.closeCode, 4429);
  });
}

test('a frame that cannot be understood is answered, and counts', async () => {
  const { dispatcher, arrive } = setUp();
  const { session, peer } = await arrive();
  const bad = new Refusal('BAD_REQUEST', 'room: is required');
  dispatcher.turnDown(session, 8, bad);
  assert.deepEqual(peer.frames, [{ id: 8, ok: false, error: bad.toBody() }]);
  for (let id = 1; !session.isClosed && id < 5_000; id++) dispatcher.turnDown(session, id, bad);
  assert.equal(peer.closeCode, 4429);
});

test('a typing that cannot be understood has no reply, however many there are', async () => {
  const { dispatcher, arrive } = setUp();
  const { session, peer } = await arrive();
  for (let i = 0; i < 1_100; i++)
    dispatcher.turnDown(session, 0, new Refusal('BAD_REQUEST', 'room: is required'));
  assert.deepEqual(peer.replies, []);
});
