/** What phones and networks do to the whole client (reliability M9–M12, M19, M21, M25): nothing lost, nothing doubled. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_OPEN_ENTRIES } from '../../miniprogram/sync/logs.ts';
import { createWorld } from '../support/world.ts';

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
const bodies = (log: { body: object }[]): string[] => log.map(({ body }) => (body as { text: string }).text);

test('the socket breaks after the server stored and before it answered: one copy, in order with what follows', async () => {
  const { server, live, run } = createWorld();
  const room = server.room('r1', ['alice', 'bob']);
  const alice = await live('alice');
  alice.engine.enter('r1');
  server.faults.breakAfterStore = 3;
  for (const text of ['a', 'b', 'c', 'd']) alice.engine.sendText('r1', text);
  await run(20_000);
  assert.deepEqual(bodies(room.log), ['a', 'b', 'c', 'd']);
  assert.deepEqual(alice.texts('r1'), ['a', 'b', 'c', 'd']);
  assert.deepEqual(
    alice.rows('r1').map(({ state }) => state),
    ['sent', 'sent', 'sent', 'sent'],
  );
  assert.equal(alice.state.waiting, 0);
});

test('killed between storing and sending: the next start sends it, once', async () => {
  const { server, live, run } = createWorld();
  const room = server.room('r1', ['alice', 'bob']);
  const alice = await live('alice');
  alice.cut();
  alice.engine.sendText('r1', 'one');
  alice.engine.sendText('r1', 'two');
  const again = alice.kill();
  assert.equal(again.state.waiting, 2);
  await run(2_000);
  assert.deepEqual(bodies(room.log), ['one', 'two']);
  assert.equal(again.state.waiting, 0);
  assert.equal(again.kill().state.waiting, 0);
});

test('killed between sending and the answer: still one copy', async () => {
  const { server, live, run } = createWorld();
  const room = server.room('r1', ['alice', 'bob']);
  const alice = await live('alice');
  alice.engine.sendText('r1', 'one');
  await run(15); // Stored there; the answer is on its way.
  assert.equal(room.log.length, 1);
  const again = alice.kill();
  assert.equal(again.state.waiting, 1);
  await run(2_000);
  assert.deepEqual(bodies(room.log), ['one']);
  assert.equal(again.state.waiting, 0);
});

for (const [words, ms] of [
  ['6 s', 6_000],
  ['10 min', 600_000],
] as const) {
  test(`in the background for ${words}, the socket gone without a word: what was missed is there, once, over one socket`, async () => {
    const { server, live, run } = createWorld();
    server.room('r1', ['alice', 'bob']);
    const alice = await live('alice');
    alice.engine.enter('r1');
    server.say('r1', 'bob', 'm1');
    await run(100);
    alice.hide();
    await run(5_000);
    alice.freeze();
    alice.wx.loseSockets();
    for (const seq of numbers(2, 20)) server.say('r1', 'bob', `m${seq}`);
    await run(ms - 5_000);
    alice.thaw();
    await run(3_000);
    assert.deepEqual(
      alice.texts('r1'),
      numbers(1, 20).map((seq) => `m${seq}`),
    );
    assert.deepEqual([alice.wx.opened, alice.wx.alive, alice.state.unread], [2, 1, 20]);
  });
}

test('away for 31 min, the app was ended: the cache shows at once, then what was missed', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  const alice = await live('alice');
  alice.engine.enter('r1');
  for (const seq of numbers(1, 5)) server.say('r1', 'bob', `m${seq}`);
  await run(100);
  alice.hide();
  await run(5_000);
  alice.freeze();
  alice.wx.loseSockets();
  for (const seq of numbers(6, 9)) server.say('r1', 'bob', `m${seq}`);
  await run(31 * 60_000);
  const again = alice.kill();
  again.engine.enter('r1');
  assert.deepEqual(
    again.texts('r1'),
    numbers(1, 5).map((seq) => `m${seq}`),
  );
  assert.equal(again.state.rooms['r1']?.name, 'r1');
  await run(3_000);
  assert.deepEqual(
    again.texts('r1'),
    numbers(1, 9).map((seq) => `m${seq}`),
  );
});

test('10,000 messages missed with the chat open, cut again every few pages: all pass, in order, live ones after them', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  server.say('r1', 'bob', 'm1');
  const alice = await live('alice');
  alice.engine.enter('r1');
  await run(100);
  const seen: number[] = [1];
  alice.client.store.subscribe(() => {
    for (const { seq } of alice.rows('r1')) if (seq !== undefined && seq > seen.at(-1)!) seen.push(seq);
  });
  alice.cut();
  for (const seq of numbers(2, 10_001)) server.say('r1', 'bob', `m${seq}`);
  for (let round = 0; round < 12; round += 1) {
    alice.restore();
    alice.engine.reconnect();
    await run(130);
    server.say('r1', 'bob', 'live');
    await run(40);
    alice.cut();
    await run(10);
  }
  const held = alice.rows('r1').at(-1)?.seq ?? 0;
  assert.ok(held > 500 && held < 10_000, `${held} after twelve cuts`);
  alice.restore();
  await run(15_000);
  assert.deepEqual(seen, numbers(1, 10_013));
  assert.ok(alice.rows('r1').length <= MAX_OPEN_ENTRIES);
  const pages = server.heard.filter(({ op, body }) => op === 'message.history' && 'after' in body);
  assert.ok(pages.length < 101 + 13 * 3, `${pages.length} pages`);
});

test('a push that never came: the hole is seen with the next, asked for, and filled in order', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  const alice = await live('alice');
  alice.engine.enter('r1');
  server.say('r1', 'bob', 'm1');
  server.faults.losePushes = 2;
  for (const seq of numbers(2, 4)) server.say('r1', 'bob', `m${seq}`);
  await run(15);
  assert.deepEqual(alice.texts('r1'), ['m1']);
  await run(100);
  assert.deepEqual(alice.texts('r1'), ['m1', 'm2', 'm3', 'm4']);
  assert.equal(alice.state.unread, 4);
  const asked = server.heard.findLast(({ op }) => op === 'message.history');
  assert.deepEqual(asked?.body, { room: 'r1', after: 1, limit: 100 });
});

test('the server began anew from a backup: what was held is dropped, and its truth is shown', async () => {
  const { server, live, run } = createWorld();
  const room = server.room('r1', ['alice', 'bob']);
  for (const seq of numbers(1, 5)) server.say('r1', 'bob', `m${seq}`);
  const alice = await live('alice');
  alice.engine.enter('r1');
  await run(1_500);
  alice.cut();
  server.epoch = 'epoch-2';
  room.log.splice(3);
  server.say('r1', 'bob', 'other');
  alice.restore();
  await run(2_000);
  assert.deepEqual(alice.texts('r1'), ['m1', 'm2', 'm3', 'other']);
  assert.equal(alice.state.rooms['r1']?.head, 4);
});

test('accepted, its push lost, and the log then begun anew: the message is shown once', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  const alice = await live('alice');
  alice.engine.enter('r1');
  server.faults.losePushes = 1;
  alice.engine.sendText('r1', 'one');
  await run(100);
  assert.deepEqual(
    alice.rows('r1').map(({ state, seq }) => [state, seq]),
    [['sent', 1]],
  );
  alice.cut();
  server.epoch = 'epoch-2';
  alice.restore();
  await run(2_000);
  assert.deepEqual(alice.texts('r1'), ['one']);
});

test('stored, the answer lost, and then so much missed that the log begins anew: the message is shown once', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  const alice = await live('alice');
  server.faults.breakAfterStore = 1;
  alice.engine.sendText('r1', 'one');
  await run(15);
  const again = alice.kill();
  for (const seq of numbers(2, 260)) server.say('r1', 'bob', `m${seq}`);
  await run(3_000);
  again.engine.enter('r1');
  await run(1_000);
  assert.equal(again.state.waiting, 0);
  assert.equal(again.texts('r1').at(-1), 'm260');
});

test('the server began anew from a backup while one looks far up: the stretch of its old life goes, too', async () => {
  const { server, live, run } = createWorld();
  const room = server.room('r1', ['alice', 'bob']);
  for (const seq of numbers(1, 300)) server.say('r1', 'bob', `m${seq}`);
  const alice = await live('alice');
  alice.engine.enter('r1');
  await run(100);
  const there = alice.engine.goTo('r1', 60);
  await run(100);
  await there;
  alice.cut();
  server.epoch = 'epoch-2';
  room.log.splice(3);
  alice.restore();
  await run(2_000);
  assert.deepEqual(alice.texts('r1'), ['m1', 'm2', 'm3']);
});

test('a newest page that is all reactions: the chat goes on to look for something to show', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  for (const seq of numbers(1, 40)) server.say('r1', 'bob', `m${seq}`);
  for (const target of numbers(1, 110)) {
    server.append('r1', {
      from: 'u_bob',
      kind: 'react',
      body: { emoji: '👍', on: true },
      target: 1 + (target % 40),
    });
  }
  const alice = await live('alice');
  alice.engine.enter('r1');
  await run(1_000);
  assert.equal(alice.texts('r1').length, 40);
  assert.equal(alice.state.chats['r1']?.older, 'none');
});

test('storage full: the message is sent, the person is told; the cache is given up before that', async () => {
  const { server, live, run } = createWorld();
  const room = server.room('r1', ['alice', 'bob']);
  for (const seq of numbers(1, 50)) server.say('r1', 'bob', `m${seq}`);
  const alice = await live('alice');
  alice.engine.enter('r1');
  await run(4_000);
  alice.cut();
  alice.storage.limit = alice.storage.size;
  alice.engine.sendText('r1', 'fits, for the cache makes room');
  assert.equal(alice.state.storageFull, false);
  assert.ok(!alice.storage.keys.includes('cache.run.r1'));
  alice.storage.limit = 0;
  alice.engine.sendText('r1', 'does not fit');
  assert.equal(alice.state.storageFull, true);
  alice.restore();
  await run(5_000);
  assert.deepEqual(bodies(room.log.slice(50)), ['fits, for the cache makes room', 'does not fit']);
  assert.equal(alice.state.storageFull, false);
});

test('the system empties the storage under a running app: it goes on, and what is unsent is sent', async () => {
  const { server, live, run } = createWorld();
  const room = server.room('r1', ['alice', 'bob']);
  const alice = await live('alice');
  alice.cut();
  alice.engine.sendText('r1', 'one');
  alice.storage.empty();
  alice.restore();
  await run(5_000);
  assert.deepEqual(bodies(room.log), ['one']);
  assert.equal(alice.state.link.name, 'live');
});

test('refused for now again and again: sent in the end, once; refused for good: failed, until sent again by hand', async () => {
  const { server, live, run } = createWorld();
  const room = server.room('r1', ['alice', 'bob']);
  const alice = await live('alice');
  alice.engine.enter('r1');
  server.faults.refuse.set('message.send', { times: 4, error: { code: 'UNAVAILABLE', message: 'Not now.' } });
  alice.engine.sendText('r1', 'one');
  await run(10_000);
  assert.deepEqual(bodies(room.log), ['one']);
  server.faults.refuse.set('message.send', {
    times: 1,
    error: { code: 'MUTED', message: 'No.', retryAfterMs: 5_000 },
  });
  const cid = alice.engine.sendText('r1', 'two');
  await run(100);
  const failed = alice.rows('r1').at(-1);
  assert.deepEqual([failed?.state, failed?.error, alice.state.waiting], ['failed', 'MUTED', 1]);
  alice.engine.resend('r1', cid);
  await run(100);
  assert.deepEqual(alice.texts('r1'), ['one', 'two']);
  assert.equal(room.log[1]?.cid, cid);
});

test('two phones on a bad network, seeded: every message once, in one order, on both and in the log', async () => {
  for (let seed = 1; seed <= 15; seed += 1) {
    let state = seed;
    const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
    const { server, live, run } = createWorld();
    const room = server.room('r1', ['alice', 'bob']);
    const phones = [await live('alice'), await live('bob')];
    for (const phone of phones) phone.engine.enter('r1');
    const written: string[] = [];
    for (let step = 0; step < 120; step += 1) {
      const who = random(2);
      const phone = phones[who]!;
      const doing = random(12);
      if (doing <= 4) {
        written.push(`${who}-${step}`);
        phone.engine.sendText('r1', written.at(-1)!);
      }
      if (doing === 5) phone.cut();
      if (doing === 6) phone.restore();
      if (doing === 7) phone.halfOpen();
      if (doing === 8) server.faults.breakAfterStore = 1;
      if (doing === 9) phone.freeze();
      if (doing === 10) phone.thaw();
      if (doing === 11) {
        phone.freeze();
        phones[who] = phone.kill();
        if (random(2) > 0) phones[who].restore();
        phones[who].engine.enter('r1');
      }
      await run(random(3_000));
    }
    for (const phone of phones) {
      phone.restore();
      phone.thaw();
    }
    server.faults.breakAfterStore = 0;
    await run(90_000);
    const log = bodies(room.log);
    assert.deepEqual([...log].sort(), [...written].sort(), `seed ${seed}: all, each once`);
    for (const who of [0, 1]) {
      const own = (texts: string[]): string[] => texts.filter((text) => text.startsWith(`${who}-`));
      assert.deepEqual(own(log), own(written), `seed ${seed}: in the order written`);
      const shown = phones[who]!.texts('r1');
      assert.deepEqual(shown, log.slice(-shown.length), `seed ${seed}: phone ${who} shows the log`);
      assert.ok(shown.length > 0);
      assert.equal(phones[who]!.state.waiting, 0, `seed ${seed}`);
    }
  }
});
