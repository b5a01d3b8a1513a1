/** What every store promises of edits and reactions: the newest text, nothing of the old ones, exact counts. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RoomId, UserId } from '../../miniprogram/protocol/objects.ts';
import type { Draft } from '../../server/domain/ports.ts';
import type { Scene } from './scene.ts';

export function changesContract(scene: Scene): void {
  const edit = (from: UserId, target: number, text: string): Draft =>
    scene.text(from, { kind: 'edit', body: { text }, target, change: { type: 'edit', target, text } });
  const react = (from: UserId, target: number, emoji: string, on = true, limit = 20): Draft =>
    scene.text(from, {
      kind: 'react',
      body: { emoji, on },
      target,
      change: { type: 'react', target, emoji, on, limit },
    });
  const reactions = async (room: RoomId, viewer: UserId) =>
    (await scene.store.page(room, { limit: 500, viewer })).reactions;

  describe('edit', () => {
    test('puts the text into its target, with its time, and keeps all else', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      const first = scene.text(ann, { mentions: [ben], reply: 1 });
      const seq = await scene.say(room, first);
      await scene.say(room, { ...edit(ann, seq, 'newer'), ts: 77 });
      const { ts, cid } = first;
      const changed = {
        seq,
        ts,
        from: ann,
        kind: 'text',
        body: { text: 'newer' },
        cid,
        mentions: [ben],
        reply: 1,
      };
      assert.deepEqual(await scene.store.entry(room, seq), { ...changed, edited: 77 });
      assert.deepEqual((await scene.store.summary(room, ben))?.last, { ...changed, edited: 77 });
      assert.equal((await scene.store.summary(room, ben))?.unread, 1);
      assert.deepEqual((await scene.store.entry(room, seq + 1))?.body, { text: 'newer' });
    });

    test('erases the edit before it, of this target alone, and a recall erases all', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      await scene.append(room, scene.text(ann), scene.text(ann));
      await scene.append(room, edit(ann, 2, 'a'), edit(ann, 3, 'b'), edit(ann, 2, 'c'));
      const bodies = async () => (await scene.log(room)).map(({ body, recalled }) => [body, recalled]);
      assert.deepEqual((await bodies()).slice(1), [
        [{ text: 'c' }, undefined],
        [{ text: 'b' }, undefined],
        [{}, true],
        [{ text: 'b' }, undefined],
        [{ text: 'c' }, undefined],
      ]);
      await scene.say(room, scene.recall(ann, 2));
      assert.deepEqual(
        [(await bodies())[1], (await bodies())[5]],
        [
          [{}, true],
          [{}, true],
        ],
      );
    });

    test('of what is no text, was recalled or is not there is refused', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      await scene.append(room, scene.text(ann), scene.recall(ann, 2));
      const card = scene.text(ann, { kind: 'card', body: { title: 't' } });
      await scene.append(room, card);
      const placed = await scene.append(room, ...[1, 2, 3, 4, 99].map((target) => edit(ann, target, 'x')));
      assert.deepEqual(
        placed,
        placed.map(() => ({ refused: 'recalled' })),
      );
    });
  });

  describe('react', () => {
    test('is counted by emoji, the oldest first, and each viewer is told their own', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      await scene.append(room, scene.text(ann), scene.text(ann), scene.text(ann));
      await scene.append(
        room,
        react(ben, 3, '🍵'),
        react(ann, 3, '👍'),
        react(ann, 3, '🍵'),
        react(ann, 2, '👍'),
      );
      assert.deepEqual(await reactions(room, ben), [
        { target: 2, emoji: '👍', count: 1 },
        { target: 3, emoji: '🍵', count: 2, mine: true },
        { target: 3, emoji: '👍', count: 1 },
      ]);
      const page = await scene.store.page(room, { before: 3, limit: 1, viewer: ann });
      assert.deepEqual([page.head, page.reactions], [8, [{ target: 2, emoji: '👍', count: 1, mine: true }]]);
      assert.ok(!('reactions' in (await scene.store.page(room, { before: 3, limit: 1 }))), 'nobody looks');
      const bare = await scene.store.page(room, { after: 3, limit: 1, viewer: ann });
      assert.ok(!('reactions' in bare), 'there are none');
    });

    test('comes off again, and an emoji that nobody bears any more is gone', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      await scene.say(room, scene.text(ann));
      await scene.append(room, react(ann, 2, '🍵'), react(ben, 2, '🍵'), react(ann, 2, '🍵', false));
      assert.deepEqual(await reactions(room, ben), [{ target: 2, emoji: '🍵', count: 1, mine: true }]);
      await scene.say(room, react(ben, 2, '🍵', false));
      assert.equal(await reactions(room, ben), undefined);
      await scene.say(room, react(ben, 2, '🍵'));
      assert.deepEqual(await reactions(room, ann), [{ target: 2, emoji: '🍵', count: 1 }]);
    });

    test('that changes nothing is refused, of two at once too', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      await scene.say(room, scene.text(ann));
      const [off] = await scene.append(room, react(ann, 2, '🍵', false));
      assert.deepEqual(off, { refused: 'unchanged' });
      const both = await Promise.all([1, 2].map(() => scene.append(room, react(ann, 2, '🍵'))));
      assert.deepEqual(both.flat(), [{ seq: 3, ts: scene.clock.now() }, { refused: 'unchanged' }]);
    });

    test('with one emoji more than the limit is refused full; with one that is there it is not', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      await scene.say(room, scene.text(ann));
      const ts = scene.clock.now();
      const placed = await scene.append(
        room,
        ...['1️⃣', '2️⃣', '3️⃣'].map((emoji) => react(ann, 2, emoji, true, 2)),
        react(ben, 2, '1️⃣', true, 2),
        react(ann, 2, '2️⃣', false, 2),
        react(ann, 2, '3️⃣', true, 2),
      );
      assert.deepEqual(placed, [
        { seq: 3, ts },
        { seq: 4, ts },
        { refused: 'full' },
        { seq: 5, ts },
        { seq: 6, ts },
        { seq: 7, ts },
      ]);
    });

    test('to what is no content, was recalled or is not there is refused; a recall erases the reactions', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      await scene.append(room, scene.text(ann), react(ann, 2, '🍵'), scene.recall(ann, 2));
      assert.equal(await reactions(room, ann), undefined);
      const placed = await scene.append(room, ...[1, 2, 3, 99].map((target) => react(ann, target, '👍')));
      assert.deepEqual(
        placed,
        placed.map(() => ({ refused: 'recalled' })),
      );
    });

    test('of a stranger is refused', async () => {
      const [ann = '', sam = ''] = await scene.users(2);
      const room = await scene.room([ann]);
      await scene.say(room, scene.text(ann));
      assert.deepEqual(await scene.append(room, react(sam, 2, '🍵'), edit(sam, 2, 'x')), [
        { refused: 'not-member' },
        { refused: 'not-member' },
      ]);
    });

    test('however many came last, the list of rooms shows the newest content or notice, and nothing is unread', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      await scene.append(room, scene.text(ann), scene.notice(ann, { type: 'slow', seconds: 1 }));
      const toggles = Array.from({ length: 120 }, (_, i) => react(ann, 2, '🍵', i % 2 === 0));
      await scene.append(room, ...toggles.slice(0, 60));
      for (const draft of toggles.slice(60)) await scene.say(room, draft);
      const summary = await scene.store.summary(room, ben);
      assert.deepEqual([summary?.last?.seq, summary?.head, summary?.unread], [3, 123, 1]);
    });
  });
}
