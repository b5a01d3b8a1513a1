import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_SCROLLED_ENTRIES } from '../../miniprogram/sync/logs.ts';
import { createWorld } from '../support/world.ts';

/** Alice is live in a room of so many messages, and has its chat open. */
async function open(count: number) {
  const world = createWorld();
  world.server.room('r1', ['alice', 'bob']);
  for (let n = 1; n <= count; n += 1) world.server.say('r1', 'bob', `m${n}`);
  const alice = await world.live('alice');
  alice.engine.enter('r1');
  await world.run(100);
  const shown = (): [string | undefined, string | undefined] => [
    alice.texts('r1')[0],
    alice.texts('r1').at(-1),
  ];
  async function soon(act: Promise<void>): Promise<void> {
    await world.run(100);
    await act;
  }
  return { ...world, alice, shown, soon, chat: () => alice.state.chats['r1']! };
}

test('a jump to a place that is not held shows what stands around it, and says that there is more both ways', async () => {
  const { alice, shown, soon, chat } = await open(1_000);
  await soon(alice.engine.goTo('r1', 300));
  assert.deepEqual(shown(), ['m276', 'm325']);
  assert.deepEqual([chat().older, chat().newer], ['more', 'more']);
});

test('what comes at the end meanwhile is not shown there, but is when one is back at the end', async () => {
  const { server, alice, shown, soon, run, chat } = await open(1_000);
  await soon(alice.engine.goTo('r1', 300));
  server.say('r1', 'bob', 'm1001');
  await run(100);
  assert.deepEqual(shown(), ['m276', 'm325']);
  assert.equal(alice.state.rooms['r1']?.unread, 1_001);
  alice.engine.toEnd('r1');
  assert.equal(shown()[1], 'm1001');
  assert.equal(chat().newer, 'none');
});

test('paging down from a jump ends in the log without a gap or a double', async () => {
  const { alice, soon, chat } = await open(200);
  await soon(alice.engine.goTo('r1', 60));
  for (let tries = 0; tries < 10 && chat().newer === 'more'; tries += 1) await soon(alice.engine.newer('r1'));
  assert.equal(chat().newer, 'none');
  const seqs = alice.rows('r1').map(({ seq }) => seq!);
  assert.deepEqual(
    seqs,
    Array.from({ length: seqs.length }, (_, index) => seqs[0]! + index),
  );
  assert.equal(seqs.at(-1), 200);
});

test('paging up from a jump goes on above it', async () => {
  const { alice, shown, soon, chat } = await open(1_000);
  await soon(alice.engine.goTo('r1', 60));
  await soon(alice.engine.older('r1'));
  assert.deepEqual([shown()[0], chat().older], ['m1', 'none']);
});

test('a jump to a place just above what is held joins it at once', async () => {
  const { alice, shown, soon, chat } = await open(200);
  await soon(alice.engine.goTo('r1', 140));
  assert.deepEqual([shown()[1], chat().newer], ['m200', 'none']);
});

test('a jump to what is held asks nothing, and leads back from a stretch of the past', async () => {
  const { server, alice, shown, soon } = await open(1_000);
  await soon(alice.engine.goTo('r1', 300));
  const asked = server.heard.length;
  await soon(alice.engine.goTo('r1', 990));
  assert.equal(shown()[1], 'm1000');
  assert.equal(server.heard.filter(({ op }) => op !== 'session.ping').length, asked);
});

test('recalled, edited and reacted to while one looks at it far from the end: seen', async () => {
  const { server, alice, soon, run } = await open(1_000);
  await soon(alice.engine.goTo('r1', 300));
  server.append('r1', { from: 'u_bob', kind: 'recall', target: 299 });
  server.append('r1', { from: 'u_bob', kind: 'edit', target: 300, body: { text: 'new' } });
  server.append('r1', { from: 'u_bob', kind: 'react', target: 301, body: { emoji: '👍', on: true } });
  await run(100);
  const row = (seq: number) => alice.rows('r1').find((candidate) => candidate.seq === seq);
  assert.equal(row(299)?.recalled, true);
  assert.deepEqual([row(300)?.body['text'], row(300)?.edited !== undefined], ['new', true]);
  assert.deepEqual(row(301)?.reactions, [{ emoji: '👍', count: 1, mine: false }]);
});

test('one’s own message leads back to the end', async () => {
  const { alice, shown, soon, run } = await open(1_000);
  await soon(alice.engine.goTo('r1', 300));
  alice.engine.sendText('r1', 'hello');
  await run(100);
  assert.equal(shown()[1], 'hello');
});

test('a jump without a connection is refused and moves nothing', async () => {
  const { alice, shown } = await open(1_000);
  alice.cut();
  await assert.rejects(alice.engine.goTo('r1', 300), { code: 'OFFLINE' });
  assert.equal(shown()[1], 'm1000');
});

test('20,000 messages, up to the first and down again: never more than so many held, no gap, no double', async () => {
  const { alice, soon, chat } = await open(20_000);
  let most = 0;
  const look = (): number[] => {
    const seqs = alice.rows('r1').map(({ seq }) => seq!);
    most = Math.max(most, seqs.length);
    const gap = seqs.findIndex((seq, index) => seq !== seqs[0]! + index);
    assert.equal(gap, -1, `${seqs[gap - 1]} is followed by ${seqs[gap]}`);
    return [seqs[0]!, seqs.at(-1)!];
  };
  for (let page = 1; chat().older === 'more'; page += 1) {
    const [first] = look();
    await soon(alice.engine.older('r1'));
    assert.equal(look()[0], Math.max(1, first! - 50));
  }
  assert.equal(look()[0], 1);
  assert.deepEqual([chat().older, chat().newer], ['none', 'more']);
  while (chat().newer === 'more') await soon(alice.engine.newer('r1'));
  assert.equal(look()[1], 20_000);
  assert.deepEqual([chat().older, chat().newer], ['more', 'none']);
  assert.ok(most <= MAX_SCROLLED_ENTRIES + 200, `${most} lines held`);
  alice.engine.toEnd('r1');
  assert.equal(look()[1], 20_000);
});

test('a log that begins later than at 1: its beginning is one, and is not asked for again', async () => {
  const { server, alice, soon, chat } = await open(120);
  server.rooms.get('r1')!.begins = 50;
  await soon(alice.engine.older('r1'));
  assert.deepEqual([alice.rows('r1')[0]?.seq, chat().older], [50, 'none']);
});

test('a server that has nothing above what is held: that is the beginning', async () => {
  const { server, alice, soon, chat } = await open(120);
  server.rooms.get('r1')!.begins = 71;
  await soon(alice.engine.older('r1'));
  assert.deepEqual([alice.rows('r1')[0]?.seq, chat().older], [71, 'none']);
});

test('edited and reacted to by oneself: what the log says, on both phones', async () => {
  const { live, alice, soon } = await open(5);
  const bob = await live('bob');
  bob.engine.enter('r1');
  await soon(bob.engine.edit('r1', 3, 'better'));
  await soon(alice.engine.react('r1', 3, { emoji: '🍵', on: true }));
  for (const [phone, mine] of [
    [alice, true],
    [bob, false],
  ] as const) {
    const row = phone.rows('r1').find(({ seq }) => seq === 3);
    assert.equal(row?.body['text'], 'better');
    assert.deepEqual(row?.reactions, [{ emoji: '🍵', count: 1, mine }]);
  }
});
