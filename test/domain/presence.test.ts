/** Who is told that somebody came or went. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld } from './world.ts';

const world = await openWorld();
const { presence, online, rooms, clock, store } = world;

/** Ann has direct rooms with Bob and Cat, and is in a group with Dan. */
async function setUp() {
  const [ann = '', bob = '', cat = '', dan = ''] = await world.people(4);
  await rooms.direct(ann, bob);
  await rooms.direct(cat, ann);
  await rooms.create(ann, { kind: 'group', members: [dan] });
  world.said();
  return { ann, bob, cat, dan };
}

const toldTo = () =>
  world
    .said()
    .flatMap(({ subject, message }) => (message.type === 'presence' ? [{ subject, ...message }] : []));

test('who comes is told to the other ends of their direct rooms, and to nobody else', async () => {
  const { ann, bob, cat } = await setUp();
  await presence.came(ann);
  assert.deepEqual(
    toldTo().sort((a, b) => a.subject.localeCompare(b.subject)),
    [bob, cat]
      .sort((a, b) => a.localeCompare(b))
      .map((peer) => ({ subject: `user.${peer}`, type: 'presence', user: ann, online: true })),
  );
});

test('who goes is told with the moment, which is kept', async () => {
  const { ann, bob } = await setUp();
  await presence.went(ann);
  const lastSeen = clock.now();
  assert.equal(toldTo().length, 2);
  assert.deepEqual(await store.lastSeen([ann]), [{ user: ann, seen: lastSeen }]);
  clock.advance(5_000);
  assert.deepEqual(await presence.peersOf(bob), [{ user: ann, online: false, lastSeen }]);
});

test('who is back before it was written down has not gone', async () => {
  const { ann } = await setUp();
  const going = presence.went(ann);
  online.add(ann);
  await going;
  assert.deepEqual(toldTo(), []);
});

test('who has just come learns how things stand with each peer', async () => {
  const { ann, bob, cat } = await setUp();
  online.add(bob);
  const stands = await presence.peersOf(ann);
  assert.deepEqual(
    new Map(stands.map(({ user, ...how }) => [user, how])),
    new Map([
      [bob, { online: true }],
      [cat, { online: false }],
    ]),
  );
});

test('users are given by id, once each; those who do not exist are left out', async () => {
  const [ann = '', bob = ''] = await world.people(2);
  const found = await world.users.get([ann, 'nobody', bob, ann]);
  assert.deepEqual(found.map(({ id }) => id).sort(), [ann, bob].sort());
});
