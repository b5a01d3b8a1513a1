import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Alarm } from '../../miniprogram/net/alarm.ts';
import { ManualClock } from '../support/manual-clock.ts';

function setUp() {
  const clock = new ManualClock();
  const rings: { at: number; lateMs: number }[] = [];
  const state = { due: Infinity };
  const ring = (lateMs: number): void => {
    rings.push({ at: clock.monotonic(), lateMs });
    state.due = Infinity;
  };
  const alarm = new Alarm(clock, () => state.due, ring);
  const dueAt = (due: number): void => {
    state.due = due;
    alarm.arm();
  };
  return { clock, rings, dueAt };
}

test('rings when the deadline comes, however often it was armed, with one timer', () => {
  const { clock, rings, dueAt } = setUp();
  for (const due of [9_000, 5_000, 5_000, 7_000]) dueAt(due);
  assert.equal(clock.pending, 1);
  clock.advance(20_000);
  assert.deepEqual(rings, [{ at: 7_000, lateMs: 0 }]);
  assert.equal(clock.pending, 0);
});

test('what is overdue when it becomes known rings at once, and is not late', () => {
  const { clock, rings, dueAt } = setUp();
  clock.advance(60_000);
  dueAt(5_000);
  clock.advance(0);
  assert.deepEqual(rings, [{ at: 60_000, lateMs: 0 }]);
});

test('no deadline, no ring', () => {
  const { clock, rings, dueAt } = setUp();
  dueAt(5_000);
  dueAt(Infinity);
  clock.advance(20_000);
  assert.deepEqual(rings, []);
  assert.equal(clock.pending, 0);
});

test('a frozen app hears one ring, and how late it is', () => {
  const clock = new ManualClock();
  const pile: (() => void)[] = [];
  const freezing = {
    now: () => 0,
    monotonic: () => clock.monotonic(),
    after: (ms: number, run: () => void) => clock.after(ms, () => pile.push(run)),
  };
  const late: number[] = [];
  let due = 5_000;
  const alarm = new Alarm(
    freezing,
    () => due,
    (lateMs) => {
      late.push(lateMs);
      due = clock.monotonic() + 5_000;
    },
  );
  alarm.arm();
  clock.advance(600_000);
  pile.splice(0).forEach((run) => run());
  assert.deepEqual(late, [595_000]);
});
