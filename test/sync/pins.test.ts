import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryBody } from '../../miniprogram/protocol/frames.ts';
import type { Entry, Seq } from '../../miniprogram/protocol/objects.ts';
import { Pins } from '../../miniprogram/sync/pins.ts';

type Line = Entry & { recalled?: true };

/** A log of so many texts, but for what is told of some seqs; of it the phone holds what is from `first` on. */
function setUp(length: number, first: Seq, told: Record<number, Partial<Line>>) {
  const log = Array.from(
    { length },
    (_, index) =>
      ({
        seq: index + 1,
        ts: 1,
        from: 'u2',
        kind: 'text',
        body: { text: `m${index + 1}` },
        ...told[index + 1],
      }) as Line,
  );
  const asked: HistoryBody[] = [];
  const line = { isCut: false };
  const pins = new Pins({
    room: 'hall',
    held: { first, hasOlder: first > 1, rows: () => log.slice(first - 1) as never },
    get: (body) => {
      asked.push(body);
      if (line.isCut) return Promise.reject(Object.assign(new Error('cut'), { code: 'OFFLINE' }));
      const { around, before = length + 1, limit = 100 } = body;
      const entries =
        around === undefined
          ? log.slice(Math.max(0, before - 1 - limit), before - 1)
          : log.slice(around - 1, around);
      return Promise.resolve({ entries, head: length, more: true });
    },
  });
  return { pins, asked, line, seqs: () => pins.hits.map(({ seq }) => seq) };
}

const notice = (action: 'pinned' | 'unpinned', target: Seq) =>
  ({ kind: 'sys', body: { action, target } }) as Partial<Line>;

test('pinned is what was pinned last, not unpinned, and not recalled', async () => {
  const { pins, asked, seqs } = setUp(9, 1, {
    3: { recalled: true },
    4: notice('pinned', 1),
    5: notice('pinned', 2),
    6: notice('pinned', 3),
    7: notice('unpinned', 1),
    8: notice('pinned', 1),
    9: notice('unpinned', 2),
  });
  await pins.look();
  assert.deepEqual([seqs(), pins.hasMore, asked], [[1], false, []]);
});

test('what is not on the phone is looked for on the server, a thousand entries at a time, down to the first', async () => {
  const { pins, asked, seqs } = setUp(1_300, 1_251, {
    1_260: notice('pinned', 1_255),
    1_100: notice('pinned', 1_090),
    900: notice('unpinned', 40),
    60: notice('pinned', 40),
    30: notice('pinned', 20),
  });
  await pins.look();
  assert.deepEqual([seqs(), pins.hasMore], [[1_255, 1_090], true]);
  assert.deepEqual(
    [asked.length, asked[0], asked.at(-1)?.before],
    [10, { room: 'hall', before: 1_251, limit: 100 }, 351],
  );
  await pins.look();
  assert.deepEqual([seqs(), pins.hasMore], [[1_255, 1_090, 20], false]);
  assert.equal(asked.length, 13);
});

test('a pin on the phone whose message is not: that one alone is asked for', async () => {
  const { pins, asked, seqs } = setUp(20, 11, { 15: notice('pinned', 2) });
  await pins.look();
  assert.deepEqual(seqs(), [2]);
  assert.deepEqual(asked[0], { room: 'hall', around: 2, limit: 1 });
});

test('without a connection what the phone has is there, and another look goes on from it', async () => {
  const { pins, line, seqs } = setUp(300, 251, { 260: notice('pinned', 255), 100: notice('pinned', 90) });
  line.isCut = true;
  await assert.rejects(pins.look(), { code: 'OFFLINE' });
  assert.deepEqual([seqs(), pins.hasMore], [[255], true]);
  line.isCut = false;
  await pins.look();
  assert.deepEqual([seqs(), pins.hasMore], [[255, 90], false]);
});
