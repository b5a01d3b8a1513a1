/** What every store promises of what it no longer keeps: seqs stay, counts stay right, and nothing stays behind. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RoomId, UserId } from '../../miniprogram/protocol/objects.ts';
import type { Draft } from '../../server/domain/ports.ts';
import { type Scene, seqs } from './scene.ts';

export function retentionContract(scene: Scene): void {
  const DAY = 86_400_000;

  /** Deletes all that is older than now, in steps; how much that was. */
  async function trimAll(limit: number, before = scene.clock.now()): Promise<number> {
    let trimmed = 0;
    let next: string | undefined;
    do {
      const step = await scene.store.trim(before, limit, next);
      assert.ok(step.trimmed <= limit);
      trimmed += step.trimmed;
      next = step.next;
    } while (next !== undefined);
    return trimmed;
  }

  /** Entries 1 … `old` + 1 are a day old, the rest are of now. */
  async function roomOf(
    members: UserId[],
    { old, young }: { old: Draft[]; young: Draft[] },
  ): Promise<RoomId> {
    const room = await scene.room(members);
    if (old.length > 0) await scene.append(room, ...old);
    scene.clock.adjust(DAY);
    const now = scene.clock.now();
    if (young.length > 0) await scene.append(room, ...young.map((draft) => ({ ...draft, ts: now })));
    return room;
  }
  const texts = (from: UserId, count: number): Draft[] =>
    Array.from({ length: count }, () => scene.text(from));

  describe('trim', () => {
    test('deletes what is older, in steps, and touches no seq', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await roomOf([ann], { old: texts(ann, 30), young: texts(ann, 5) });
      const kept = await scene.store.page(room, { after: 31, limit: 9 });
      await trimAll(7);
      assert.deepEqual(await scene.store.page(room, { limit: 99 }), { ...kept, begins: 32 });
      assert.equal(await scene.store.entry(room, 31), null);
      assert.equal((await scene.store.summary(room, ann))?.begins, 32);
      assert.equal(await scene.say(room, scene.text(ann)), 37);
      assert.equal(await trimAll(7), 0, 'there is nothing more');
    });

    test('pages end where the log begins', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await roomOf([ann], { old: texts(ann, 9), young: texts(ann, 6) });
      await trimAll(100);
      const page = async (range: object) => {
        const { entries, more } = await scene.store.page(room, { limit: 4, ...range });
        return [seqs(entries), more];
      };
      assert.deepEqual(await page({}), [[13, 14, 15, 16], true]);
      assert.deepEqual(await page({ before: 13 }), [[11, 12], false]);
      assert.deepEqual(await page({ before: 11 }), [[], false]);
      assert.deepEqual(await page({ before: 5 }), [[], false]);
      assert.deepEqual(await page({ after: 0 }), [[11, 12, 13, 14], true]);
      assert.deepEqual(await page({ after: 12 }), [[13, 14, 15, 16], false]);
      assert.deepEqual(await page({ around: 3 }), [[11, 12, 13, 14], true]);
      assert.deepEqual(await page({ around: 3, limit: 6 }), [[11, 12, 13, 14, 15, 16], false]);
    });

    test('leaves each room its head, however old, and the next seq follows it', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await roomOf([ann], { old: texts(ann, 3), young: [] });
      scene.clock.adjust(1);
      await trimAll(2);
      assert.deepEqual(seqs((await scene.store.page(room, { limit: 9 })).entries), [4]);
      assert.equal(await scene.say(room, scene.text(ann)), 5);
    });

    test('what was not read of it counts as read, the rest as before', async () => {
      const [ann = '', ben = '', cat = ''] = await scene.users(3);
      const old = [...texts(ann, 4), ...texts(ben, 3), ...texts(ann, 2)];
      const room = await roomOf([ann, ben, cat], { old, young: [...texts(ann, 2), ...texts(ben, 1)] });
      await scene.store.markRead(room, cat, 12);
      const unread = async () =>
        Promise.all([ann, ben, cat].map(async (user) => (await scene.store.summary(room, user))?.unread));
      assert.deepEqual(await unread(), [4, 8, 1]);
      await trimAll(4);
      assert.deepEqual(await unread(), [1, 2, 1]);
      await scene.say(room, scene.text(cat));
      assert.deepEqual(await unread(), [2, 3, 1]);
      await scene.store.markRead(room, ben, 12);
      assert.deepEqual(await unread(), [2, 1, 1]);
      await scene.store.markRead(room, ann, 14);
      assert.deepEqual(await unread(), [0, 1, 1]);
      assert.deepEqual((await scene.store.checkRooms({ limit: 100_000 })).faults, []);
    });

    test('reactions, files and what search found of it go with it', async () => {
      const [ann = ''] = await scene.users(1);
      const file = scene.id('file');
      const now = scene.clock.now();
      await scene.store.reserveFile({ id: file, owner: ann, created: now, expires: now + DAY });
      await scene.store.completeFile(file, { mime: 'image/png', size: 1, w: 1, h: 1 });
      const image = scene.text(ann, { kind: 'image', body: { file, w: 1, h: 1, size: 1 }, files: [file] });
      const react = scene.text(ann, {
        kind: 'react',
        body: { emoji: '🍵', on: true },
        target: 2,
        change: { type: 'react', target: 2, emoji: '🍵', on: true, limit: 20 },
      });
      const said = scene.text(ann, { body: { text: 'forgotten tea' } });
      const old = [scene.text(ann), image, said, react];
      const room = await roomOf([ann], { old, young: [scene.text(ann, { body: { text: 'fresh tea' } })] });
      assert.ok(await scene.store.file(file));
      await trimAll(3);
      assert.equal(await scene.store.file(file), null);
      assert.ok((await scene.store.expiredFiles(scene.clock.now(), 100_000)).includes(file));
      const { hits } = await scene.store.search(ann, { query: 'tea', room, limit: 9 });
      assert.deepEqual(
        hits.map(({ entry }) => entry.seq),
        [6],
      );
      assert.ok(!('reactions' in (await scene.store.page(room, { limit: 9, viewer: ann }))));
    });

    test('a change of what is gone is refused, and a cid that was in it is free again', async () => {
      const [ann = ''] = await scene.users(1);
      const first = scene.text(ann);
      const room = await roomOf([ann], { old: [first], young: texts(ann, 1) });
      await trimAll(100);
      assert.deepEqual(await scene.append(room, scene.recall(ann, 2)), [{ refused: 'recalled' }]);
      assert.equal(await scene.store.find(room, ann, first.cid ?? ''), null);
      assert.equal(await scene.say(room, first), 4);
    });

    test('stops at the first that is young, though a clock that went back made older ones after it', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await roomOf([ann], { old: texts(ann, 2), young: texts(ann, 1) });
      await scene.append(room, scene.text(ann, { ts: scene.clock.now() - DAY }), ...texts(ann, 1));
      await trimAll(100);
      assert.equal((await scene.store.summary(room, ann))?.begins, 4);
    });
  });
}
