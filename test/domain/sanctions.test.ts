/** Sanctions over the real store: what they forbid, when they take effect, that they end by themselves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FOREVER } from '../../miniprogram/protocol/limits.ts';
import type { UserId } from '../../miniprogram/protocol/objects.ts';
import type { Sanction } from '../../server/domain/ports.ts';
import { Sanctions, type Standing } from '../../server/domain/sanctions.ts';
import { waitFor } from '../support/wait-for.ts';
import { openWorld } from './world.ts';

const world = await openWorld();
const { sanctions, store, clock, bus } = world;
const MINUTE = 60_000;

const audit = () => ({
  ts: clock.now(),
  actor: 'mod',
  act: 'user.ban',
  target: '',
  room: '',
  reason: '',
  before: null,
  after: null,
});

async function sanction(user: UserId, more: Partial<Sanction> = {}): Promise<Sanction> {
  const base = { user, kind: 'ban', room: '', until: clock.now() + 10 * MINUTE, reason: 'spam' } as const;
  const made: Sanction = { ...base, by: 'mod', since: clock.now(), ...more };
  await store.sanction(made, audit());
  return made;
}

const tell = (user: UserId): void => bus.publish('moderation', { type: 'sanctions', user });
const later = <T>(job: () => T | Promise<T>): Promise<T> => Promise.resolve().then(job);

test('a banned user is refused with until and reason, as soon as the bus has told, and for as long as said', async () => {
  const user = await world.user();
  await sanctions.admit(user);
  assert.equal(sanctions.admit(user), undefined, 'who is remembered waits for nothing');
  const { until } = await sanction(user);
  tell(user);
  await waitFor('the change is told', () => world.changed.includes(user));
  await assert.rejects(
    later(() => sanctions.admit(user)),
    (error: { toBody(): object }) => {
      const message = `you are banned until ${new Date(until).toISOString()}`;
      assert.deepEqual(error.toBody(), { code: 'BANNED', message, until, reason: 'spam' });
      return true;
    },
  );
  clock.adjust(10 * MINUTE);
  await later(() => sanctions.admit(user));
});

test('a ban without an end names none', async () => {
  const user = await world.user();
  await sanction(user, { until: FOREVER });
  await assert.rejects(
    later(() => sanctions.admit(user)),
    (error: { toBody(): object }) => {
      assert.deepEqual(error.toBody(), {
        code: 'BANNED',
        message: 'you are banned for good',
        reason: 'spam',
      });
      return true;
    },
  );
});

test('a ban that the bus has lost takes effect within 2 s all the same, and so does its end', async () => {
  const user = await world.user();
  await sanctions.admit(user);
  await sanction(user);
  await clock.run(1_500);
  await waitFor('the change is told', () => world.changed.includes(user));
  await assert.rejects(
    later(() => sanctions.admit(user)),
    { code: 'BANNED' },
  );
  await store.lift({ user, kind: 'ban', room: '' }, { ...audit(), ts: clock.now() });
  await clock.run(1_500);
  await waitFor('it has ended', () => sanctions.recall(user)?.length === 0);
  await later(() => sanctions.admit(user));
});

test('a read that a change has overtaken is not remembered', async () => {
  const user = await world.user();
  const answers: ((standing: Sanction[]) => void)[] = [];
  const effects: Standing[] = [];
  const slow = new Sanctions({
    store: {
      sanctions: () => new Promise((resolve) => answers.push(resolve)),
      sanctionedSince: () => Promise.resolve([]),
    },
    bus,
    clock,
    onChange: (_, standing) => effects.push(standing),
    onFault: (reason) => assert.fail(String(reason)),
  });
  const looked = slow.look(user);
  const refreshed = slow.refresh(user);
  const ban = await sanction(user);
  answers[1]?.([ban]);
  await refreshed;
  answers[0]?.([]);
  await looked;
  assert.deepEqual([slow.recall(user), effects], [[ban], [[ban]]]);
});

test('no more users are remembered than allowed, the oldest go', async () => {
  const small = new Sanctions({
    store,
    bus,
    clock,
    onChange: () => undefined,
    onFault: (reason) => assert.fail(String(reason)),
    most: 2,
  });
  for (const user of ['a', 'b', 'c']) await small.look(user);
  assert.deepEqual(
    ['a', 'b', 'c'].map((user) => small.recall(user)),
    [undefined, [], []],
  );
});

test('a mute everywhere shows in every room of the user, to others too, and is not weaker than the room’s own', async () => {
  const { room, owner, others } = await world.group(1);
  const [user = ''] = others;
  const { until } = await sanction(user, { kind: 'mute' });
  tell(user);
  await waitFor('one is in force', () => sanctions.recall(user)?.length === 1);
  const [own] = await world.rooms.mine(user);
  assert.deepEqual([own?.mutedUntil, own?.muteReason], [until, 'spam']);
  assert.equal((await world.rooms.mine(owner))[0]?.mutedUntil, undefined);
  const { members } = await world.rooms.members({ room });
  assert.deepEqual(
    members.map((member) => [member.user.id, member.mutedUntil]).toSorted(),
    [
      [owner, undefined],
      [user, until],
    ].toSorted(),
  );
  assert.ok(!JSON.stringify(members).includes('spam'), 'why is said to the person alone');
  const { member } = await world.actor(room, user);
  const seen = sanctions.muted(user, room, member);
  assert.deepEqual(seen, { ...member, mutedUntil: until, muteReason: 'spam' });
  const longer = { ...member, mutedUntil: until + 1 };
  assert.equal(sanctions.muted(user, room, longer), longer);
});

test('a mute in one room leaves the others alone', async () => {
  const user = await world.user();
  await sanction(user, { kind: 'mute', room: 'here' });
  await sanctions.look(user);
  const member = { role: 'member', joined: 1, mutedUntil: null } as const;
  assert.equal(sanctions.muted(user, 'there', member), member);
  assert.equal(sanctions.muted(user, 'here', member).muteReason, 'spam');
});

test('the reason told with a room is that of the mute which ends last, and none where that is the room’s own', async () => {
  const { room, owner, others } = await world.group(1);
  const [user = ''] = others;
  const seconds = 10 * 86_400;
  await sanction(user, { kind: 'mute', room, reason: 'spam' });
  tell(user);
  await waitFor('one is in force', () => sanctions.recall(user)?.length === 1);
  const shown = async () => (await world.rooms.mine(user))[0]?.muteReason;
  assert.equal(await shown(), 'spam');
  await world.keeping.manage(await world.actor(room, owner), {
    room,
    cid: 'm',
    action: 'mute',
    user,
    seconds,
  });
  assert.equal(await shown(), undefined);
});

test('who is banned from a room neither joins it nor is invited; other rooms are open', async () => {
  const [ann = '', bob = ''] = await world.people(2);
  const room = await world.rooms.create(ann, { kind: 'group', open: true });
  const other = await world.rooms.create(ann, { kind: 'group', open: true });
  const { until } = await sanction(bob, { room: room.id });
  await assert.rejects(world.rooms.join(bob, room.id), (error: { toBody(): { code: string } }) => {
    const message = `room: you are banned from this room until ${new Date(until).toISOString()}`;
    assert.deepEqual(error.toBody(), { code: 'FORBIDDEN', message, until, reason: 'spam' });
    return true;
  });
  const owner = await world.actor(room.id, ann);
  await assert.rejects(
    world.keeping.manage(owner, { room: room.id, cid: 'c1', action: 'invite', users: [bob] }),
    { code: 'FORBIDDEN', message: `users: ${bob} is banned from this room` },
  );
  assert.equal((await world.rooms.join(bob, other.id)).role, 'member');
  clock.adjust(10 * MINUTE);
  assert.equal((await world.rooms.join(bob, room.id)).role, 'member');
});
