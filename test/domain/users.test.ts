/** Looking people up by id. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld } from './world.ts';

const world = await openWorld();

test('users are given by id, once each; those who do not exist are left out', async () => {
  const [ann = '', bob = ''] = await world.people(2);
  const found = await world.users.get([ann, 'nobody', bob, ann]);
  assert.deepEqual(found.map(({ id }) => id).sort(), [ann, bob].sort());
});
