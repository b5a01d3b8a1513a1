/** What keepers do to a room and to its members: who may is in access.test.ts, here is what becomes of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManageAction } from '../../miniprogram/protocol/frames.ts';
import type { RoomId, UserId } from '../../miniprogram/protocol/objects.ts';
import { createKeeping } from '../../server/domain/keeping.ts';
import { newId } from '../../server/ids.ts';
import { memberRecord } from './factories.ts';
import { checkName, LIMITS, openWorld } from './world.ts';

const world = await openWorld();
const { store, rooms, clock } = world;

/** `who` does it, under a cid of its own or the one given. */
const manage = async (room: RoomId, who: UserId, act: ManageAction, cid = newId()) =>
  world.keeping.manage(await world.actor(room, who), { room, cid, ...act });

test('each act is one notice under the keeper’s name, and true together with it', async () => {
  const { room, owner, others } = await world.group(1);
  const [bob = ''] = others;
  const until = clock.now() + 60_000;
  const acts: [ManageAction, object][] = [
    [
      { action: 'rename', name: '新茶' },
      { action: 'renamed', name: '新茶' },
    ],
    [
      { action: 'slow', seconds: 30 },
      { action: 'slow', seconds: 30 },
    ],
    [
      { action: 'mute', user: bob, seconds: 60 },
      { action: 'muted', user: bob, until },
    ],
    [
      { action: 'unmute', user: bob },
      { action: 'unmuted', user: bob },
    ],
    [
      { action: 'role', user: bob, role: 'admin' },
      { action: 'role', user: bob, role: 'admin' },
    ],
    [
      { action: 'pin', target: 1 },
      { action: 'pinned', target: 1 },
    ],
    [
      { action: 'unpin', target: 1 },
      { action: 'unpinned', target: 1 },
    ],
    [
      { action: 'remove', user: bob },
      { action: 'removed', user: bob },
    ],
    [{ action: 'close' }, { action: 'closed' }],
  ];
  for (const [act, body] of acts) {
    const { seq } = await manage(room, owner, act);
    const entry = await world.newest(room);
    assert.deepEqual([entry?.seq, entry?.from, entry?.kind, entry?.body], [seq, owner, 'sys', body]);
    const member = await store.member(room, bob);
    if (act.action === 'mute') assert.equal(member?.mutedUntil, until);
    if (act.action === 'unmute') assert.equal(member?.mutedUntil, null);
    if (act.action === 'role') assert.equal(member?.role, 'admin');
    if (act.action === 'remove') assert.equal(member, null);
  }
  const record = await store.room(room);
  assert.deepEqual([record?.name, record?.slowSeconds, record?.closed], ['新茶', 30, true]);
});

test('who is invited is a member, and is shown the room after the others were told', async () => {
  const { room, owner } = await world.group(1);
  const [cat = '', dan = ''] = await world.people(2);
  world.said();
  await manage(room, owner, { action: 'invite', users: [cat, dan, cat] });
  assert.deepEqual((await world.newest(room))?.body, { action: 'invited', users: [cat, dan] });
  assert.deepEqual(
    world.said().map(({ subject, message }) => [subject, message.type]),
    [
      [`room.${room}`, 'entries'],
      [`user.${cat}`, 'room'],
      [`user.${dan}`, 'room'],
    ],
  );
  assert.equal((await store.summary(room, cat))?.role, 'member');
});

test('those who are members already are left out of an invitation; where all are, it is a conflict', async () => {
  const { room, owner, others } = await world.group(1);
  const [bob = ''] = others;
  const cat = await world.user();
  await manage(room, owner, { action: 'invite', users: [bob, cat] });
  assert.deepEqual((await world.newest(room))?.body, { action: 'invited', users: [cat] });
  await assert.rejects(manage(room, owner, { action: 'invite', users: [bob, cat] }), { code: 'CONFLICT' });
});

test('a long invitation is one notice, without those who are members already', async () => {
  const [owner = '', bob = '', ...many] = await world.people(252);
  const { id: room } = await rooms.create(owner, { kind: 'group', open: true, members: [bob] });
  await manage(room, owner, { action: 'invite', users: [...many, bob, many[0] ?? ''] });
  assert.deepEqual((await world.newest(room))?.body, { action: 'invited', users: many });
});

