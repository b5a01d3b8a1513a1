/** Batching, and what is true when a sender is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft, Placed } from '../../server/domain/ports.ts';
import { Refusal } from '../../server/outcome.ts';
import { NOW, textDraft } from './factories.ts';
import { at, setUp, settle } from './log-stage.ts';

test('what one turn of the event loop brings is one batch', async () => {
  const { append, appends, turn } = setUp();
  const placed = ['a', 'b', 'c'].map((cid) => append(cid));
  assert.equal(appends.length, 0, 'nothing goes before the turn is over');
  turn();
  assert.deepEqual(appends[0]?.cids, ['a', 'b', 'c']);
  await appends[0].end([at(1), at(2), at(3)]);
  assert.deepEqual(await Promise.all(placed), [at(1), at(2), at(3)]);
});

test('what arrives while an append is under way is the next batch, and goes as soon as that is done', async () => {
  const { append, appends, turn } = setUp();
  void append('a');
  turn();
  void append('b');
  await settle();
  void append('c');
  turn();
  assert.equal(appends.length, 1, 'one append of a room at a time');
  await appends[0]?.end([at(1)]);
  assert.deepEqual(appends[1]?.cids, ['b', 'c']);
});

test('rooms do not wait for each other', () => {
  const { append, appends, turn } = setUp();
  void append('a', 'r');
  void append('b', 'r2');
  turn();
  assert.deepEqual(
    appends.map(({ room }) => room),
    ['r', 'r2'],
  );
});

test('a batch is published as one message, after it is stored and before anybody is told', async () => {
  const { append, appends, events, turn } = setUp();
  void append('a');
  void append('b');
  turn();
  await appends[0]?.end([at(7), at(8)]);
  assert.deepEqual(events, ['stored', 'published 7 8', 'told a', 'told b']);
});

test('what is published is the entry as the store has it, without what became true with it', async () => {
  const { log, appends, published, turn } = setUp();
  const draft: Draft = {
    ...textDraft('u', 'a', '茶'),
    reply: 3,
    mentions: ['v'],
    change: { type: 'recall', target: 1 },
  };
  void log.append('r', draft);
  turn();
  await appends[0]?.end([at(9)]);
  assert.deepEqual(published, [
    [
      {
        seq: 9,
        ts: NOW,
        from: 'u',
        kind: 'text',
        body: { text: '茶' },
        cid: 'a',
        reply: 3,
        mentions: ['v'],
      },
    ],
  ]);
});

test('what was refused or stored before is told and not published', async () => {
  const { append, appends, events, turn } = setUp();
  const placed = ['a', 'b', 'c', 'd'].map((cid) => append(cid));
  turn();
  const answers: Placed[] = [at(5), { seq: 2, ts: 1, repeated: true }, { refused: 'not-member' }, at(6)];
  await appends[0]?.end(answers);
  assert.deepEqual(await Promise.all(placed), answers);
  assert.equal(events[1], 'published 5 6');
});

test('where nothing new was stored, nothing is published', async () => {
  const { append, appends, published, turn } = setUp();
  void append('a');
  turn();
  await appends[0]?.end([{ seq: 1, ts: 1, repeated: true }]);
  assert.deepEqual(published, []);
});

test('a store that fails fails all that were in the batch; the next batch is tried', async () => {
  const { append, appends, events, published, turn } = setUp();
  const lost = [append('a'), append('b')];
  turn();
  const next = append('c');
  const away = new Refusal('UNAVAILABLE', 'the store is away');
  await appends[0]?.fail(away);
  turn();
  await settle();
  for (const placed of lost) await assert.rejects(placed, away);
  assert.deepEqual(appends[1]?.cids, ['c']);
  await appends[1].end([at(1)]);
  assert.deepEqual(await next, at(1));
  assert.deepEqual(published.length, 1);
  assert.deepEqual(events.slice(0, 2), ['failed a', 'failed b']);
});

test('no batch is larger than 1,000', async () => {
  const { append, appends, turn } = setUp();
  for (let i = 0; i < 1_001; i++) void append(`c${i}`);
  turn();
  assert.equal(appends[0]?.cids.length, 1_000);
  await appends[0].end(Array.from({ length: 1_000 }, (_, i) => at(i + 1)));
  assert.deepEqual(appends[1]?.cids, ['c1000']);
});

/** Sends 3,000, of which each batch takes so long. @returns how many were in each */
async function sizesOfBatches(takes: number[], patienceMs?: number): Promise<number[]> {
  const { append, appends, clock, turn } = setUp({ ...(patienceMs !== undefined && { patienceMs }) });
  const sizes: number[] = [];
  const store = async (ms: number): Promise<void> => {
    const last = appends.at(-1);
    sizes.push(last?.cids.length ?? 0);
    clock.advance(ms);
    await last?.end(last.cids.map((_, i) => at(i + 1)));
  };
  void append('first');
  turn();
  for (let i = 0; i < 3_000; i += 1) void append(`c${i}`);
  for (const ms of takes) await store(ms);
  return sizes;
}

test('a batch that took much of the store’s patience is followed by half as many, until it is quick again', async () => {
  assert.deepEqual(await sizesOfBatches([10, 600, 300, 50, 50], 1_500), [1, 1_000, 500, 500, 1_000]);
});

test('a slow disk, which has no patience to lose, gets its batches whole', async () => {
  assert.deepEqual(await sizesOfBatches([10, 600, 600, 600]), [1, 1_000, 1_000, 1_000]);
});

test('past the bound a send is UNAVAILABLE at once, and says when to come again; room is made by what is done', async () => {
  const { append, appends, turn } = setUp({ maxWaiting: 2 });
  void append('a');
  void append('b', 'r2');
  await assert.rejects(append('c'), (reason) => {
    return reason instanceof Refusal && reason.code === 'UNAVAILABLE' && reason.retryAfterMs === 1_000;
  });
  turn();
  await appends[0]?.end([at(1)]);
  const placed = append('c');
  turn();
  await appends[2]?.end([at(2)]);
  assert.deepEqual(await placed, at(2));
});

test('drain waits for what is under way and for what waits behind it', async () => {
  const { log, append, appends, turn } = setUp();
  await log.drain();
  void append('a');
  turn();
  void append('b');
  let done = false;
  const drained = log.drain().then(() => (done = true));
  await appends[0]?.end([at(1)]);
  assert.equal(done, false);
  await appends[1]?.end([at(2)]);
  await drained;
});

test('drain does not wait for ever where the store fails', async () => {
  const { log, append, appends, turn } = setUp();
  append('a').catch(() => undefined);
  turn();
  const drained = log.drain();
  await appends[0]?.fail(new Error('EIO'));
  await drained;
});

test('each batch is measured until it is durable', async () => {
  const batches: { entries: number; ms: number }[] = [];
  const { append, appends, clock, turn } = setUp({ onBatch: (batch) => batches.push(batch) });
  void append('a');
  void append('b');
  turn();
  clock.advance(3);
  await appends[0]?.end([at(1), at(2)]);
  assert.deepEqual(batches, [{ entries: 2, ms: 3 }]);
});
