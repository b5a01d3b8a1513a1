import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SendBody } from '../../miniprogram/protocol/frames.ts';
import { createCheckedMessages } from '../../server/domain/checked-messages.ts';
import {
  createContentCheck,
  HOLD_MS,
  RETRY_MS,
  type CheckPolicy,
  type ContentCheckDeps,
  type WordScreen,
} from '../../server/domain/content-check.ts';
import { createOverdueTexts, OVERDUE_MS } from '../../server/domain/overdue-texts.ts';
import type { Verdict } from '../../server/domain/ports.ts';
import { newId } from '../../server/ids.ts';
import { FakeInspector } from './fake-inspector.ts';
import { openWorld } from './world.ts';

const world = await openWorld();
const { clock, store } = world;

const RISKY: Verdict = { name: 'risky', label: 20_012 };
const REVIEW: Verdict = { name: 'review', label: 20_001 };
const SILENT: Verdict = { name: 'unknown', why: 'no-answer' };
const STALE: Verdict = { name: 'unknown', why: 'stale' };

const words: WordScreen = {
  screen(text) {
    if (text.includes('blocked')) return { action: 'block', text };
    if (text.includes('flagged')) return { action: 'flag', text };
    return { action: 'pass', text: text.replaceAll('masked', '******') };
  },
};

function setUp(policy: Partial<CheckPolicy>, more: Partial<ContentCheckDeps> = {}) {
  const inspector = new FakeInspector();
  const reviews: object[] = [];
  const cleared: number[] = [];
  const check = createContentCheck({
    policy: { when: 'after', fail: 'open', ...policy },
    inspector,
    log: world.log,
    clock,
    onReview: (found) => reviews.push(found),
    onCleared: (_said, seq) => cleared.push(seq),
    onFault: (reason) => assert.fail(String(reason)),
    ...more,
  });
  const messages = createCheckedMessages({ messages: world.messages, check, store, clock });

  async function send(room: string, who: string, text: string, more: Partial<SendBody> = {}) {
    const body = { room, cid: newId(), kind: 'text', body: { text }, ...more } as SendBody;
    return messages.send(await world.actor(room, who), body);
  }
  return { inspector, check, messages, reviews, cleared, send };
}

