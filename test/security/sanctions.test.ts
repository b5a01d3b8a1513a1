/** S6, S18, S19: who is banned or muted, on two nodes: nothing of theirs gets in, on whichever node, by whatever way. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../server/clock.ts';
import { createTokens } from '../../server/session/tokens.ts';
import { adminWith } from '../support/admin.ts';
import { Nodes } from '../support/nodes.ts';
import { login, RawClient } from '../support/raw-client.ts';

const KEY = { kid: 'k1', secret: 'uE3x9sVq-L0aPz7RwK2mT5yHcN8dJf1B' };

async function setUp(t: TestContext) {
  const nodes = await Nodes.start(t, 2, {
    JWT_KEYS: `${KEY.kid}:${KEY.secret}`,
    LIMITS: 'sends=10000/10000',
  });
  const { token } = createTokens({ keys: [KEY], clock: systemClock }).signAdmin(
    { actor: 'local-test', role: 'operator' },
    600,
  );
  const mod = adminWith(nodes.admin, token);
  const [zero, one] = [nodes.url(0), nodes.url(1)];
  const ann = await RawClient.arrive(zero, 'ann');
  const { room } = await ann.client.ask('room.create', { kind: 'group', name: 'tea', open: true });
  return { nodes, mod, zero, one, ann, room: room.id };
}

const post = (base: string, path: string, body: object): Promise<Response> =>
  fetch(`${base}${path}`, { method: 'POST', body: JSON.stringify(body) });

test('S6 three sockets of a banned user on two nodes end with 4501 within 2 s, and nothing gets in afterwards', async (t) => {
  const { mod, zero, one, ann, room } = await setUp(t);
  const first = await RawClient.arrive(zero, 'bob');
  const second = await RawClient.arrive(zero, 'bob');
  const third = await RawClient.arrive(one, 'bob');
  const { login: tokens } = first;
  await third.client.ask('room.join', { room });
  const said = await third.client.sendText(room, 'mine', 'before');

  const began = performance.now();
  assert.equal(
    (await mod.post(`/users/${tokens.user.id}/ban`, { reason: 'spam', seconds: 600 })).status,
    200,
  );
  const ends = await Promise.all([first, second, third].map(({ client }) => client.closed));
  const took = performance.now() - began;
  t.diagnostic(`all three were closed ${Math.round(took)} ms after the order was given`);
  assert.deepEqual(
    ends.map(({ code }) => code),
    [4501, 4501, 4501],
  );
  assert.ok(took < 2_000, `it took ${took} ms`);

  const { client: watching } = await RawClient.arrive(one, 'cat');
  await watching.ask('room.join', { room });
  for (const base of [zero, one]) {
    await assert.rejects(login(base, 'bob'), /BANNED/);
    for (const access of [tokens.access, third.login.access]) {
      const me = await fetch(`${base}/v1/me`, { headers: { authorization: `Bearer ${access}` } });
      assert.equal(me.status, 403);
      const back = await RawClient.connect(base);
      const requests = [
        back.request('session.hello', { version: 1, token: access }),
        // A resend right behind the hello, as an outbox does.
        back.request('message.send', { room, cid: 'mine', kind: 'text', body: { text: 'again' } }),
        back.request('message.send', { room, cid: 'new', kind: 'text', body: { text: 'let me in' } }),
      ];
      const replies = await Promise.allSettled(requests);
      assert.equal(replies[0]?.status, 'fulfilled', 'the hello is told why');
      for (const reply of replies) {
        // What comes after the socket has ended finds nobody.
        if (reply.status === 'rejected') assert.match(String(reply.reason), /Lost: .*4501/);
        else assert.equal(!reply.value.ok && reply.value.error.code, 'BANNED');
      }
      assert.equal((await back.closed).code, 4501);
    }
    for (const { refresh } of [tokens, second.login, third.login]) {
      assert.equal((await post(base, '/v1/refresh', { refresh })).status, 403);
    }
  }
  const { seq } = await ann.client.sendText(room, 'a1', 'quiet now');
  await watching.until('it', () => watching.entries(room).some((entry) => entry.seq === seq));
  const log = await ann.client.history(room);
  assert.deepEqual(
    log.filter(({ kind, from }) => kind === 'text' && from === tokens.user.id).map((entry) => entry.seq),
    [said.seq],
  );

  await mod.post(`/users/${tokens.user.id}/unban`);
  const again = await RawClient.arrive(one, 'bob');
  assert.equal((await again.client.sendText(room, 'mine', 'before')).repeated, true);
});

test('S6 a logout, and a kick, end the sockets on the other node within 2 s', async (t) => {
  const { mod, zero, one } = await setUp(t);
  const bob = await RawClient.arrive(one, 'bob');
  const began = performance.now();
  await post(zero, '/v1/logout', { refresh: bob.login.refresh });
  assert.equal((await bob.client.closed).code, 4401);
  const again = await RawClient.arrive(one, 'bob');
  await mod.post(`/users/${bob.login.user.id}/kick`, { reason: 'log in again' });
  assert.equal((await again.client.closed).code, 4401);
  assert.ok(performance.now() - began < 4_000);
});

test('S18 S19 who is banned from a room is out of it on every node: NOT_FOUND in everything, FORBIDDEN to come back', async (t) => {
  const { mod, one, ann, room } = await setUp(t);
  const bob = await RawClient.arrive(one, 'bob');
  await bob.client.ask('room.join', { room });
  const { seq } = await bob.client.sendText(room, 'b1', 'hello');
  await mod.post(`/users/${bob.login.user.id}/ban`, { room, reason: 'off topic' });
  await bob.client.until('gone', () => bob.client.pushed('gone').length > 0);
  await ann.client.sendText(room, 'a1', 'without him');
  const requests: [op: string, body: object][] = [
    ['message.send', { cid: 's', kind: 'text', body: { text: 'x' } }],
    ['message.edit', { cid: 'e', target: seq, text: 'x' }],
    ['message.react', { cid: 'r', target: seq, emoji: '👍', on: true }],
    ['message.recall', { cid: 'c', target: seq }],
    ['message.history', {}],
    ['message.search', { query: 'hello' }],
    ['message.report', { target: seq, reason: 'spam' }],
    ['room.members', {}],
    ['room.manage', { cid: 'm', action: 'rename', name: 'mine' }],
    ['room.read', { seq: 1 }],
    ['room.prefs', { muted: true }],
    ['room.leave', {}],
  ];
  for (const [op, body] of requests) {
    const here = await bob.client.request(op, { room, ...body });
    const nowhere = await bob.client.request(op, { room: 'no-such-room', ...body });
    assert.deepEqual(!here.ok && here.error, !nowhere.ok && nowhere.error, op);
    assert.equal(!here.ok && here.error.code, 'NOT_FOUND', op);
  }
  const join = await bob.client.request('room.join', { room });
  assert.equal(!join.ok && join.error.code, 'FORBIDDEN');
  const invite = { room, cid: 'i', action: 'invite', users: [bob.login.user.id] };
  const invited = await ann.client.request('room.manage', invite);
  assert.equal(!invited.ok && invited.error.code, 'FORBIDDEN');
  const heard = bob.client.entries(room).map((entry) => entry.seq);
  assert.ok(Math.max(...heard) <= seq, 'nothing after the removal');
});

test('a mute holds on the other node as soon as it is answered for, in every way of writing', async (t) => {
  const { mod, one, room } = await setUp(t);
  const bob = await RawClient.arrive(one, 'bob');
  await bob.client.ask('room.join', { room });
  const { seq } = await bob.client.sendText(room, 'b1', 'hello');
  await mod.post(`/users/${bob.login.user.id}/mute`, { reason: 'too loud', seconds: 600 });
  await bob.client.until('told', () =>
    bob.client.pushed('room').some((push) => push.room.id === room && push.room.mutedUntil !== undefined),
  );
  for (const [op, body] of [
    ['message.send', { cid: 's', kind: 'text', body: { text: 'x' } }],
    ['message.edit', { cid: 'e', target: seq, text: 'x' }],
    ['message.react', { cid: 'r', target: seq, emoji: '👍', on: true }],
  ] as const) {
    const reply = await bob.client.request(op, { room, ...body });
    assert.deepEqual(!reply.ok && [reply.error.code, reply.error.reason], ['MUTED', 'too loud'], op);
  }
  assert.ok((await bob.client.ask('message.history', { room })).entries.length > 0, 'and may still read');
});
