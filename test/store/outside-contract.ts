/** What every store promises of what nodes share about services outside, and of notices that people have consented to. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Scene } from './scene.ts';

export function outsideContract(scene: Scene): void {
  describe('what is shared', () => {
    test('is the last that was shared under the name, after a restart too; null where nothing was', async () => {
      const name = scene.id('name');
      assert.equal(await scene.store.shared(name), null);
      await scene.store.share(name, { value: 'one', expires: 1 });
      await scene.store.share(name, { value: 'two', expires: 2 });
      await scene.reopen();
      assert.deepEqual(await scene.store.shared(name), { value: 'two', expires: 2 });
    });
  });

  describe('a lease', () => {
    test('is held by one of many who ask at once, and again by the same', async () => {
      const name = scene.id('lease');
      const ask = (holder: string) => scene.store.lease({ name, holder, now: 1_000, until: 2_000 });
      const holders = Array.from({ length: 10 }, (_, i) => `h${i}`);
      const got = await Promise.all(holders.map(ask));
      assert.equal(got.filter(Boolean).length, 1);
      const winner = holders[got.indexOf(true)] ?? '';
      assert.deepEqual(
        await Promise.all(holders.map(ask)),
        holders.map((holder) => holder === winner),
      );
    });

    test('goes to another when its time is over or it was released by its holder, not by others', async () => {
      const name = scene.id('lease');
      const { store } = scene;
      assert.ok(await store.lease({ name, holder: 'a', now: 1_000, until: 2_000 }));
      assert.equal(await store.lease({ name, holder: 'b', now: 1_999, until: 3_000 }), false);
      assert.ok(await store.lease({ name, holder: 'b', now: 2_000, until: 3_000 }));
      await store.release(name, 'a');
      assert.equal(await store.lease({ name, holder: 'c', now: 2_500, until: 4_000 }), false);
      await store.release(name, 'b');
      assert.ok(await store.lease({ name, holder: 'c', now: 2_500, until: 4_000 }));
    });
  });

  describe('an allowance', () => {
    test('is never taken beyond the most of its window, however many take at once', async () => {
      const name = scene.id('allowance');
      const taking = { name, ends: 60_000, want: 30, most: 100, now: 1 };
      const taken = await Promise.all(Array.from({ length: 10 }, () => scene.store.take(taking)));
      assert.deepEqual(
        taken.toSorted((a, b) => b - a),
        [30, 30, 30, 10, 0, 0, 0, 0, 0, 0],
      );
    });

    test('of another window or name is another one; one that has ended is forgotten', async () => {
      const name = scene.id('allowance');
      const { store } = scene;
      assert.equal(await store.take({ name, ends: 10, want: 5, most: 5, now: 1 }), 5);
      assert.equal(await store.take({ name, ends: 20, want: 5, most: 5, now: 1 }), 5);
      assert.equal(await store.take({ name: `${name} x`, ends: 10, want: 5, most: 5, now: 1 }), 5);
      assert.equal(await store.take({ name, ends: 10, want: 1, most: 5, now: 9 }), 0);
      assert.equal(await store.take({ name, ends: 10, want: 1, most: 5, now: 10 }), 1);
      assert.equal(await store.take({ name, ends: 20, want: 1, most: 5, now: 10 }), 0);
    });
  });

  describe('credits', () => {
    const spend = (user: string, room: string, now = 0) =>
      scene.store.spendCredit({ user, template: 'T', room, now, everyMs: 1_000 });

    test('are counted up to the most, spent one by one, then there is none', async () => {
      const user = scene.id('user');
      for (let n = 0; n < 4; n += 1) await scene.store.addCredit(user, 'T', 3);
      await scene.store.addCredit(user, 'U', 3);
      const counted = (await scene.store.credits(user)).toSorted((a, b) =>
        a.template < b.template ? -1 : 1,
      );
      assert.deepEqual(counted, [
        { template: 'T', n: 3 },
        { template: 'U', n: 1 },
      ]);
      await scene.reopen();
      const spent = [];
      for (const room of ['a', 'b', 'c', 'd']) spent.push(await spend(user, room));
      assert.deepEqual(spent, ['spent', 'spent', 'spent', 'none']);
      assert.deepEqual(await scene.store.credits(user), [{ template: 'U', n: 1 }]);
    });

    test('a room is told of once in its time, and nothing is spent for the rest', async () => {
      const user = scene.id('user');
      await scene.store.addCredit(user, 'T', 9);
      await scene.store.addCredit(user, 'T', 9);
      assert.deepEqual([await spend(user, 'a'), await spend(user, 'a', 999)], ['spent', 'lately']);
      assert.deepEqual(await scene.store.credits(user), [{ template: 'T', n: 1 }]);
      assert.equal(await spend(user, 'a', 1_000), 'spent');
    });

    test('of many who would spend the last one, or tell of one room at once, one does', async () => {
      const user = scene.id('user');
      await scene.store.addCredit(user, 'T', 9);
      const rooms = await Promise.all(['a', 'b', 'c'].map((room) => spend(user, room)));
      assert.deepEqual(rooms.toSorted(), ['none', 'none', 'spent']);
      for (let n = 0; n < 3; n += 1) await scene.store.addCredit(user, 'T', 9);
      const bursts = await Promise.all(['z', 'z', 'z'].map((room) => spend(user, room)));
      assert.deepEqual(bursts.toSorted(), ['lately', 'lately', 'spent']);
    });

    test('that were dropped are none', async () => {
      const user = scene.id('user');
      await scene.store.addCredit(user, 'T', 9);
      await scene.store.dropCredits(user, 'T');
      assert.deepEqual([await scene.store.credits(user), await spend(user, 'a')], [[], 'none']);
    });
  });
}
