/** Batching, and what is true when a sender is told: over a store whose appends end when the test says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../miniprogram/protocol/objects.ts';
import { LocalBus } from '../../server/bus/local.ts';
import { createLog, type LogDeps, type Placing } from '../../server/domain/log.ts';
import type { Draft, LogStore, Placed } from '../../server/domain/ports.ts';
import { Refusal } from '../../server/outcome.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { NOW, textDraft } from './factories.ts';

interface Append {
  room: string;
  cids: (string | undefined)[];
  end(placed: Placed[]): Promise<void>;
  fail(reason: Error): Promise<void>;
}

/** Lets what is under way go as far as it can without the store. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setUp({ patienceMs, ...more }: Partial<LogDeps> & { patienceMs?: number } = {}) {
  const appends: Append[] = [];
  const found = new Map<string, { seq: number; ts: number }>();
  const turns: (() => void)[] = [];
  /** What happened, in order. */
  const events: string[] = [];
  const published: Entry[][] = [];
  let finds = 0;

  const store: LogStore = {
    ...(patienceMs !== undefined && { patienceMs }),
    append: (room, drafts) =>
      new Promise((resolve, reject) => {
        appends.push({
          room,
          cids: drafts.map(({ cid }) => cid),
          end: (placed) => {
            events.push('stored');
            resolve(placed);
            return settle();
          },
          fail: (reason) => {
            reject(reason);
            return settle();
          },
        });
      }),
    find: (room, from, cid) => {
      finds += 1;
      return Promise.resolve(found.get(`${room} ${from} ${cid}`) ?? null);
    },
    entry: () => Promise.resolve(null),
    page: () => Promise.reject(new Error('not asked here')),
    heads: () => Promise.reject(new Error('not asked here')),
    trim: () => Promise.resolve({ trimmed: 0 }),
  };
  const bus = new LocalBus();
  for (const room of ['r', 'r2']) {
    bus.subscribe(`room.${room}`, (message) => {
      assert.equal(message.type, 'entries');
      if (message.type !== 'entries') return;
      events.push(`published ${message.entries.map(({ seq }) => seq).join(' ')}`);
      published.push(message.entries);
    });
  }
  const clock = new ManualClock();
  const log = createLog({ store, bus, clock, soon: (job) => turns.push(job), ...more });
  const append = (cid: string, room = 'r'): Promise<Placed> => {
    const placed = log.append(room, textDraft('u', cid));
    placed.then(
      () => events.push(`told ${cid}`),
      () => events.push(`failed ${cid}`),
    );
    return placed;
  };
  return {
    log,
    append,
    appends,
    events,
    published,
    found,
    clock,
    finds: () => finds,
    turn: () => turns.splice(0).forEach((job) => job()),
  };
}

const at = (seq: number): Placed => ({ seq, ts: NOW });

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

/** Placing, that is appending by the rules of today. */
const placing = (cid: string, fields: Partial<Placing> = {}): Placing => ({
  room: 'r',
  from: 'u',
  cid,
  draw: () => textDraft('u', cid),
  refuse: (why) => new Refusal('NOT_FOUND', why),
  ...fields,
});
const muted = (): never => {
  throw new Refusal('MUTED', 'not now');
};

test('what was stored under the cid is found also where the rules of today refuse it', async () => {
  const { log, found, appends, turn } = setUp();
  found.set('r u a', { seq: 4, ts: 40 });
  assert.deepEqual(await log.place(placing('a', { draw: muted })), { seq: 4, ts: 40, repeated: true });
  turn();
  assert.equal(appends.length, 0, 'nothing is stored');
});

test('what was not stored is refused by the rule', async () => {
  const { log, found } = setUp();
  found.set('r v a', { seq: 4, ts: 40 });
  found.set('r2 u a', { seq: 4, ts: 40 });
  await assert.rejects(log.place(placing('a', { draw: muted })), { code: 'MUTED' });
});

