/** S11: what one address may have, by the clock, and how little of it is remembered. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Households, type Refused } from '../../server/commands/households.ts';
import { ManualClock } from '../support/manual-clock.ts';

const LIMITS = {
  sockets: 3,
  handshakes: { perSecond: 2, burst: 5 },
  logins: { perSecond: 1, burst: 2 },
};

function setUp(limits = LIMITS) {
  const clock = new ManualClock();
  const refused: Refused[] = [];
  const households = new Households({ clock, limits, onRefused: (what) => refused.push(what) });
  const leaves: (() => void)[] = [];
  /** 'in', or the wait in ms. */
  const enter = (household: string): 'in' | number => {
    const entrance = households.enter(household);
    if ('retryAfterMs' in entrance) return entrance.retryAfterMs;
    leaves.push(entrance.leave);
    return 'in';
  };
  return { clock, refused, households, leaves, enter };
}

test('S11 an address has so many sockets, its neighbour as many, and one that ends makes room for one', () => {
  const { clock, refused, leaves, enter } = setUp();
  assert.deepEqual(['a', 'a', 'a', 'b'].map(enter), ['in', 'in', 'in', 'in']);
  assert.equal(enter('a'), 30_000);
  assert.deepEqual(refused, ['sockets']);
  leaves[0]?.();
  assert.equal(enter('a'), 'in');
  clock.advance(60_000);
  assert.equal(enter('a'), 30_000, 'time alone frees no place');
});

test('S11 an address that dials too fast waits as long as it is told, whatever became of its sockets', () => {
  const { clock, refused, leaves, enter } = setUp();
  for (let count = 0; count < LIMITS.handshakes.burst; count++) {
    assert.equal(enter('a'), 'in');
    leaves.pop()?.();
  }
  const wait = enter('a');
  assert.equal(wait, 500);
  assert.deepEqual(refused, ['handshakes']);
  clock.advance(499);
  assert.notEqual(enter('a'), 'in');
  clock.advance(1);
  assert.equal(enter('a'), 'in');
});

test('S11 logins of an address are counted by themselves', () => {
  const { clock, refused, households, enter } = setUp();
  for (let count = 0; count < LIMITS.logins.burst; count++) households.chargeLogin('a');
  assert.throws(() => households.chargeLogin('a'), { code: 'RATE_LIMITED', retryAfterMs: 1_000 });
  assert.deepEqual(refused, ['logins']);
  households.chargeLogin('b');
  assert.equal(enter('a'), 'in');
  clock.advance(1_000);
  households.chargeLogin('a');
});

test('S11 a hundred thousand addresses that come and go are forgotten', () => {
  const { clock, leaves, households, enter } = setUp();
  assert.equal(enter('stays'), 'in');
  let most = 0;
  for (let count = 0; count < 100_000; count++) {
    assert.equal(enter(`passer-by ${count}`), 'in');
    leaves.pop()?.();
    if (count % 100 === 0) clock.advance(10);
    most = Math.max(most, households.size);
  }
  // 10,000 a second, forgotten half a second later: what is kept is what came since, twice at most.
  assert.ok(most <= 20_100, `${most} remembered`);
  assert.equal(enter('stays'), 'in', 'its socket was not forgotten …');
  assert.equal(enter('stays'), 'in');
  assert.equal(enter('stays'), 30_000, '… when its handshake was');
});