const code = (expected: string) => (reason: unknown) => (reason as { code?: string }).code === expected;
/** All that can go on without time passing has gone on, the store's threads too. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 10_000 && !(await holds()); turn += 1) await new Promise(setImmediate);
  assert.ok(await holds(), 'it came to pass');
}

describe('the word list', () => {
  test('blocks, masks and flags, whatever the policy; what is flagged is stored and looked at', async () => {
    const { room, owner } = await world.group();
    const { send, reviews, inspector } = setUp({ when: 'off' }, { words });
    await assert.rejects(send(room, owner, 'blocked'), code('BLOCKED_CONTENT'));
    const { seq } = await send(room, owner, 'masked tea');
    assert.deepEqual((await store.entry(room, seq))?.body, { text: '****** tea' });
    const flagged = await send(room, owner, 'flagged');
    assert.deepEqual(reviews, [{ room, seq: flagged.seq, why: { by: 'words' } }]);
    assert.equal(inspector.asked.length, 0);
  });

  test('a message stored before the word was listed is not refused when it is sent again', async () => {
    const { room, owner } = await world.group();
    const cid = newId();
    const { seq } = await setUp({ when: 'off' }).send(room, owner, 'blocked', { cid });
    const again = await setUp({ when: 'off' }, { words }).send(room, owner, 'blocked', { cid });
    assert.deepEqual([again.seq, again.repeated], [seq, true]);
  });

  test('what it blocks is not shown to the judge', async () => {
    const { room, owner } = await world.group();
    const { send, inspector } = setUp({ when: 'before' }, { words });
    await assert.rejects(send(room, owner, 'blocked'), code('BLOCKED_CONTENT'));
    await send(room, owner, 'masked');
    assert.deepEqual(
      inspector.asked.map(({ text }) => text),
      ['******'],
    );
  });
});

describe('checked before', () => {
  test('pass is stored, review is stored and looked at, risky is BLOCKED_CONTENT and never stored', async () => {
    const { room, owner } = await world.group();
    const { send, inspector, reviews, cleared } = setUp({ when: 'before' });
    const passed = await send(room, owner, 'one');
    inspector.verdict = REVIEW;
    const reviewed = await send(room, owner, 'two');
    inspector.verdict = RISKY;
    await assert.rejects(send(room, owner, 'three'), code('BLOCKED_CONTENT'));
    assert.equal((await world.newest(room))?.seq, reviewed.seq);
    assert.deepEqual(reviews, [{ room, seq: reviewed.seq, why: { by: 'inspector', label: 20_001 } }]);
    assert.deepEqual(cleared, [passed.seq, reviewed.seq]);
  });

  test('nobody judged: fail open stores, fail closed is UNAVAILABLE and says when to come again', async () => {
    const { room, owner } = await world.group();
    for (const verdict of [SILENT, STALE]) {
      const open = setUp({ when: 'before', fail: 'open' });
      open.inspector.verdict = verdict;
      await open.send(room, owner, 'tea');
      const closed = setUp({ when: 'before', fail: 'closed' });
      closed.inspector.verdict = verdict;
      await assert.rejects(closed.send(room, owner, 'tea'), { code: 'UNAVAILABLE', retryAfterMs: 10_000 });
    }
  });

  test('a verdict that takes long: UNAVAILABLE in time, and the same cid finds it later, asked once', async () => {
    const { room, owner } = await world.group();
    const { send, inspector } = setUp({ when: 'before' });
    inspector.verdict = null;
    const cid = newId();
    const first = assert.rejects(send(room, owner, 'tea', { cid }), {
      code: 'UNAVAILABLE',
      retryAfterMs: 1_000,
    });
    await until(() => inspector.asked.length === 1);
    await clock.run(HOLD_MS);
    await first;
    const second = send(room, owner, 'tea', { cid });
    inspector.answer({ name: 'pass' });
    assert.equal((await second).repeated, undefined);
    assert.equal(inspector.asked.length, 1);
  });

  test('another text under a cid that passed is judged for itself', async () => {
    const { room, owner } = await world.group();
    const { send, inspector, check } = setUp({ when: 'before' });
    const cid = newId();
    const utterance = { kind: 'text', body: { text: 'tea' } } as const;
    await check.admit({ user: owner, room, cid, utterance });
    inspector.verdict = RISKY;
    await assert.rejects(send(room, owner, 'something else', { cid }), code('BLOCKED_CONTENT'));
  });

  test('what one person sends keeps its order though verdicts come in another; all are asked for at once', async () => {
    const { room, owner } = await world.group();
    const { send, inspector } = setUp({ when: 'before' });
    inspector.verdict = null;
    const sends = ['one', 'two', 'three'].map((text) => send(room, owner, text));
    await until(() => inspector.asked.length === 3);
    for (const which of [2, 1, 0]) inspector.answer({ name: 'pass' }, which);
    await Promise.all(sends);
    const texts = (await world.entries(room)).slice(-3).map(({ body }) => (body as { text: string }).text);
    assert.deepEqual(
      texts,
      inspector.asked.map(({ text }) => text),
    );
  });

  test('an edit is held like a message; a muted person is refused and judged by nobody', async () => {
    const { room, owner, others } = await world.group(1);
    const { send, messages, inspector } = setUp({ when: 'before' });
    const { seq } = await send(room, owner, 'tea');
    inspector.verdict = RISKY;
    const edit = { room, cid: newId(), target: seq, text: 'worse' };
    await assert.rejects(messages.edit(await world.actor(room, owner), edit), code('BLOCKED_CONTENT'));
    const [member = ''] = others;
    const mute = { action: 'mute', user: member, seconds: 60 } as const;
    await world.keeping.manage(await world.actor(room, owner), { room, cid: newId(), ...mute });
    const asked = inspector.asked.length;
    await assert.rejects(send(room, member, 'tea'), code('MUTED'));
    assert.equal(inspector.asked.length, asked);
  });
});

describe('checked after', () => {
  test('is stored without waiting; risky is taken back by the server itself, and moderators see a review', async () => {
    const { room, owner } = await world.group();
    const { send, inspector, reviews, cleared, check } = setUp({ when: 'after' });
    inspector.verdict = null;
    const bad = await send(room, owner, 'bad');
    const doubtful = await send(room, owner, 'doubtful');
    const good = await send(room, owner, 'good');
    inspector.answer(RISKY);
    inspector.answer(REVIEW);
    inspector.answer({ name: 'pass' });
    await check.close();
    const recall = await world.newest(room);
    assert.deepEqual([recall?.kind, recall?.from, recall?.target], ['recall', '', bad.seq]);
    assert.deepEqual((await store.entry(room, bad.seq))?.body, {});
    assert.deepEqual(reviews, [{ room, seq: doubtful.seq, why: { by: 'inspector', label: 20_001 } }]);
    assert.deepEqual(cleared, [doubtful.seq, good.seq]);
  });

  test('nobody judges: asked again after each pause; then open lets it be and closed takes it back', async () => {
    for (const fail of ['open', 'closed'] as const) {
      const { room, owner } = await world.group();
      const { send, inspector, check } = setUp({ when: 'after', fail });
      inspector.verdict = SILENT;
      const { seq } = await send(room, owner, 'tea');
      for (const [i, pause] of RETRY_MS.entries()) {
        await until(() => inspector.asked.length === i + 1);
        await clock.run(pause);
      }
      await until(() => inspector.asked.length === RETRY_MS.length + 1);
      await check.close();
      assert.equal(inspector.asked.length, RETRY_MS.length + 1);
      assert.equal((await store.entry(room, seq))?.recalled, fail === 'closed' ? true : undefined);
    }
  });

  test('the server ends while a judge is to be asked again: nobody waits, and the policy decides', async () => {
    const { room, owner } = await world.group();
    const { send, inspector, check } = setUp({ when: 'after', fail: 'closed' });
    inspector.verdict = SILENT;
    const { seq } = await send(room, owner, 'tea');
    await until(() => inspector.asked.length === 1);
    await check.close();
    assert.equal((await store.entry(room, seq))?.recalled, true);
  });

  test('a person whom the judge has not seen lately is not asked for again', async () => {
    const { room, owner } = await world.group();
    const { send, inspector, check } = setUp({ when: 'after' });
    inspector.verdict = STALE;
    await send(room, owner, 'tea');
    await check.close();
    assert.equal(inspector.asked.length, 1);
  });

  test('a risky edit takes the whole message back', async () => {
    const { room, owner } = await world.group();
    const { send, messages, inspector, check, cleared } = setUp({ when: 'after' });
    const { seq } = await send(room, owner, 'tea');
    await check.close();
    inspector.verdict = RISKY;
    await messages.edit(await world.actor(room, owner), { room, cid: newId(), target: seq, text: 'worse' });
    await check.close();
    assert.equal((await store.entry(room, seq))?.recalled, true);
    assert.deepEqual(cleared, [seq]);
  });

  test('a message that was sent again is not judged again', async () => {
    const { room, owner } = await world.group();
    const { send, inspector, check } = setUp({ when: 'after' });
    const cid = newId();
    await send(room, owner, 'tea', { cid });
    await send(room, owner, 'tea', { cid });
    await check.close();
    assert.equal(inspector.asked.length, 1);
  });
});

describe('a text whose server died before its verdict', () => {
  /** One that never hears, and one that looks for what is overdue. */
  const two = () => {
    const dead = setUp({ when: 'after' }, { texts: store });
    dead.inspector.verdict = null;
    const alive = setUp({ when: 'after' }, { texts: store });
    const { sweep } = createOverdueTexts({ store, clock, again: alive.check.again });
    const waits = async () => (await store.overdueTexts(clock.now() + 1, 100)).length;
    return { dead, alive, sweep, waits };
  };

  test('is judged by another once it is overdue, and only once', async () => {
    const { room, owner } = await world.group();
    const { dead, alive, sweep, waits } = two();
    const bad = await dead.send(room, owner, 'bad');
    const cid = newId();
    const { seq: target } = await dead.send(room, owner, 'tea', { cid });
    await until(async () => (await waits()) === 2);
    await sweep();
    assert.deepEqual(alive.inspector.asked, [], 'not before its time');
    clock.adjust(OVERDUE_MS + 1);
    alive.inspector.verdict = null;
    await Promise.all([sweep(), sweep()]);
    assert.deepEqual(alive.inspector.asked, [
      { user: owner, text: 'bad', scene: 'message' },
      { user: owner, text: 'tea', scene: 'message' },
    ]);
    alive.inspector.answer(RISKY);
    alive.inspector.answer({ name: 'pass' });
    await alive.check.close();
    assert.equal((await store.entry(room, bad.seq))?.recalled, true);
    assert.deepEqual(alive.cleared, [target]);
    assert.equal(await waits(), 0);
  });

  test('was edited or recalled: the edit is judged against its message, and what is gone is not', async () => {
    const { room, owner } = await world.group();
    const { dead, alive, sweep, waits } = two();
    const gone = await dead.send(room, owner, 'gone');
    await dead.messages.recall(await world.actor(room, owner), { room, cid: newId(), target: gone.seq });
    const { seq: target } = await setUp({ when: 'off' }).send(room, owner, 'tea');
    await dead.messages.edit(await world.actor(room, owner), { room, cid: newId(), target, text: 'worse' });
    await until(async () => (await waits()) === 2);
    clock.adjust(OVERDUE_MS + 1);
    alive.inspector.verdict = RISKY;
    await sweep();
    await alive.check.close();
    assert.deepEqual(
      alive.inspector.asked.map(({ text }) => text),
      ['worse'],
    );
    assert.equal((await store.entry(room, target))?.recalled, true);
    assert.equal(await waits(), 0);
  });

  test('a server that ends in order leaves to the next what nobody judged', async () => {
    const { room, owner } = await world.group();
    const { dead, waits } = two();
    dead.inspector.verdict = SILENT;
    await dead.send(room, owner, 'tea');
    await until(() => dead.inspector.asked.length === 1);
    await dead.check.close();
    assert.equal(await waits(), 1);
    clock.adjust(OVERDUE_MS + 1);
    const next = setUp({ when: 'after' }, { texts: store });
    await createOverdueTexts({ store, clock, again: next.check.again }).sweep();
    await next.check.close();
    assert.deepEqual([next.cleared.length, await waits()], [1, 0]);
  });
});

describe('a name', () => {
  test('is judged before it is taken by either policy, and by none when checks are off', async () => {
    for (const when of ['off', 'after', 'before'] as const) {
      const { check, inspector } = setUp({ when }, { words });
      const named = { user: newId(), text: 'masked', scene: 'profile' } as const;
      assert.equal(await check.name('name', named), '******');
      inspector.verdict = RISKY;
      const again = check.name('name', { ...named, text: 'other' });
      await (when === 'off' ? again : assert.rejects(again, code('BLOCKED_CONTENT')));
      await assert.rejects(check.name('name', { ...named, text: 'blocked' }), code('BLOCKED_CONTENT'));
    }
  });
});
