import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../miniprogram/protocol/objects.ts';
import { MAX_AHEAD, Timeline } from '../../miniprogram/sync/timeline.ts';

const ME = 'u_me';
const text = (seq: number, more: Partial<Entry> = {}): Entry =>
  ({ seq, ts: seq * 1_000, from: 'u_bob', kind: 'text', body: { text: `t${seq}` }, ...more }) as Entry;
const range = (from: number, to: number): Entry[] =>
  Array.from({ length: to - from + 1 }, (_, i) => text(from + i));
const recall = (seq: number, target: number): Entry => ({
  seq,
  ts: seq * 1_000,
  from: 'u_bob',
  kind: 'recall',
  body: {},
  target,
});
const edit = (seq: number, target: number, words: string): Entry => ({
  seq,
  ts: seq * 1_000,
  from: 'u_bob',
  kind: 'edit',
  body: { text: words },
  target,
});

const seqs = (entries: readonly { seq?: number }[]): number[] => entries.map(({ seq }) => seq ?? 0);
const shown = (timeline: Timeline): string[] =>
  timeline.rows().map(({ body, recalled }) => (recalled ? '—' : String(body['text'])));

test('entries that follow are taken in, and given back as new', () => {
  const timeline = Timeline.after(10, ME);
  assert.deepEqual(seqs(timeline.apply(range(11, 13))), [11, 12, 13]);
  assert.equal(timeline.cursor, 13);
  assert.equal(timeline.hole, null);
});

test('doubles change nothing', () => {
  const timeline = Timeline.after(10, ME);
  timeline.apply(range(11, 13));
  assert.deepEqual(timeline.apply(range(9, 13)).length, 0);
  assert.deepEqual(seqs(timeline.apply(range(12, 14))), [14]);
  assert.equal(timeline.size, 6); // 9 and 10 touch the run from below.
});

test('what lies beyond a hole waits, and comes with what fills it', () => {
  const timeline = Timeline.after(10, ME);
  assert.deepEqual(timeline.apply(range(13, 14)), []);
  assert.equal(timeline.hole, 10);
  assert.deepEqual(timeline.apply([text(16)]), []);
  assert.deepEqual(seqs(timeline.apply(range(11, 12))), [11, 12, 13, 14]);
  assert.equal(timeline.hole, 14);
  assert.deepEqual(seqs(timeline.apply([text(15)])), [15, 16]);
  assert.equal(timeline.hole, null);
});

test('what waits beyond a hole has a bound; the rest is still known to be missing', () => {
  const timeline = Timeline.after(0, ME);
  timeline.apply(range(2, 2 + MAX_AHEAD + 49));
  timeline.apply([text(1)]);
  assert.equal(timeline.cursor, MAX_AHEAD + 1);
  assert.equal(timeline.hole, MAX_AHEAD + 1);
  timeline.apply(range(MAX_AHEAD + 2, MAX_AHEAD + 51));
  assert.equal(timeline.hole, null);
});

test('a hole that cannot be filled is given up, and the run goes on when something follows', () => {
  const timeline = Timeline.after(10, ME);
  timeline.apply([text(12)]);
  timeline.giveUpHole();
  assert.equal(timeline.hole, null);
  assert.deepEqual(seqs(timeline.apply([text(11)])), [11]);
});

test('history goes in at the front; a page that does not touch is left out', () => {
  const timeline = Timeline.after(100, ME);
  assert.deepEqual(timeline.apply(range(51, 100)), []);
  assert.equal(timeline.first, 51);
  timeline.apply(range(1, 40));
  assert.equal(timeline.first, 51);
  timeline.apply(range(1, 50));
  assert.equal(timeline.first, 1);
  assert.deepEqual(seqs(timeline.rows()), seqs(range(1, 100)));
});

test('a page that reaches past both ends fills both', () => {
  const timeline = Timeline.after(10, ME);
  timeline.apply([text(11)]);
  assert.deepEqual(seqs(timeline.apply(range(8, 14))), [12, 13, 14]);
  assert.equal(timeline.first, 8);
});

test('a recalled message is erased, and says by whom', () => {
  const timeline = Timeline.after(0, ME);
  timeline.apply([text(1), text(2), { ...recall(3, 1), from: 'u_admin' }]);
  const [first] = timeline.rows();
  assert.deepEqual([first?.recalled, first?.recalledBy, first?.body], [true, 'u_admin', {}]);
  assert.deepEqual(shown(timeline), ['—', 't2']);
  assert.ok(!JSON.stringify(timeline.run(10)).includes('t1'));
});

test("what the server itself took back says so, and is not laid at its writer's door", () => {
  const timeline = Timeline.after(0, ME);
  timeline.apply([text(1), { ...recall(2, 1), from: '' }]);
  assert.deepEqual([timeline.rows()[0]?.recalled, timeline.rows()[0]?.recalledBy], [true, '']);
});

test('a recall known before its target is applied when the page with the target comes', () => {
  const timeline = Timeline.after(5, ME);
  timeline.apply([recall(6, 3)]);
  timeline.apply(range(1, 5)); // Read by the server before the recall.
  assert.deepEqual(shown(timeline), ['t1', 't2', '—', 't4', 't5']);
});

