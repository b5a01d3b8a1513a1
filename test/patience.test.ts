/** A start waits for a store that is busy, for a while, and for nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../server/outcome.ts';
import { patiently } from '../server/patience.ts';
import { ManualClock } from './support/manual-clock.ts';

const busy = () => new Refusal('UNAVAILABLE', 'the store is out of reach');

test('a store that is busy at first is waited for', async () => {
  const clock = new ManualClock();
  let tries = 0;
  const done = patiently(clock, () => ((tries += 1) < 4 ? Promise.reject(busy()) : Promise.resolve('there')));
  await clock.run(2_000);
  assert.equal(await done, 'there');
  assert.deepEqual([tries, clock.pending], [4, 0]);
});

test('one that stays away is given up, a bug at once', async () => {
  const clock = new ManualClock();
  const gone = assert.rejects(
    patiently(clock, () => Promise.reject(busy())),
    { code: 'UNAVAILABLE' },
  );
  await clock.run(31_000);
  await gone;
  await assert.rejects(
    patiently(clock, () => Promise.reject(new Error('a bug'))),
    /a bug/,
  );
  assert.equal(clock.pending, 0);
});
