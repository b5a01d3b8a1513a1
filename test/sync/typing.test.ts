import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_TYPING, Typing } from '../../miniprogram/sync/typing.ts';
import { ManualClock } from '../support/manual-clock.ts';

function setUp() {
  const clock = new ManualClock();
  const told: string[] = [];
  const typing = new Typing(clock, (room, users) => told.push(`${room}: ${users.join(' ')}`));
  return { clock, told, typing };
}

test('who goes on typing is told once, and is over 5 s after the last sign', () => {
  const { clock, told, typing } = setUp();
  for (let count = 0; count < 4; count += 1) {
    typing.heard('r', 'u1');
    clock.advance(3_000);
  }
  assert.deepEqual(told, ['r: u1']);
  clock.advance(2_000);
  assert.deepEqual(told, ['r: u1', 'r: ']);
  assert.equal(clock.pending, 0);
});

test('more than the bound are not shown, and cost no timers', () => {
  const { clock, told, typing } = setUp();
  for (let user = 0; user < MAX_TYPING + 5; user += 1) typing.heard('r', `u${user}`);
  assert.equal(told.length, MAX_TYPING);
  assert.equal(clock.pending, MAX_TYPING);
});

test('cleared with the connection: no timers, and one may tell at once again', () => {
  const { clock, typing } = setUp();
  typing.heard('r', 'u1');
  assert.deepEqual([typing.mayTell('r'), typing.mayTell('r'), typing.mayTell('s')], [true, false, true]);
  typing.clear();
  assert.equal(clock.pending, 0);
  assert.equal(typing.mayTell('r'), true);
});
