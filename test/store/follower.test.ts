import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Follower, FOLLOW_MS } from '../../server/store/sqlite/follower.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** An index that has `behind` steps to make. */
function stage({ behind = 1 } = {}) {
  const clock = new ManualClock();
  let [steps, left] = [0, behind];
  const follower = new Follower({
    clock,
    searcher: {
      call: () => {
        steps += 1;
        left -= 1;
        return left < 0 ? Promise.reject(new Error('away')) : (Promise.resolve(left > 0) as never);
      },
    },
  });
  return { clock, follower, steps: () => steps };
}

test('what is stored within half a second is taken in together, after it', async () => {
  const { clock, follower, steps } = stage();
  for (let ms = 0; ms < FOLLOW_MS; ms += 50) {
    follower.follow();
    await clock.run(50);
    assert.equal(steps(), ms + 50 < FOLLOW_MS ? 0 : 1);
  }
  await clock.run(10 * FOLLOW_MS);
  assert.equal(steps(), 1);
  assert.equal(clock.pending, 0);
});

test('what takes something back is taken in at once, with all that waits', async () => {
  const { clock, follower, steps } = stage();
  follower.follow();
  follower.hurry();
  await clock.run(0);
  assert.equal(steps(), 1);
  assert.equal(clock.pending, 0);
});

test('an index that is far behind follows step by step to the end', async () => {
  const { clock, follower, steps } = stage({ behind: 30 });
  follower.hurry();
  await clock.run(0);
  assert.equal(steps(), 30);
});

test('a store that closes has what waits taken in first, but is not held up by an index that is made anew', async () => {
  const waiting = stage();
  waiting.follower.follow();
  await waiting.follower.close();
  assert.equal(waiting.steps(), 1);
  assert.equal(waiting.clock.pending, 0);

  const anew = stage({ behind: 1_000 });
  anew.follower.hurry();
  await anew.follower.close();
  assert.ok(anew.steps() < 20, `${anew.steps()} steps`);
});

test('an index that is away is left alone until the next entry', async () => {
  const { clock, follower, steps } = stage({ behind: 0 });
  follower.hurry();
  await clock.run(10 * FOLLOW_MS);
  assert.equal(steps(), 1);
  follower.follow();
  await clock.run(FOLLOW_MS);
  assert.equal(steps(), 2);
});

test('what is taken back while the last step ends is taken in all the same', async () => {
  for (let turns = 0; turns < 8; turns += 1) {
    const { clock, follower, steps } = stage({ behind: 1 });
    follower.hurry();
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    const before = steps();
    follower.hurry();
    await clock.run(0);
    assert.ok(steps() > before, `after ${turns} turns`);
  }
});
