/** S23: one user sends as fast as the socket takes it. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { DEFAULT_LIMITS } from '../../miniprogram/protocol/limits.ts';
import { login, RawClient } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { startStill } from '../support/still-server.ts';
import { encodeText } from '../support/websocket-frames.ts';
import { Attacker, Bystander } from './attacker.ts';

const { sends, requests, sockets: mostSockets } = DEFAULT_LIMITS;

/** Somebody signed in, with a room of their own and a way to say things in it as fast as they like. */
async function flooder(url: string, name: string) {
  const { client, login: signedIn } = await RawClient.arrive(url, name);
  const { room } = await client.ask('room.create', { kind: 'group', name: 'flood' });
  await client.close();
  const attacker = await Attacker.signedIn(url, signedIn.access);
  let count = 0;
  const send = () => {
    const body = { room: room.id, cid: `f${++count}`, kind: 'text', body: { text: 'flood' } };
    attacker.socket.sendText(JSON.stringify({ id: 100 + count, op: 'message.send', body }));
  };
  const replies = () => attacker.answers.filter(({ id }) => id !== undefined && id > 100);
  /** One after the other, each answered. */
  const sendOneByOne = async (times: number) => {
    for (let done = replies().length + 1, last = done + times; done < last; done++) {
      send();
      await attacker.until(() => replies().length >= done);
    }
    return replies().slice(-times);
  };
  return { attacker, send, sendOneByOne, replies, access: signedIn.access };
}

describe('S23 the limit on sends, on a clock that stands still', () => {
  /** The room that the flooder made was the first of the burst. */
  const left = sends.burst - 1;

  test('beyond the burst each is refused with the time to wait, and after it one is taken', async (t) => {
    const { url, clock } = await startStill(t);
    const { attacker, sendOneByOne } = await flooder(url, 'eager');
    assert.deepEqual(new Set((await sendOneByOne(left)).map(({ ok }) => ok)), new Set([true]));
    for (const { error } of await sendOneByOne(10)) {
      assert.equal(error?.code, 'RATE_LIMITED');
      assert.equal(error.retryAfterMs, 1_000 / sends.perSecond);
    }
    clock.advance(1_000 / sends.perSecond);
    const [taken, tooMuch] = await sendOneByOne(2);
    assert.deepEqual([taken?.ok, tooMuch?.ok], [true, false]);
    await attacker.cut();
  });

  test('a second socket of the same user has no burst of its own', async (t) => {
    const { url } = await startStill(t);
    const { attacker, sendOneByOne, access } = await flooder(url, 'double');
    await sendOneByOne(left);
    const second = await RawClient.connect(url);
    await second.hello({ token: access });
    const reply = await second.request('room.create', { kind: 'group', name: 'one more' });
    assert.equal(reply.ok || reply.error.code, 'RATE_LIMITED');
    await Promise.all([attacker.cut(), second.close()]);
  });

  test('another user is not limited by it', async (t) => {
    const { url } = await startStill(t);
    const { attacker, sendOneByOne } = await flooder(url, 'loud');
    await sendOneByOne(left + 10);
    const { client } = await RawClient.arrive(url, 'quiet');
    await client.ask('room.create', { kind: 'group', name: 'quiet' });
    await Promise.all([attacker.cut(), client.close()]);
  });
});

async function start(t: TestContext): Promise<ServerProcess> {
  const server = await ServerProcess.start();
  t.after(() => server.stop());
  return server;
}

test('S23 who goes on is closed with 4429, few of thousands are stored, and others are served meanwhile', async (t) => {
  const server = await start(t);
  const bystander = await Bystander.arrive(server);
  const { attacker, send, replies } = await flooder(server.url, 'mallory');
  const began = performance.now();
  let rounds = 0;
  for (; rounds < 50 && !attacker.closed; rounds++) {
    for (let count = 0; count < 100; count++) send();
    await bystander.isServed();
    await new Promise((resolve) => setTimeout(resolve, 1_000 / sends.perSecond)); // the bystander keeps to the limit
  }
  const seconds = (performance.now() - began) / 1_000;
  assert.equal(attacker.closed?.code, 4429);
  assert.ok(attacker.answers.some(({ op }) => op === 'session.bye'));
  assert.ok(replies().some(({ error }) => error?.code === 'RATE_LIMITED'));
  assert.ok(replies().filter(({ ok }) => ok).length <= sends.burst + sends.perSecond * seconds + 1);
  t.diagnostic(`the bystander was served ${rounds} times in ${seconds.toFixed(1)} s`);
});

test(`more than ${requests} open requests on one socket are refused, one by one`, async (t) => {
  const { url } = await startStill(t);
  const { access } = await login(url, 'impatient');
  const attacker = await Attacker.signedIn(url, access);
  const ids = Array.from({ length: requests + 8 }, (_, index) => 10 + index);
  // In one segment, so that none is answered before the last is read.
  const frames = ids.map((id) => encodeText(JSON.stringify({ id, op: 'room.list', body: {} })));
  attacker.sendBytes(Buffer.concat(frames));
  const replies = () => attacker.answers.filter(({ id }) => id! >= 10);
  await attacker.until(() => replies().length >= ids.length);
  assert.equal(new Set(replies().map(({ id }) => id)).size, ids.length, 'each has one reply');
  const refused = replies().filter(({ ok }) => !ok);
  assert.equal(refused.length, ids.length - requests);
  for (const { error } of refused) assert.equal(error?.code, 'RATE_LIMITED');
  await attacker.cut();
});

test('one socket more than a user may have closes the oldest with 4502', async (t) => {
  const { url } = await startStill(t);
  const { access } = await login(url, 'collector');
  const sockets: Attacker[] = [];
  for (let count = 0; count <= mostSockets; count++) sockets.push(await Attacker.signedIn(url, access));
  assert.equal((await sockets[0]!.end()).code, 4502);
  const [reply] = await sockets[1]!.say({ id: 2, op: 'session.ping' });
  assert.equal(reply?.ok, true);
  await Promise.all(sockets.map((socket) => socket.cut()));
});