test('what the store refuses is refused in the words of whoever asked', async () => {
  const { log, appends, turn } = setUp();
  const placed = log.place(placing('a'));
  await settle();
  turn();
  const refused = assert.rejects(placed, { code: 'NOT_FOUND', message: 'full' });
  await appends[0]?.end([{ refused: 'full' }]);
  await refused;
});

test('a store that is out of reach is not asked once more', async () => {
  const { log, appends, finds, turn } = setUp();
  const placed = log.place(placing('a'));
  await settle();
  turn();
  const refused = assert.rejects(placed, { code: 'UNAVAILABLE' });
  await appends[0]?.fail(new Refusal('UNAVAILABLE', 'away'));
  await refused;
  assert.equal(finds(), 0);
});

test('a bug in a rule comes out as it is', async () => {
  const { log, found } = setUp();
  found.set('r u a', { seq: 4, ts: 40 });
  const draw = (): never => {
    throw new TypeError('a bug');
  };
  await assert.rejects(log.place(placing('a', { draw })), TypeError);
});

test('messages of one sender keep their order, also where the rules take longer over the first', async () => {
  const { log, appends, turn } = setUp();
  let allow = (): void => undefined;
  const slow = new Promise<Draft>((resolve) => (allow = () => resolve(textDraft('u', 'first'))));
  void log.place(placing('first', { draw: () => slow }));
  void log.place(placing('second'));
  void log.place(placing('third'));
  void log.place(placing('by another', { from: 'v', draw: () => textDraft('v', 'by another') }));
  await settle();
  turn();
  assert.deepEqual(appends[0]?.cids, ['by another'], 'others do not wait');
  allow();
  await settle();
  await appends[0].end([at(1)]);
  assert.deepEqual(appends[1]?.cids, ['first', 'second', 'third']);
});

test('a message that the rules refuse does not hold up the next one of its sender', async () => {
  const { log, appends, turn } = setUp();
  const refused = assert.rejects(log.place(placing('first', { draw: () => settle().then(muted) })), {
    code: 'MUTED',
  });
  void log.place(placing('second'));
  await refused;
  await settle();
  turn();
  assert.deepEqual(appends[0]?.cids, ['second']);
});

test('where the store takes a message not now, those that its sender placed behind it are not taken either', async () => {
  const { log, appends, turn } = setUp();
  const told: string[] = [];
  let drawSlowly = (): void => undefined;
  const send = (
    from: string,
    cid: string,
    draw = (): Draft | Promise<Draft> => textDraft(from, cid),
  ): void => {
    const placed = log.place({ room: 'r', from, cid, draw, refuse: () => new Refusal('FORBIDDEN', 'no') });
    placed.then(
      ({ seq }) => told.push(`${cid} ${seq}`),
      (reason: unknown) => told.push(`${cid} ${(reason as Refusal).code}`),
    );
  };
  send('ann', 'a1');
  await settle();
  turn();
  send('ann', 'a2');
  send('bob', 'b1');
  send('ann', 'a3', () => new Promise((resolve) => (drawSlowly = () => resolve(textDraft('ann', 'a3')))));
  await settle();
  await appends[0]?.fail(new Refusal('UNAVAILABLE', 'not now', 1_000));
  turn();
  await settle();
  drawSlowly();
  await settle();
  turn();
  await settle();
  assert.deepEqual(
    appends.map(({ cids }) => cids),
    [['a1'], ['b1']],
  );
  await appends[1]?.end([at(1)]);
  assert.deepEqual(told.toSorted(), ['a1 UNAVAILABLE', 'a2 UNAVAILABLE', 'a3 UNAVAILABLE', 'b1 1']);
  send('ann', 'a1');
  await settle();
  turn();
  await appends[2]?.end([at(2)]);
  assert.ok(told.includes('a1 2'), 'what is sent after that is taken again');
});