test('a recall erases the edits that repeat the text, and an edit after it does not bring it back', () => {
  const timeline = Timeline.after(0, ME);
  timeline.apply([text(1), edit(2, 1, 'secret'), recall(3, 1), edit(4, 1, 'again')]);
  assert.deepEqual(shown(timeline), ['—']);
  assert.ok(!JSON.stringify(timeline.run(10)).includes('secret'));
});

test('the newest edit counts, whatever order they become known in', () => {
  const timeline = Timeline.after(2, ME);
  timeline.apply([edit(3, 1, 'newest')]);
  timeline.apply([text(1, { body: { text: 'old' } }), edit(2, 1, 'older')]);
  assert.deepEqual(shown(timeline), ['newest']);
  assert.equal(timeline.rows()[0]?.edited, 3_000);
});

test('a page that shows a newer text already is not set back by an older edit', () => {
  const timeline = Timeline.after(1, ME);
  timeline.apply([edit(2, 1, 'older')]);
  timeline.apply([text(1, { body: { text: 'newer' }, edited: 9_000 })]);
  assert.deepEqual(shown(timeline), ['newer']);
});

test('an edit whose text is erased, and a change of what is not held, do no harm', () => {
  const timeline = Timeline.after(5, ME);
  timeline.apply([{ ...edit(6, 2, ''), body: {} } as unknown as Entry, recall(7, 3), text(8)]);
  assert.deepEqual(shown(timeline), ['t8']);
});

test('a line that did not change is the same object as before', () => {
  const timeline = Timeline.after(0, ME);
  timeline.apply(range(1, 3));
  const before = timeline.rows();
  timeline.apply([recall(4, 2), text(5)]);
  const after = timeline.rows();
  assert.equal(after[0], before[0]);
  assert.notEqual(after[1], before[1]);
  assert.equal(after[2], before[2]);
});

test('one’s own message keeps its key from the cid, those of others have one from the seq', () => {
  const timeline = Timeline.after(0, ME);
  timeline.apply([text(1, { from: ME, cid: 'abc' }), text(2, { cid: 'abc' }), text(3, { from: ME })]);
  assert.deepEqual(
    timeline.rows().map(({ key, mine }) => [key, mine]),
    [
      ['cabc', true],
      ['s2', false],
      ['s3', true],
    ],
  );
});

test('trimmed, it keeps the newest and where it stands', () => {
  const timeline = Timeline.after(0, ME);
  timeline.apply([...range(1, 10), recall(11, 5)]);
  timeline.trim(4);
  assert.deepEqual([timeline.first, timeline.cursor, timeline.size], [8, 11, 4]);
  timeline.trim(0);
  assert.deepEqual([timeline.first, timeline.cursor], [12, 11]);
  assert.deepEqual(seqs(timeline.apply([text(12)])), [12]);
});

test('kept and read again, it is the same', () => {
  const timeline = Timeline.after(0, ME);
  timeline.apply([...range(1, 10), recall(11, 5), edit(12, 4, 'new')]);
  const again = new Timeline(ME, structuredClone(timeline.run(10)));
  assert.deepEqual([again.first, again.cursor], [3, 12]);
  assert.deepEqual(again.rows(), timeline.rows().slice(2));
});

test('unread are others’ messages in the range, and only where all of it is held', () => {
  const timeline = Timeline.after(10, ME);
  timeline.apply([text(11), text(12, { from: ME }), recall(13, 11), text(14)]);
  assert.equal(timeline.countUnread(10, 14), 2);
  assert.equal(timeline.countUnread(11, 14), 1);
  assert.equal(timeline.countUnread(14, 14), 0);
  assert.equal(timeline.countUnread(9, 14), null);
  assert.equal(timeline.countUnread(11, 15), null);
});

