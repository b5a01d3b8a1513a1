/** What a node says in its log of tasks that fail by themselves: an absent store is one fault, a bug is one each time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFaults } from '../server/faults.ts';
import { Refusal } from '../server/outcome.ts';
import { ManualClock } from './support/manual-clock.ts';

function setUp() {
  const clock = new ManualClock();
  const lines: [string, Record<string, unknown>][] = [];
  let isThere = true;
  const write = (message: string, fields: Record<string, unknown> = {}) => void lines.push([message, fields]);
  const faults = createFaults({
    log: { error: write, warn: write },
    clock,
    ping: () => (isThere ? Promise.resolve() : Promise.reject(new Error('away'))),
  });
  const said = () => lines.map(([message]) => message);
  return { clock, faults, lines, said, set: (there: boolean) => (isThere = there) };
}

const away = () => new Refusal('UNAVAILABLE', 'the store is out of reach');

test('a store that is away is told once, and once when it is back, with what it cost', async () => {
  const { clock, faults, lines, said, set } = setUp();
  set(false);
  for (let round = 0; round < 20; round += 1) {
    faults.tell(away());
    await clock.run(1_500);
  }
  assert.deepEqual(said(), ['the store is out of reach']);
  set(true);
  await clock.run(5_000);
  assert.deepEqual(said(), ['the store is out of reach', 'the store is back']);
  assert.deepEqual(lines[1]?.[1], { ms: 33_000, failedTasks: 20 });
  assert.equal(clock.pending, 0);
});

test('a store that comes and goes is away until it stays', async () => {
  const { clock, faults, said, set } = setUp();
  for (let turn = 0; turn < 10; turn += 1) {
    set(false);
    faults.tell(away());
    await clock.run(2_000);
    set(true);
    await clock.run(2_000);
  }
  assert.deepEqual(said(), ['the store is out of reach']);
  await clock.run(3_000);
  assert.equal(said().length, 2);
  faults.tell(away());
  assert.equal(said().length, 3);
  faults.stop();
  assert.equal(clock.pending, 0);
});

test('after the end a store that is closed is no fault; a bug is one still', () => {
  const { faults, said, clock } = setUp();
  faults.stop();
  faults.tell(away());
  assert.deepEqual(said(), []);
  assert.equal(clock.pending, 0);
  faults.tell(new Error('x is undefined'));
  assert.equal(said().length, 1);
});

test('a bug is told each time', () => {
  const { clock, faults, said } = setUp();
  faults.tell(new Error('x is undefined'));
  faults.tell(new Refusal('NOT_FOUND', 'no such room'));
  assert.deepEqual(said(), ['a task failed', 'a task failed']);
  assert.equal(clock.pending, 0);
});
