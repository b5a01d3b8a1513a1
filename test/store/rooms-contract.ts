/** What every store promises of rooms: making one once, its record, who is in it and how that changes. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RoomId, UserId } from '../../miniprogram/protocol/objects.ts';
import type { Change, NewRoom } from '../../server/domain/ports.ts';
import type { Scene } from './scene.ts';

export function roomsContract(scene: Scene): void {
  const pairRoom = (pair: [UserId, UserId]): NewRoom =>
    scene.newRoom(pair, { kind: 'direct', name: '', pair });
  const change = (room: RoomId, by: UserId | '', what: Change) => scene.append(room, scene.notice(by, what));

  describe('createRoom', () => {
    test('makes the room with its members and entry 1, all of it read', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const first = scene.text(ann);
      const made = scene.newRoom([ann, ben], { kind: 'support', name: 'Help', open: true, first });
      assert.deepEqual(await scene.store.createRoom(made), { id: made.id, created: true });
      assert.deepEqual(await scene.store.room(made.id), {
        id: made.id,
        kind: 'support',
        name: 'Help',
        open: true,
        slowSeconds: 0,
        closed: false,
      });
      const { change: _, ...fields } = first;
      assert.deepEqual(await scene.log(made.id), [{ seq: 1, ...fields }]);
      for (const user of [ann, ben]) {
        const summary = await scene.store.summary(made.id, user);
        assert.deepEqual([summary?.head, summary?.read, summary?.unread, summary?.members], [1, 1, 0, 2]);
      }
    });

    test('with an id that is taken gives that room unchanged', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const made = scene.newRoom([ann], { kind: 'group', name: 'First' });
      await scene.store.createRoom(made);
      const again = { ...scene.newRoom([ben], { kind: 'live', name: 'Second' }), id: made.id };
      assert.deepEqual(await scene.store.createRoom(again), { id: made.id, created: false });
      assert.equal((await scene.store.room(made.id))?.name, 'First');
      assert.deepEqual(await scene.store.memberIds(made.id), [ann]);
      assert.equal((await scene.log(made.id)).length, 1);
    });

    test('many at once for one pair, in either order, make one room', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const tries = Array.from({ length: 20 }, (_, i) => pairRoom(i % 2 ? [ann, ben] : [ben, ann]));
      const made = await Promise.all(tries.map((room) => scene.store.createRoom(room)));
      assert.equal(made.filter(({ created }) => created).length, 1);
      assert.equal(new Set(made.map(({ id }) => id)).size, 1);
      const id = made[0]?.id ?? '';
      assert.deepEqual((await scene.store.room(id))?.pair?.toSorted(), [ann, ben]);
      assert.deepEqual(await scene.store.memberIds(id), [ann, ben]);
      assert.deepEqual(
        (await scene.store.summaries(ann)).map((room) => room.id),
        [id],
      );
    });

    test('two pairs with one in common have two rooms', async () => {
      const [ann = '', ben = '', cid = ''] = await scene.users(3);
      const one = await scene.store.createRoom(pairRoom([ann, ben]));
      const two = await scene.store.createRoom(pairRoom([cid, ann]));
      assert.notEqual(one.id, two.id);
      assert.deepEqual((await scene.store.peers(ann)).toSorted(), [ben, cid]);
      assert.deepEqual(await scene.store.peers(ben), [ann]);
    });

    test('a group of two is nobody’s direct room', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      await scene.room([ann, ben]);
      assert.deepEqual(await scene.store.peers(ann), []);
      assert.equal((await scene.store.createRoom(pairRoom([ann, ben]))).created, true);
    });
  });

  describe('the register of names', () => {
    test('is won by the first, for good', async () => {
      const name = scene.id('lobby');
      assert.equal(await scene.store.namedRoom(name), null);
      const answers = await Promise.all(['a', 'b', 'c'].map((room) => scene.store.nameRoom(name, room)));
      assert.equal(new Set(answers).size, 1);
      await scene.reopen();
      assert.equal(await scene.store.namedRoom(name), answers[0]);
      assert.equal(await scene.store.nameRoom(name, 'late'), answers[0]);
    });
  });

  describe('members', () => {
    test('are paged by user id, ascending', async () => {
      const people = await scene.users(5);
      const room = await scene.room(people.toReversed());
      const ids = async (page: { after?: UserId; limit: number }) => {
        const { members, more } = await scene.store.members(room, page);
        return [members.map(({ user }) => user.id), more];
      };
      assert.deepEqual(await ids({ limit: 2 }), [people.slice(0, 2), true]);
      assert.deepEqual(await ids({ after: people[1] ?? '', limit: 2 }), [people.slice(2, 4), true]);
      assert.deepEqual(await ids({ after: people[2] ?? '', limit: 2 }), [people.slice(3), false]);
      assert.deepEqual(await ids({ after: people[4] ?? '', limit: 2 }), [[], false]);
      assert.deepEqual(await scene.store.memberIds(room), people);
      assert.deepEqual(await scene.store.members('no-room', { limit: 2 }), { members: [], more: false });
    });

    test('show their name, role and a mute that is still in force', async () => {
      const { id, name } = await scene.user();
      const room = await scene.room([id]);
      const joined = scene.clock.now();
      const until = joined + 60_000;
      await change(room, '', { type: 'mute', user: id, until });
      const seen = { user: { id, name }, role: 'owner', joined };
      const { members: during } = await scene.store.members(room, { limit: 1 });
      assert.deepEqual(during, [{ ...seen, mutedUntil: until }]);
      scene.clock.adjust(60_000);
      const { members: after } = await scene.store.members(room, { limit: 1 });
      assert.deepEqual(after, [seen]);
    });

    test('a member is found, a stranger and a room that is none give null', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann]);
      const joined = scene.clock.now();
      assert.deepEqual(await scene.store.member(room, ann), { role: 'owner', joined, mutedUntil: null });
      assert.equal(await scene.store.member(room, ben), null);
      assert.equal(await scene.store.member('no-room', ann), null);
    });
  });

  describe('a join', () => {
    test('takes effect with its entry, and the joiner has read up to it', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann]);
      await scene.append(room, scene.text(ann), scene.text(ann));
      scene.clock.adjust(1_000);
      const seq = await scene.say(room, scene.join(ben));
      const joined = scene.clock.now();
      assert.deepEqual(await scene.store.member(room, ben), { role: 'member', joined, mutedUntil: null });
      const summary = await scene.store.summary(room, ben);
      assert.deepEqual([summary?.read, summary?.unread, summary?.members], [seq, 0, 2]);
      await scene.say(room, scene.text(ann));
      assert.equal((await scene.store.summary(room, ben))?.unread, 1);
    });

    test('of several by an invitation brings all of them or none', async () => {
      const [ann = '', ben = '', cid = '', dan = ''] = await scene.users(4);
      const room = await scene.room([ann, ben]);
      const invite = (users: UserId[], limit?: number) =>
        change(room, ann, { type: 'join', users, role: 'member', ...(limit !== undefined && { limit }) });
      assert.deepEqual(await invite([cid, ben]), [{ refused: 'already-member' }]);
      assert.deepEqual(await invite([cid, dan], 3), [{ refused: 'full' }]);
      assert.deepEqual(await scene.store.memberIds(room), [ann, ben]);
      assert.deepEqual(await invite([cid, dan], 4), [{ seq: 2, ts: scene.clock.now() }]);
      assert.deepEqual(await scene.store.memberIds(room), [ann, ben, cid, dan]);
    });

    test('past the limit by many at once lets in just as many as there is room for', async () => {
      const [ann = '', ...others] = await scene.users(11);
      const room = await scene.room([ann]);
      const placed = await Promise.all(
        others.map((user) => change(room, user, { type: 'join', users: [user], role: 'member', limit: 4 })),
      );
      const refused = placed.flat().filter((place) => 'refused' in place);
      assert.equal(refused.length, 7);
      assert.ok(refused.every((place) => place.refused === 'full'));
      assert.equal((await scene.store.memberIds(room)).length, 4);
      assert.equal((await scene.store.summary(room, ann))?.members, 4);
      assert.equal((await scene.log(room)).length, 4);
    });

    test('of a member by two devices at once is stored once', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann]);
      const both = await Promise.all([1, 2].map(() => scene.append(room, scene.join(ben))));
      assert.deepEqual(both.flat(), [{ seq: 2, ts: scene.clock.now() }, { refused: 'already-member' }]);
    });

    test('by a stranger who names others is refused', async () => {
      const [ann = '', ben = '', cid = ''] = await scene.users(3);
      const room = await scene.room([ann]);
      const placed = await change(room, ben, { type: 'join', users: [cid], role: 'member' });
      assert.deepEqual(placed, [{ refused: 'not-member' }]);
    });

    test('then a text, a leave and a text in one batch are judged one after the other', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann]);
      const text = () => scene.text(ben);
      const placed = await scene.append(room, text(), scene.join(ben), text(), scene.leave(ben), text());
      const got = placed.map((place) => ('seq' in place ? place.seq : place.refused));
      assert.deepEqual(got, ['not-member', 2, 3, 4, 'not-member']);
    });
  });

  describe('a leave', () => {
    test('takes effect with its entry; afterwards the room is none of theirs', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      await scene.say(room, scene.leave(ben));
      assert.equal(await scene.store.member(room, ben), null);
      assert.equal(await scene.store.summary(room, ben), null);
      assert.deepEqual(await scene.store.summaries(ben), []);
      assert.equal((await scene.store.summary(room, ann))?.members, 1);
      assert.deepEqual(await scene.append(room, scene.leave(ben)), [{ refused: 'not-member' }]);
    });

    test('and a new join begin anew: read, role, mute and preferences', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      await scene.store.prefer(room, ben, { muted: true, pinned: true });
      await change(room, ann, { type: 'role', user: ben, role: 'admin' });
      await change(room, ann, { type: 'mute', user: ben, until: scene.clock.now() + 1e6 });
      await scene.append(room, scene.text(ben), scene.leave(ben), scene.text(ann), scene.join(ben));
      const summary = await scene.store.summary(room, ben);
      assert.deepEqual([summary?.role, summary?.unread, summary?.read], ['member', 0, summary?.head]);
      assert.ok(summary && !('muted' in summary) && !('pinned' in summary) && !('mutedUntil' in summary));
    });
  });

  describe('a change of role, mute, name, pace or of being open', () => {
    test('takes effect with its entry', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann, ben]);
      const until = scene.clock.now() + 60_000;
      await change(room, ann, { type: 'role', user: ben, role: 'admin' });
      await change(room, ann, { type: 'mute', user: ben, until });
      const joined = scene.clock.now();
      assert.deepEqual(await scene.store.member(room, ben), { role: 'admin', joined, mutedUntil: until });
      await change(room, ann, { type: 'mute', user: ben, until: null });
      assert.equal((await scene.store.member(room, ben))?.mutedUntil, null);
      await change(room, ann, { type: 'rename', name: 'New' });
      await change(room, ann, { type: 'slow', seconds: 30 });
      await change(room, ann, { type: 'close' });
      const record = await scene.store.room(room);
      assert.deepEqual([record?.name, record?.slowSeconds, record?.closed], ['New', 30, true]);
    });

    test('to somebody who is no member, or by one who is none, is refused and changes nothing', async () => {
      const [ann = '', ben = ''] = await scene.users(2);
      const room = await scene.room([ann]);
      const until = scene.clock.now() + 60_000;
      const refused = [{ refused: 'not-member' }];
      assert.deepEqual(await change(room, ann, { type: 'role', user: ben, role: 'admin' }), refused);
      assert.deepEqual(await change(room, ann, { type: 'mute', user: ben, until }), refused);
      assert.deepEqual(await change(room, ben, { type: 'rename', name: 'Stolen' }), refused);
      assert.deepEqual(await change(room, ben, { type: 'close' }), refused);
      const record = await scene.store.room(room);
      assert.deepEqual([record?.name, record?.closed], ['Tea house', false]);
      assert.equal((await scene.log(room)).length, 1);
    });
  });

  describe('heir', () => {
    test('is nobody while another owner stays', async () => {
      const [ann = '', ben = '', cid = ''] = await scene.users(3);
      const room = await scene.room([ann, ben, cid]);
      await change(room, ann, { type: 'role', user: ben, role: 'owner' });
      assert.equal(await scene.store.heir(room, ann), null);
    });

    test('is the admin of longest standing, else the member, else nobody', async () => {
      const [ann = '', ben = '', cid = '', dan = ''] = await scene.users(4);
      const room = await scene.room([dan]);
      assert.equal(await scene.store.heir(room, dan), null);
      for (const user of [cid, ann, ben]) {
        scene.clock.adjust(1_000);
        await scene.say(room, scene.join(user));
      }
      assert.equal(await scene.store.heir(room, dan), cid);
      await change(room, dan, { type: 'role', user: ben, role: 'admin' });
      await change(room, dan, { type: 'role', user: ann, role: 'admin' });
      assert.equal(await scene.store.heir(room, dan), ann);
      await scene.say(room, scene.leave(ann));
      assert.equal(await scene.store.heir(room, dan), ben);
      assert.equal(await scene.store.heir('no-room', dan), null);
    });

    test('is never a bot', async () => {
      const [ann = '', bot = ''] = await scene.users(2);
      const room = await scene.room([ann]);
      await change(room, ann, { type: 'join', users: [bot], role: 'bot' });
      assert.equal(await scene.store.heir(room, ann), null);
    });
  });
}
