import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SlowMode } from '../../server/domain/slow-mode.ts';
import { Refusal } from '../../server/outcome.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { roomRecord } from './factories.ts';

const room = roomRecord({ slowSeconds: 10 });

/** What is left to wait, or 0. */
function wait(run: () => void): number {
  try {
    run();
    return 0;
  } catch (reason) {
    assert.ok(reason instanceof Refusal && reason.code === 'RATE_LIMITED');
    return reason.retryAfterMs ?? NaN;
  }
}

test('a member posts once in slowSeconds and hears how long is left', () => {
  const clock = new ManualClock();
  const slow = new SlowMode(clock);
  slow.take(room, 'u', 'c1');
  clock.advance(9_999);
  assert.equal(
    wait(() => slow.take(room, 'u', 'c2')),
    1,
  );
  clock.advance(1);
  assert.equal(
    wait(() => slow.take(room, 'u', 'c2')),
    0,
  );
  assert.equal(
    wait(() => slow.take(room, 'u', 'c3')),
    10_000,
  );
});

test('a refused post does not lengthen the wait', () => {
  const clock = new ManualClock();
  const slow = new SlowMode(clock);
  slow.take(room, 'u', 'c1');
  clock.advance(6_000);
  assert.equal(
    wait(() => slow.take(room, 'u', 'c2')),
    4_000,
  );
  clock.advance(4_000);
  assert.equal(
    wait(() => slow.take(room, 'u', 'c2')),
    0,
  );
});

test('the same post passes again and starts no new wait: its reply was lost', () => {
  const clock = new ManualClock();
  const slow = new SlowMode(clock);
  slow.take(room, 'u', 'c1');
  clock.advance(9_000);
  slow.take(room, 'u', 'c1');
  assert.equal(
    wait(() => slow.take(room, 'u', 'c2')),
    1_000,
  );
});

test('each member of each room waits alone, and by the monotonic clock', () => {
  const clock = new ManualClock();
  const slow = new SlowMode(clock);
  slow.take(room, 'u', 'c1');
  slow.take(room, 'v', 'c1');
  slow.take({ ...room, id: 'r2' }, 'u', 'c2');
  clock.adjust(3_600_000);
  assert.equal(
    wait(() => slow.take(room, 'u', 'c3')),
    10_000,
  );
});

test('past its bound it forgets who may post again, and else who has waited longest', () => {
  const clock = new ManualClock();
  const slow = new SlowMode(clock);
  const bound = 100_000;
  for (let i = 1; i < bound; i++) slow.take(room, `u${i}`, 'c1');
  slow.take({ ...room, slowSeconds: 5 }, 'short', 'c1');
  clock.advance(5_000);
  slow.take(room, 'one more', 'c1');
  assert.equal(
    wait(() => slow.take(room, 'u1', 'c2')),
    5_000,
    'room was made by the one who had done waiting',
  );
  slow.take(room, 'and another', 'c1');
  assert.equal(
    wait(() => slow.take(room, 'u1', 'c2')),
    0,
    'the oldest had to go',
  );
});
