/** Small steps with pauses, once an hour, and an end when the server stops. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepRetention } from '../../server/domain/retention.ts';
import { ManualClock } from '../support/manual-clock.ts';

const DAY = 86_400_000;
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

function setUp(
  days: number,
  steps: ({ trimmed: number; next?: string } | Error)[],
  lease: (asked: { holder: string; now: number; until: number }) => boolean = () => true,
) {
  const clock = new ManualClock();
  const asked: [before: number, after: string | undefined][] = [];
  const told: number[] = [];
  const counted: number[] = [];
  const released: [name: string, holder: string][] = [];
  const faults: unknown[] = [];
  const stop = keepRetention({
    store: {
      trim: (before, _, after) => {
        asked.push([before, after]);
        const step = steps.shift() ?? { trimmed: 0 };
        return step instanceof Error ? Promise.reject(step) : Promise.resolve(step);
      },
      lease: (one) => Promise.resolve(lease(one)),
      release: (name, holder) => Promise.resolve(void released.push([name, holder])),
    },
    clock,
    node: 'node-1',
    days,
    onStep: (entries) => void counted.push(entries),
    onTrimmed: (entries) => void told.push(entries),
    onFault: (reason) => void faults.push(reason),
  });
  return { clock, asked, told, counted, released, faults, stop };
}

test('goes on from step to step after a pause, and tells how much went', async () => {
  const { clock, asked, told, counted } = setUp(30, [{ trimmed: 200, next: 'a' }, { trimmed: 3 }]);
  const before = clock.now() - 30 * DAY;
  await settle();
  assert.deepEqual(asked, [[before, undefined]]);
  clock.advance(50);
  await settle();
  assert.deepEqual(asked, [
    [before, undefined],
    [before, 'a'],
  ]);
  assert.deepEqual(told, [203]);
  assert.deepEqual(counted, [200, 3]);
});

test('leaves it to another node that does it, and stops where another has taken over', async () => {
  let isOurs = false;
  const leases: { holder: string; now: number; until: number }[] = [];
  const steps = [{ trimmed: 7, next: 'a' }, { trimmed: 3 }];
  const { clock, asked, told } = setUp(30, steps, (lease) => {
    leases.push(lease);
    return isOurs;
  });
  await settle();
  assert.deepEqual([asked.length, told], [0, []]);
  isOurs = true;
  clock.advance(3_600_000);
  await settle();
  isOurs = false;
  clock.advance(50);
  await settle();
  assert.deepEqual([asked.length, told], [1, [7]]);
  // Ours until after the next look, or two nodes would take turns.
  assert.ok(leases.every(({ holder, now, until }) => holder === 'node-1' && until - now > 3_600_000));
});

test('looks again each hour, also after a fault', async () => {
  const fault = new Error('the store is away');
  const { clock, asked, faults } = setUp(1, [fault]);
  await settle();
  clock.advance(3_600_000);
  await settle();
  assert.deepEqual([asked.length, faults], [2, [fault]]);
});

test('stops in the middle, and where everything is kept never begins', async () => {
  const { clock, asked, released, stop } = setUp(1, [{ trimmed: 1, next: 'a' }]);
  await settle();
  stop();
  assert.deepEqual(released, [['retention', 'node-1']], 'the next server need not wait');
  clock.advance(7_200_000);
  await settle();
  assert.equal(asked.length, 1);
  const never = setUp(0, []);
  never.clock.advance(7_200_000);
  await settle();
  assert.deepEqual(never.asked, []);
});
