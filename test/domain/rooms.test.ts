/** Rooms over the real store: made, opened, joined, left, listed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS, openWorld } from './world.ts';

const world = await openWorld();
const { rooms, store, clock } = world;

test('a room begins with one notice that names all; its maker owns it; all are shown it', async () => {
  const [ann = '', bob = '', cat = ''] = await world.people(3);
  world.said();
  const room = await rooms.create(ann, { kind: 'group', name: 'tea', members: [bob, cat, bob, ann] });
  assert.deepEqual(
    [room.kind, room.name, room.head, room.role, room.members, room.unread],
    ['group', 'tea', 1, 'owner', 3, 0],
  );
  assert.deepEqual(room.last, {
    seq: 1,
    ts: clock.now(),
    from: ann,
    kind: 'sys',
    body: { action: 'created', name: 'tea', users: [ann, bob, cat] },
  });
  assert.equal(await world.roleOf(room.id, bob), 'member');
  assert.deepEqual(world.shown(room.id), [ann, bob, cat]);
});

test('a group is closed unless said otherwise, a live room always open', async () => {
  const ann = await world.user();
  const kinds = await Promise.all([
    rooms.create(ann, { kind: 'group' }),
    rooms.create(ann, { kind: 'group', open: true }),
    rooms.create(ann, { kind: 'group', open: false }),
    rooms.create(ann, { kind: 'support' }),
    rooms.create(ann, { kind: 'live' }),
    rooms.create(ann, { kind: 'live', open: false }),
  ]);
  assert.deepEqual(
    kinds.map(({ open }) => open),
    [undefined, true, undefined, undefined, true, true],
  );
});

test('a room that is not open has at most so many members, an open one any number', async () => {
  const [ann = '', ...others] = await world.people(LIMITS.members + 1);
  const most = others.slice(0, LIMITS.members - 1);
  assert.equal((await rooms.create(ann, { kind: 'group', members: most })).members, LIMITS.members);
  await assert.rejects(rooms.create(ann, { kind: 'group', members: others }), {
    code: 'TOO_LARGE',
    message: 'members: at most 4 with you in a room that is not open',
  });
  const open = await rooms.create(ann, { kind: 'group', members: others, open: true });
  assert.equal(open.members, LIMITS.members + 1);
});

test('a room is not made with somebody who does not exist', async () => {
  const [ann = '', bob = ''] = await world.people(2);
  await assert.rejects(rooms.create(ann, { kind: 'group', members: [bob, 'nobody'] }), {
    code: 'NOT_FOUND',
    message: 'members: there is no user nobody',
  });
  assert.deepEqual(await rooms.mine(bob), []);
});

test('a direct room is one for a pair, whoever opens it, and told of once', async () => {
  const [ann = '', bob = ''] = await world.people(2);
  world.said();
  const [first, second] = await Promise.all([rooms.direct(ann, bob), rooms.direct(bob, ann)]);
  assert.equal(first?.id, second?.id);
  assert.equal((await rooms.direct(ann, bob)).id, first?.id);
  assert.deepEqual([first?.kind, first?.role, first?.members, first?.peer?.id], ['direct', 'member', 2, bob]);
  assert.equal(second?.peer?.id, ann);
  assert.deepEqual(world.shown(first?.id ?? '').sort(), [ann, bob].sort());
});

test('nobody opens a direct room with themselves, or with nobody', async () => {
  const ann = await world.user();
  await assert.rejects(rooms.direct(ann, ann), { code: 'BAD_REQUEST' });
  await assert.rejects(rooms.direct(ann, 'nobody'), { code: 'NOT_FOUND' });
});

test('who joins an open room is announced to it, is shown it, and has read what came before', async () => {
  const [ann = '', bob = ''] = await world.people(2);
  const { id } = await rooms.create(ann, { kind: 'live', name: 'show' });
  await world.say(id, ann);
  world.said();
  const room = await rooms.join(bob, id);
  assert.deepEqual([room.role, room.head, room.read, room.unread], ['member', 3, 3, 0]);
  assert.deepEqual((await world.newest(id))?.body, { action: 'joined', user: bob });
  const said = world.said();
  assert.deepEqual(
    said.map(({ subject, message }) => [subject, message.type]),
    [
      [`room.${id}`, 'entries'],
      [`user.${bob}`, 'room'],
    ],
  );
});

test('joining twice, also at the same time from two devices, is joining once', async () => {
  const [ann = '', bob = ''] = await world.people(2);
  const { id } = await rooms.create(ann, { kind: 'live' });
  const [first, second] = await Promise.all([rooms.join(bob, id), rooms.join(bob, id)]);
  const again = await rooms.join(bob, id);
  assert.deepEqual([first?.head, second?.head, again.head, again.members], [2, 2, 2, 2]);
});

test('a room that is not open, is closed or does not exist cannot be joined, in the same words', async () => {
  const { room, owner } = await world.group();
  const stranger = await world.user();
  const live = await rooms.create(owner, { kind: 'live' });
  await world.keeping.manage(await world.actor(live.id, owner), { room: live.id, cid: 'c', action: 'close' });
  const notFound = { code: 'NOT_FOUND', message: 'room: there is no such room among your rooms' };
  for (const id of [room, live.id, 'nowhere']) await assert.rejects(rooms.join(stranger, id), notFound);
});

test('who leaves is announced and sees nothing of the room any more', async () => {
  const { room, owner, others } = await world.group(2);
  const [bob = '', cat = ''] = others;
  await rooms.leave(await world.actor(room, bob));
  assert.deepEqual((await world.newest(room))?.body, { action: 'left', user: bob });
  assert.deepEqual(await rooms.mine(bob), []);
  assert.deepEqual([await world.roleOf(room, owner), await world.roleOf(room, cat)], ['owner', 'member']);
});

test('where the owner leaves, the admin of longest standing becomes owner, and the room is never without one', async () => {
  const { room, owner, others } = await world.group(3);
  const [bob = '', cat = '', dan = ''] = others;
  for (const user of [cat, dan]) {
    const actor = await world.actor(room, owner);
    await world.keeping.manage(actor, { room, cid: user, action: 'role', user, role: 'admin' });
  }
  world.said();
  await rooms.leave(await world.actor(room, owner));
  const heir = cat < dan ? cat : dan;
  assert.equal(await world.roleOf(room, heir), 'owner');
  assert.equal(await world.roleOf(room, bob), 'member');
  const [published] = world.said();
  assert.ok(published?.message.type === 'entries', 'one batch: both are true, or neither');
  assert.deepEqual(
    published.message.entries.map(({ body }) => body),
    [
      { action: 'role', user: heir, role: 'owner' },
      { action: 'left', user: owner },
    ],
  );
});

test('without an admin a member becomes owner; the last one leaves an empty room', async () => {
  const { room, owner, others } = await world.group(1);
  const [bob = ''] = others;
  await rooms.leave(await world.actor(room, owner));
  assert.equal(await world.roleOf(room, bob), 'owner');
  await rooms.leave(await world.actor(room, bob));
  assert.deepEqual(await store.memberIds(room), []);
});

test('an owner who leaves on two devices at once makes one heir', async () => {
  const { room, owner, others } = await world.group(2);
  const [phone, tablet] = [await world.actor(room, owner), await world.actor(room, owner)];
  await rooms.leave(phone);
  await rooms.leave(tablet);
  const roles = await Promise.all(others.map((user) => world.roleOf(room, user)));
  assert.deepEqual(roles.sort(), ['member', 'owner']);
});

test('a direct room cannot be left', async () => {
  const [ann = '', bob = ''] = await world.people(2);
  const { id } = await rooms.direct(ann, bob);
  await assert.rejects(rooms.leave(await world.actor(id, ann)), { code: 'BAD_REQUEST' });
});

test('members come by pages, ascending', async () => {
  const { room, owner, others } = await world.group(3);
  const all = [owner, ...others].sort();
  const first = await rooms.members({ room, limit: 3 });
  assert.equal(first.more, true);
  const rest = await rooms.members({ room, after: first.members.at(-1)?.user.id ?? '', limit: 3 });
  assert.equal(rest.more, false);
  assert.deepEqual(
    [...first.members, ...rest.members].map(({ user }) => user.id),
    all,
  );
});

test('a page of members is at most 100, however many are asked for', async () => {
  const [ann = '', ...others] = await world.people(121);
  const { id } = await rooms.create(ann, { kind: 'live', members: others });
  assert.equal((await rooms.members({ room: id, limit: 1_000_000 })).members.length, 100);
  assert.equal((await rooms.members({ room: id })).members.length, 100);
});

test('a read marker moves forward only, and is told where others see it', async () => {
  const { room, owner, others } = await world.group(1);
  const [bob = ''] = others;
  for (let i = 0; i < 3; i++) await world.say(room, owner);
  world.said();
  const actor = await world.actor(room, bob);
  await rooms.read(actor, 3);
  await rooms.read(actor, 2);
  await rooms.read(actor, 3);
  assert.deepEqual(world.said(), [
    { subject: `room.${room}`, message: { type: 'read', room, user: bob, seq: 3 } },
  ]);
  const summary = await store.summary(room, bob);
  assert.deepEqual([summary?.read, summary?.unread], [3, 1]);
});

test('what is not there yet cannot have been read', async () => {
  const { room, owner } = await world.group(1);
  const actor = await world.actor(room, owner);
  world.said();
  await assert.rejects(rooms.read(actor, 2), {
    code: 'BAD_REQUEST',
    message: 'seq: there is no entry 2 in this room yet',
  });
  assert.deepEqual(world.said(), []);
});

test('a read marker in a live or support room is nobody else’s business', async () => {
  const [ann = '', bob = ''] = await world.people(2);
  for (const kind of ['live', 'support'] as const) {
    const { id } = await rooms.create(ann, { kind, members: [bob] });
    await world.say(id, ann);
    world.said();
    await rooms.read(await world.actor(id, bob), 2);
    assert.deepEqual(world.said(), []);
  }
});

test('preferences are one’s own, and shown on all of one’s devices', async () => {
  const { room, owner, others } = await world.group(1);
  world.said();
  await rooms.prefer(await world.actor(room, owner), { muted: true, pinned: true });
  await rooms.prefer(await world.actor(room, owner), { pinned: false });
  assert.deepEqual(world.shown(room), [owner, owner]);
  const [mine, theirs] = await Promise.all([owner, others[0] ?? ''].map((user) => store.summary(room, user)));
  assert.deepEqual([mine?.muted, mine?.pinned, theirs?.muted], [true, undefined, undefined]);
});

test('the lobby is one, also where several nodes make it at once, and everybody is welcomed into it once', async () => {
  const made = await Promise.all([rooms.openLobby(), rooms.openLobby(), rooms.openLobby()]);
  assert.equal(new Set(made).size, 1);
  const lobby = made[0] ?? '';
  assert.equal(await rooms.openLobby(), lobby);
  const ann = await world.user();
  await rooms.welcome(ann);
  assert.deepEqual(
    (await rooms.mine(ann)).map(({ id, name, open, kind }) => [id, name, open, kind]),
    [[lobby, '大厅', true, 'group']],
  );
  await rooms.leave(await world.actor(lobby, ann));
  await rooms.welcome(ann);
  assert.deepEqual(await rooms.mine(ann), [], 'who leaves it has left it');
});

test('a newcomer whose server died between joining and noting it is welcomed at the next login, once', async () => {
  const ann = await world.user();
  const lobby = await rooms.openLobby();
  await rooms.join(ann, lobby);
  const before = (await world.entries(lobby)).length;
  await rooms.welcome(ann);
  assert.equal((await world.entries(lobby)).length, before);
  assert.equal(await store.welcomed(ann), true);
});

test('a room that is made again with its cid is the room that was made, and nobody hears of it twice', async () => {
  const [ann = '', bob = ''] = await world.people(2);
  const create = (user: string, name: string) =>
    rooms.create(user, { kind: 'group', cid: 'c1', name, members: [user === ann ? bob : ann] });
  const both = await Promise.all([create(ann, 'tea'), create(ann, 'tea')]);
  assert.equal(both[0]?.id, both[1]?.id);
  assert.deepEqual(world.shown(both[0]?.id ?? '').toSorted(), [ann, bob].toSorted());
  const again = await create(ann, 'another name');
  assert.deepEqual([again.id, again.name], [both[0]?.id, 'tea']);
  assert.deepEqual(world.shown(again.id), []);
  assert.notEqual((await create(bob, 'tea')).id, again.id, 'the cid of another is another');
});

test('open rooms are listed with what a stranger may know', async () => {
  const [ann = '', bob = ''] = await world.people(2);
  const { id } = await rooms.create(ann, { kind: 'live', name: 'show' });
  await world.say(id, ann);
  const seen = (await rooms.open(bob)).find((room) => room.id === id);
  assert.deepEqual([seen?.role, seen?.last, seen?.unread], ['none', undefined, 0]);
});
