/** What every store promises of files that are judged outside. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Scene } from './scene.ts';

export function filesJudgedContract(scene: Scene): void {
  const open = async (asked = 1_000): Promise<{ file: string; trace: string }> => {
    const check = { file: scene.id('file'), trace: scene.id('trace') };
    await scene.store.openFileCheck({ ...check, asked });
    return check;
  };

  describe('a file that is judged', () => {
    test('is pending until its verdict, which tells of all its uses, once', async () => {
      const { file, trace } = await open();
      const { store } = scene;
      assert.deepEqual(await store.fileCheck(file), { file, trace, state: 'pending', asked: 1_000 });
      const uses = [
        { room: 'a', seq: 2 },
        { room: 'b', seq: 9 },
      ];
      for (const use of [...uses, ...uses]) assert.equal(await store.useFile(file, use), 'pending');
      await scene.reopen();
      assert.deepEqual(await scene.store.settleFileCheck(trace, 'risky'), { file, uses });
      assert.equal(await scene.store.settleFileCheck(trace, 'pass'), null);
      assert.equal((await scene.store.fileCheck(file))?.state, 'risky');
    });

    test('used after its verdict gives the verdict; one never judged is null, and so is an unknown trace', async () => {
      const { file, trace } = await open();
      await scene.store.settleFileCheck(trace, 'pass');
      assert.equal(await scene.store.useFile(file, { room: 'a', seq: 1 }), 'pass');
      assert.equal(await scene.store.useFile(scene.id('file'), { room: 'a', seq: 1 }), null);
      assert.equal(await scene.store.fileCheck(scene.id('file')), null);
      assert.equal(await scene.store.settleFileCheck('nobody asked', 'pass'), null);
    });

    test('asked for anew waits for the new verdict; the old trace means nothing any more', async () => {
      const { file, trace } = await open();
      await scene.store.useFile(file, { room: 'a', seq: 3 });
      const next = scene.id('trace');
      await scene.store.openFileCheck({ file, trace: next, asked: 2_000 });
      assert.equal(await scene.store.settleFileCheck(trace, 'pass'), null);
      assert.deepEqual(await scene.store.settleFileCheck(next, 'pass'), {
        file,
        uses: [{ room: 'a', seq: 3 }],
      });
    });

    test('those whose verdict is overdue are found, the oldest first, at most as many as asked for', async () => {
      const [third, first, second] = [await open(3), await open(1), await open(2)];
      const overdue = await scene.store.overdueFileChecks(3, 10);
      assert.deepEqual(overdue, [first.trace, second.trace]);
      assert.deepEqual(await scene.store.overdueFileChecks(4, 1), [first.trace]);
      for (const { trace } of [first, second, third]) await scene.store.settleFileCheck(trace, 'lost');
      assert.deepEqual(await scene.store.overdueFileChecks(4, 10), []);
    });
  });
}