test('nobody is invited who does not exist, and then none of the others', async () => {
  const { room, owner } = await world.group(1);
  const cat = await world.user();
  await assert.rejects(manage(room, owner, { action: 'invite', users: [cat, 'nobody'] }), {
    code: 'NOT_FOUND',
    message: 'users: there is no user nobody',
  });
  assert.equal(await world.roleOf(room, cat), undefined);
});

test('a group that is not open is full at its limit, also for two who are invited at once', async () => {
  const { room, owner, others } = await world.group(LIMITS.members - 2);
  const [cat = '', dan = ''] = await world.people(2);
  const tries = await Promise.allSettled([
    manage(room, owner, { action: 'invite', users: [cat] }),
    manage(room, others[0] ?? '', { action: 'invite', users: [dan] }),
  ]);
  assert.deepEqual(tries.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  assert.equal((await store.memberIds(room)).length, LIMITS.members);
  await assert.rejects(manage(room, owner, { action: 'invite', users: [await world.user()] }), {
    code: 'CONFLICT',
    message: 'users: a room that is not open has at most 4 members',
  });
});

test('an open room is never full', async () => {
  const [ann = '', ...others] = await world.people(LIMITS.members + 3);
  const { id } = await rooms.create(ann, { kind: 'live' });
  await manage(id, ann, { action: 'invite', users: others });
  assert.equal((await store.memberIds(id)).length, LIMITS.members + 3);
});

test('the same cid again is the same act, also where today’s rules would refuse it', async () => {
  const { room, owner, others } = await world.group(1);
  const [bob = ''] = others;
  const first = await manage(room, owner, { action: 'remove', user: bob }, 'remove bob');
  world.said();
  const again = await manage(room, owner, { action: 'remove', user: bob }, 'remove bob');
  assert.deepEqual([again.seq, again.repeated], [first.seq, true]);
  assert.deepEqual(world.said(), []);
});

test('nobody is muted, removed or given a role who is not there, is oneself, or ranks as high', async () => {
  const { room, owner, others } = await world.group(3);
  const [admin = '', admin2 = '', bob = ''] = others;
  for (const user of [admin, admin2]) await manage(room, owner, { action: 'role', user, role: 'admin' });
  const head = (await world.newest(room))?.seq;
  const stranger = await world.user();
  await assert.rejects(manage(room, owner, { action: 'mute', user: stranger, seconds: 60 }), {
    code: 'NOT_FOUND',
  });
  for (const user of [owner, admin2, admin]) {
    await assert.rejects(manage(room, admin, { action: 'remove', user }), { code: 'FORBIDDEN' });
  }
  await assert.rejects(manage(room, bob, { action: 'remove', user: admin }), { code: 'FORBIDDEN' });
  await assert.rejects(manage(room, owner, { action: 'role', user: owner, role: 'member' }), {
    code: 'FORBIDDEN',
  });
  assert.equal((await world.newest(room))?.seq, head, 'nothing was written');
});

test('who has left between the rule and the store is NOT_FOUND, not an act on nobody', async () => {
  const { room, owner } = await world.group(1);
  const gone = await world.user();
  const { log, bus } = world;
  const stale = { ...store, member: () => Promise.resolve(memberRecord()) };
  const keeping = createKeeping({ log, store: stale, bus, clock, limits: LIMITS, checkName });
  const actor = await world.actor(room, owner);
  for (const act of [{ action: 'remove' }, { action: 'mute', seconds: 60 }] as const) {
    await assert.rejects(keeping.manage(actor, { room, cid: newId(), user: gone, ...act }), {
      code: 'NOT_FOUND',
      message: 'user: you or they have left this room meanwhile',
    });
  }
});

test('only what is there can be pinned', async () => {
  const { room, owner } = await world.group(1);
  await assert.rejects(manage(room, owner, { action: 'pin', target: 2 }), { code: 'NOT_FOUND' });
});

test('a room that is closed is left alone, and can be left', async () => {
  const { room, owner, others } = await world.group(1);
  await manage(room, owner, { action: 'close' });
  await assert.rejects(manage(room, owner, { action: 'rename', name: 'x' }), { code: 'CLOSED' });
  await rooms.leave(await world.actor(room, others[0] ?? ''));
  assert.deepEqual(await store.memberIds(room), [owner]);
});
