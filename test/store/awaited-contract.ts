/** What every store promises of texts whose verdict is awaited. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Scene } from './scene.ts';

export function awaitedContract(scene: Scene): void {
  describe('a text whose verdict is awaited', () => {
    test('is kept until the verdict, over a restart; the oldest are told first, at most as many as asked for', async () => {
      const room = scene.id('room');
      for (const [seq, asked] of [
        [1, 3],
        [2, 1],
        [3, 2],
      ] as const)
        await scene.store.awaitText({ room, seq, asked });
      await scene.reopen();
      const { store } = scene;
      const overdue = async (before: number, limit = 10) =>
        (await store.overdueTexts(before, limit)).map(({ seq, asked }) => [seq, asked]);
      assert.deepEqual(await overdue(3), [
        [2, 1],
        [3, 2],
      ]);
      assert.deepEqual(await overdue(4, 1), [[2, 1]]);
      await store.awaitText({ room, seq: 2, asked: 9 });
      assert.deepEqual(await overdue(3), [[3, 2]]);
      for (const seq of [1, 2, 3, 3]) await store.settleText(room, seq);
      assert.deepEqual(await overdue(10), []);
    });

    test('is taken over by one node alone, and not once its verdict is there', async () => {
      const { store } = scene;
      const text = { room: scene.id('room'), seq: 7, asked: 5 };
      await store.awaitText(text);
      const taken = await Promise.all([store.takeText(text, 50), store.takeText(text, 50)]);
      assert.deepEqual(taken.toSorted(), [false, true]);
      assert.deepEqual(await store.overdueTexts(51, 10), [{ ...text, asked: 50 }]);
      await store.settleText(text.room, text.seq);
      assert.equal(await store.takeText({ ...text, asked: 50 }, 60), false);
      assert.deepEqual(await store.overdueTexts(100, 10), []);
    });
  });
}
