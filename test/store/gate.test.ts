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

/**
 * A database that does one thing after the other, 100 ms each, also what nobody waits for any more; a look at whether
 * it is there costs it nothing. Callers who are refused come back a second later.
 */
async function crowd(callers: number): Promise<{ servedMs: number; tries: number; longestMs: number }> {
  const { clock, gate } = setUp();
  let last: Promise<unknown> = Promise.resolve();
  const slowly = (): Promise<unknown> =>
    (last = last.then(() => new Promise<void>((resolve) => clock.after(100, resolve))));
  let [served, tries, longestMs] = [0, 0, 0];
  const call = async (): Promise<void> => {
    tries += 1;
    const began = clock.monotonic();
    const said = await codeOf(gate.run(slowly));
    longestMs = Math.max(longestMs, clock.monotonic() - began);
    if (said === 'done') served += 1;
    else clock.after(1_000 + (tries % 500), () => void call());
  };
  for (let i = 0; i < callers; i += 1) void call();
  let servedMs = 0;
  for (; served < callers && servedMs < 120_000; servedMs += 100) await clock.run(100);
  return { servedMs, tries, longestMs };
}

test('a crowd that is more than the database can answer in time is served, nearly as fast as it can', async (t) => {
  const { servedMs, tries, longestMs } = await crowd(200);
  t.diagnostic(`${servedMs} ms, ${tries} tries`);
  assert.ok(servedMs <= 30_000, `200 calls of 100 ms took ${servedMs} ms`);
  assert.ok(longestMs <= 1_500, `one waited ${longestMs} ms`);
});

test('while the database is only slow, what it answers in time goes through', async () => {
  const { clock, gate, troubles } = setUp();
  const late = codeOf(gate.run(never));
  await clock.run(1_000);
  assert.equal(await codeOf(gate.run(() => Promise.resolve())), 'done');
  await clock.run(500);
  assert.equal(await late, 'UNAVAILABLE');
  assert.equal(await codeOf(gate.run(() => Promise.resolve())), 'done');
  assert.equal(troubles.length, 0);
});

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
