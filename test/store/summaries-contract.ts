/** What every store promises of a room as one person sees it. Optional fields are absent where they say nothing. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RoomSummary } from '../../miniprogram/protocol/objects.ts';
import type { Scene } from './scene.ts';

export function summariesContract(scene: Scene): void {
  describe('a summary', () => {
    test('of a plain room holds what it must and nothing else', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      const first = await scene.store.entry(room, 1);
      const expected: RoomSummary = {
        id: room,
        kind: 'group',
        name: 'Tea house',
        head: 1,
        members: 2,
        role: 'owner',
        read: 1,
        unread: 0,
        ...(first && { last: first }),
      };
      assert.deepEqual(await scene.store.summary(room, ann), expected);
      assert.deepEqual(await scene.store.summaries(ann), [expected]);
    });

    test('says what is special, and for how long', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann], { open: true });
      const until = scene.clock.now() + 60_000;
      await scene.append(
        room,
        scene.notice(ann, { type: 'slow', seconds: 10 }),
        scene.notice(ann, { type: 'mute', user: ann, until }),
        scene.notice(ann, { type: 'close' }),
      );
      await scene.store.prefer(room, ann, { muted: true, pinned: true });
      const { last: _, ...during } = (await scene.store.summary(room, ann)) ?? {};
      assert.deepEqual(during, {
        id: room,
        kind: 'group',
        name: 'Tea house',
        head: 4,
        members: 1,
        role: 'owner',
        read: 1,
        unread: 0,
        open: true,
        slowSeconds: 10,
        closed: true,
        mutedUntil: until,
        muted: true,
        pinned: true,
      });
      scene.clock.adjust(60_000);
      assert.ok(!('mutedUntil' in ((await scene.store.summary(room, ann)) ?? {})));
    });

    test('of a direct room bears the name of the other and shows them', async () => {
      const [ann, ben] = [await scene.user(), await scene.user()];
      await scene.store.changeUser(ben.id, { avatar: 'https://example.com/ben.png' });
      const pair: [string, string] = [ben.id, ann.id];
      const room = await scene.room(pair, { kind: 'direct', pair, name: '' });
      const forAnn = await scene.store.summary(room, ann.id);
      assert.deepEqual(forAnn?.peer, { ...ben, avatar: 'https://example.com/ben.png' });
      assert.equal(forAnn.name, ben.name);
      const forBen = await scene.store.summary(room, ben.id);
      assert.deepEqual([forBen?.peer, forBen?.name], [ann, ann.name]);
      await scene.store.changeUser(ben.id, { name: 'Benjamin' });
      assert.equal((await scene.store.summary(room, ann.id))?.name, 'Benjamin');
    });

    test('of a room one is not in, or that does not exist, is null', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann], { open: true });
      assert.equal(await scene.store.summary(room, ben), null);
      assert.equal(await scene.store.summary('no-room', ben), null);
      assert.deepEqual(await scene.store.summaries(ben), []);
      assert.deepEqual(await scene.store.summaries('nobody'), []);
    });

    test('list all of one’s rooms, each with its own figures', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const rooms = await Promise.all(Array.from({ length: 5 }, () => scene.room([ann, ben])));
      await Promise.all(
        rooms.map((room, i) => scene.append(room, ...Array.from({ length: i }, () => scene.text(ann)))),
      );
      const seen = (await scene.store.summaries(ben)).toSorted((a, b) => a.head - b.head);
      assert.deepEqual(
        seen.map(({ id, head, unread }) => [id, head, unread]),
        rooms.map((room, i) => [room, i + 1, i]),
      );
    });
  });

  describe('last', () => {
    test('is the newest content or notice, not a recall, an edit or a reaction', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      await scene.append(room, scene.text(ann), scene.text(ann));
      await scene.append(room, scene.recall(ann, 2));
      await scene.append(
        room,
        scene.text(ann, { kind: 'react', body: { emoji: '🍵', on: true }, target: 3 }),
      );
      const summary = await scene.store.summary(room, ann);
      assert.deepEqual([summary?.last?.seq, summary?.head], [3, 5]);
      await scene.append(room, scene.notice(ann));
      assert.equal((await scene.store.summary(room, ann))?.last?.seq, 6);
    });
  });

  describe('hidden', () => {
    test('lasts until content comes', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      await scene.append(room, scene.text(ben));
      await scene.store.prefer(room, ann, { hidden: true });
      await scene.append(room, scene.notice(ben), scene.recall(ben, 2));
      assert.equal((await scene.store.summary(room, ann))?.hidden, true);
      assert.ok(!('hidden' in ((await scene.store.summary(room, ben)) ?? {})));
      await scene.append(room, scene.text(ben));
      assert.ok(!('hidden' in ((await scene.store.summary(room, ann)) ?? {})));
    });

    test('can be taken back', async () => {
      const [ann = ''] = await scene.users(1);
      const room = await scene.room([ann]);
      await scene.store.prefer(room, ann, { hidden: true });
      await scene.store.prefer(room, ann, { hidden: false });
      assert.ok(!('hidden' in ((await scene.store.summary(room, ann)) ?? {})));
    });
  });

  describe('prefer', () => {
    test('changes the preferences named and leaves the others, over a restart too', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      const seen = async () => {
        const { muted, pinned, hidden } = (await scene.store.summary(room, ann)) ?? {};
        return { muted, pinned, hidden };
      };
      await scene.store.prefer(room, ann, { muted: true, pinned: true, hidden: true });
      await scene.store.prefer(room, ann, { pinned: false });
      assert.deepEqual(await seen(), { muted: true, pinned: undefined, hidden: true });
      await scene.reopen();
      assert.deepEqual(await seen(), { muted: true, pinned: undefined, hidden: true });
      assert.ok(!('muted' in ((await scene.store.summary(room, ben)) ?? {})));
    });

    test('by a stranger, or for a room that is none, does nothing', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann]);
      await scene.store.prefer(room, ben, { muted: true });
      await scene.store.prefer('no-room', ben, { muted: true });
      assert.equal(await scene.store.summary(room, ben), null);
    });
  });

  describe('openRooms', () => {
    test('shows open rooms that are not closed; one’s own with all, others with role none and no last', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const mine = await scene.room([ann, ben], { open: true });
      const other = await scene.room([ben], { open: true, kind: 'live', name: 'Market' });
      const shut = await scene.room([ann], { open: true });
      const secret = await scene.room([ann]);
      await scene.append(other, scene.text(ben), scene.notice(ben, { type: 'slow', seconds: 5 }));
      await scene.append(shut, scene.notice(ann, { type: 'close' }));

      const rooms = new Map((await scene.store.openRooms(ann, 1_000)).map((room) => [room.id, room]));
      assert.deepEqual(rooms.get(mine), await scene.store.summary(mine, ann));
      assert.deepEqual(rooms.get(other), {
        id: other,
        kind: 'live',
        name: 'Market',
        head: 3,
        members: 1,
        role: 'none',
        read: 0,
        unread: 0,
        open: true,
        slowSeconds: 5,
      });
      assert.ok(!rooms.has(shut) && !rooms.has(secret));
    });

    test('gives no more than asked for', async () => {
      const [ann = ''] = await scene.users(1);
      await Promise.all([1, 2, 3].map(() => scene.room([ann], { open: true })));
      assert.equal((await scene.store.openRooms(ann, 2)).length, 2);
    });
  });
}