/** Park and Miller: the same numbers for the same seed. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

test('any mixture of pushes, losses, doubles, stale pages and pages converges to the log, each entry once, in order', () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = seeded(seed);
    const log: Entry[] = [];
    const grow = (): void => {
      const seq = log.length + 1;
      const doing = random(10);
      const target = 1 + random(Math.max(1, log.length));
      const isText = log[target - 1]?.kind === 'text';
      if (doing === 0 && isText) {
        log.push(recall(seq, target));
        log[target - 1] = { ...log[target - 1]!, body: {}, recalled: true } as Entry;
      } else if (doing === 1 && isText && !log[target - 1]!.recalled) {
        log.push(edit(seq, target, `e${seq}`));
        log[target - 1] = { ...log[target - 1]!, body: { text: `e${seq}` }, edited: seq * 1_000 } as Entry;
      } else log.push(text(seq));
    };
    for (let count = random(60); count > 0; count -= 1) grow();
    const start = random(log.length + 1);
    const timeline = Timeline.after(start, ME);
    const got: number[] = [];
    const take = (entries: Entry[]): void => void got.push(...seqs(timeline.apply(entries)));
    const stale: Entry[][] = [];
    for (let step = 0; step < 150; step += 1) {
      const doing = random(8);
      const from = random(log.length + 1);
      const page = structuredClone(log.slice(from, from + 1 + random(20)));
      if (doing <= 2) {
        grow();
        if (random(3) > 0) take([structuredClone(log.at(-1)!)]); // Else the push is lost.
      }
      if (doing === 3) take(page);
      if (doing === 4) stale.push(page);
      if (doing === 5) take(stale.splice(random(stale.length + 1), 1)[0] ?? []);
      if (doing === 6)
        take(structuredClone(log.slice(Math.max(0, timeline.first - 1 - 10), timeline.first - 1)));
      if (doing === 7 && timeline.hole !== null)
        take(structuredClone(log.slice(timeline.hole, timeline.hole + 10)));
    }
    timeline.want(log.length);
    while (timeline.hole !== null) take(structuredClone(log.slice(timeline.hole, timeline.hole + 10)));
    while (timeline.first > 1)
      take(structuredClone(log.slice(Math.max(0, timeline.first - 11), timeline.first - 1)));

    assert.deepEqual(got, seqs(log.slice(start)), `seed ${seed}: what was given as new`);
    const whole = Timeline.after(0, ME);
    whole.apply(log);
    assert.deepEqual(
      timeline.rows().map(({ seq, body, recalled, edited }) => ({ seq, body, recalled, edited })),
      whole.rows().map(({ seq, body, recalled, edited }) => ({ seq, body, recalled, edited })),
      `seed ${seed}: what is shown`,
    );
  }
});

const react = (
  seq: number,
  target: number,
  more: { by?: string; on?: boolean; emoji?: string } = {},
): Entry => ({
  seq,
  ts: seq * 1_000,
  from: more.by ?? 'u_bob',
  kind: 'react',
  body: { emoji: more.emoji ?? '👍', on: more.on ?? true },
  target,
});
const reactions = (timeline: Timeline, seq: number): string[] =>
  (timeline.rows().find((row) => row.seq === seq)?.reactions ?? []).map(
    ({ emoji, count, mine }) => `${emoji}${count}${mine ? ' mine' : ''}`,
  );

test('reactions are counted at their target, in the order of their first, and are taken back', () => {
  const timeline = Timeline.after(0, ME);
  timeline.apply([text(1), react(2, 1), react(3, 1, { by: ME, emoji: '🍵' }), react(4, 1, { by: ME })]);
  assert.deepEqual(reactions(timeline, 1), ['👍2 mine', '🍵1 mine']);
  timeline.apply([react(5, 1, { by: ME, on: false }), react(6, 1, { by: ME, on: false, emoji: '🍵' })]);
  assert.deepEqual(reactions(timeline, 1), ['👍1']);
});

test('a reaction changes the line of its target and no other', () => {
  const timeline = Timeline.after(0, ME);
  timeline.apply([text(1), text(2)]);
  const before = timeline.rows();
  timeline.apply([react(3, 1)]);
  const after = timeline.rows();
  assert.notEqual(after[0], before[0]);
  assert.equal(after[1], before[1]);
});

test('a page tells what its entries bear at its head; of what comes, only what is later counts', () => {
  const timeline = Timeline.after(4, ME);
  timeline.apply([react(5, 3)]); // Its target is not held, and the page below has it already.
  timeline.apply([text(3), react(4, 3, { by: 'u_ann' })], {
    head: 5,
    reactions: [{ target: 3, emoji: '👍', count: 2 }],
  });
  assert.deepEqual(reactions(timeline, 3), ['👍2']);
  timeline.apply([react(6, 3, { by: ME })]);
  assert.deepEqual(reactions(timeline, 3), ['👍3 mine']);
});

test('a reaction that overtakes the page it is not in yet counts', () => {
  const timeline = Timeline.after(4, ME);
  timeline.apply([text(5), react(6, 3)]);
  timeline.apply([text(3), text(4)], { head: 5, reactions: [{ target: 3, emoji: '👍', count: 1 }] });
  assert.deepEqual(reactions(timeline, 3), ['👍2']);
});

test('reactions go into storage with their entries, and are not counted twice when they come back', () => {
  const timeline = Timeline.after(0, ME);
  timeline.apply([text(1), text(2), react(3, 1, { by: ME }), react(4, 2)]);
  const again = new Timeline(ME, timeline.run(100));
  assert.deepEqual([reactions(again, 1), reactions(again, 2)], [['👍1 mine'], ['👍1']]);
  const short = new Timeline(ME, timeline.run(3));
  assert.deepEqual(reactions(short, 2), ['👍1']);
});

test('what is recalled bears no reactions any more', () => {
  const timeline = Timeline.after(0, ME);
  timeline.apply([text(1), react(2, 1), recall(3, 1)]);
  assert.deepEqual(reactions(timeline, 1), []);
});

test('what only comes at the end makes no line anew', () => {
  const timeline = Timeline.after(0, ME);
  timeline.apply(range(1, 50));
  const before = timeline.rows();
  timeline.apply([text(51)]);
  const after = timeline.rows();
  assert.equal(after.length, 51);
  assert.ok(before.every((row, index) => row === after[index]));
});
