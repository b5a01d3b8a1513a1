/** Buckets by the clock: what is let through, how long to wait, and when patience ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '../../miniprogram/protocol/limits.ts';
import type { Cost } from '../../server/commands/call.ts';
import { RateLimiter } from '../../server/commands/rate.ts';
import { Hangup, Refusal } from '../../server/outcome.ts';
import { ManualClock } from '../support/manual-clock.ts';

const SENDS = DEFAULT_LIMITS.sends;

function setUp() {
  const clock = new ManualClock();
  const rates = new RateLimiter(clock, DEFAULT_LIMITS);
  /** 'ok', the wait in ms, or the close code. */
  const charge = (cost: Cost, user = 'u'): 'ok' | number | `closed ${number}` => {
    try {
      rates.charge(user, cost);
      return 'ok';
    } catch (reason) {
      if (reason instanceof Hangup) return `closed ${reason.closeCode}`;
      assert.ok(reason instanceof Refusal && reason.code === 'RATE_LIMITED');
      return reason.retryAfterMs ?? NaN;
    }
  };
  const passed = (cost: Cost, tries: number): number =>
    Array.from({ length: tries }, () => charge(cost)).filter((answer) => answer === 'ok').length;
  return { clock, rates, charge, passed };
}

test('a burst of 20 sends passes, the next waits for a tenth of a second', () => {
  const { passed, charge } = setUp();
  assert.equal(passed('send', SENDS.burst), SENDS.burst);
  assert.equal(charge('send'), 1_000 / SENDS.perSecond);
});

test('who waits as long as told is let through, once', () => {
  const { clock, passed, charge } = setUp();
  passed('send', SENDS.burst);
  for (let i = 0; i < 50; i++) {
    clock.advance(i % 90);
    const wait = charge('send');
    assert.ok(typeof wait === 'number', 'too early');
    clock.advance(wait);
    assert.equal(charge('send'), 'ok');
  }
});

test('sustained, ten a second pass for ever and eleven do not', () => {
  const { clock, passed } = setUp();
  passed('send', SENDS.burst);
  let through = 0;
  for (let second = 0; second < 60; second++) {
    clock.advance(1_000);
    through += passed('send', 11);
  }
  assert.equal(through, 600);
});

test('an idle hour gives no more than one burst, and the wall clock gives nothing', () => {
  const { clock, passed } = setUp();
  passed('send', 25);
  clock.adjust(3_600_000);
  assert.equal(passed('send', 25), 0);
  clock.advance(3_600_000);
  assert.equal(passed('send', 25), SENDS.burst);
});

test('sends and reads are charged apart, and each user for themselves', () => {
  const { passed, charge } = setUp();
  passed('send', SENDS.burst);
  assert.equal(charge('read'), 'ok');
  assert.equal(charge('send', 'another'), 'ok');
  assert.equal(passed('read', 1_500), 999);
});

test('the refusal names the limit', () => {
  const { rates, passed } = setUp();
  passed('send', SENDS.burst);
  assert.throws(() => rates.charge('u', 'send'), { message: 'too many sends: 10 a second, 20 in a burst' });
});

test('who goes on after 200 refusals is closed with 4429 and told for how long to stay away', () => {
  const { rates, passed, charge } = setUp();
  passed('send', SENDS.burst + 200);
  assert.equal(charge('send'), 'closed 4429');
  assert.throws(
    () => rates.charge('u', 'send'),
    (reason) => reason instanceof Hangup && reason.retryAfterMs === 5_000,
  );
});

test('who is refused now and then is never closed', () => {
  const { clock, passed, charge } = setUp();
  passed('send', SENDS.burst);
  for (let second = 0; second < 300; second++) {
    clock.advance(1_000);
    passed('send', 19);
  }
  assert.equal(typeof charge('send'), 'number');
});

test('only the busy are remembered', () => {
  const { clock, rates, charge } = setUp();
  for (let i = 0; i < 10_000; i++) charge('read', `passer-by ${i}`);
  for (let i = 0; i < SENDS.burst; i++) charge('send', 'busy');
  clock.advance(1_000);
  charge('read', 'one more');
  assert.equal(rates.size, 2);
  assert.equal(charge('send', 'busy'), 'ok');
});
