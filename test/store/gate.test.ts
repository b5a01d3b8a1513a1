/** The way to the database where a call is never answered: nothing waits for it for ever, and nothing is counted for ever. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gate } from '../../server/store/mongo/gate.ts';
import { HOPELESS_MS, Turns } from '../../server/store/mongo/turns.ts';
import { ManualClock } from '../support/manual-clock.ts';

const never = (): Promise<never> => new Promise(() => undefined);
const codeOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'done',
    (reason: unknown) => (reason as { code?: unknown }).code,
  );

function setUp() {
  const clock = new ManualClock();
  const troubles: unknown[] = [];
  const gate = new Gate({
    clock,
    look: () => Promise.resolve(),
    onTrouble: (reason) => troubles.push(reason),
  });
  return { clock, gate, troubles };
}

test('a call that is never answered is UNAVAILABLE in time, and counted no more after a while', async () => {
  const { clock, gate, troubles } = setUp();
  const asked = codeOf(gate.run(never));
  await clock.run(1_999);
  assert.equal(await asked, 'UNAVAILABLE');
  assert.deepEqual([gate.waiting, troubles.length], [1, 1]);
  await clock.run(HOPELESS_MS);
  assert.deepEqual([gate.waiting, clock.pending], [0, 0]);
  assert.equal(await codeOf(gate.run(() => Promise.resolve())), 'done', 'the gate is open again');
});

test('what is done in the background and never ends is counted no more after a while', async () => {
  const { clock, gate } = setUp();
  void gate.inBackground(never);
  assert.equal(gate.waiting, 1);
  await clock.run(HOPELESS_MS);
  assert.deepEqual([gate.waiting, clock.pending], [0, 0]);
});

test('a job that never ends holds up those after it for a while, counted from its own turn', async () => {
  const clock = new ManualClock();
  const turns = new Turns(clock);
  const begun: string[] = [];
  void turns.take('r', never);
  void turns.take('r', () => {
    begun.push('second');
    return never();
  });
  const third = turns.take('r', () => {
    begun.push('third');
    return Promise.resolve(3);
  });
  await clock.run(HOPELESS_MS - 1);
  assert.deepEqual(begun, []);
  await clock.run(1);
  assert.deepEqual(begun, ['second']);
  await clock.run(HOPELESS_MS);
  assert.equal(await third, 3);
  await clock.run(0);
  assert.equal(clock.pending, 0);
});
