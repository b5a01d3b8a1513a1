/** Keys that change while a node runs: which are told, in which order, and when. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createKeyWatch } from '../server/key-watch.ts';
import { ManualClock } from './support/manual-clock.ts';

const LOOK_MS = 1_000;

function setUp(t: TestContext, ...kids: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'chahua-keys-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'keys.json');
  const write = (...named: string[]): void => {
    const keys = named.map((kid) => ({ kid, secret: `${kid}: x8Kd02mQpLrZ7vN4tYwB1sHfJcGa9Ue` }));
    writeFileSync(path, JSON.stringify({ keys }));
  };
  write(...kids);
  const clock = new ManualClock();
  const config = { jwtKeysFile: path, dataDir: folder };
  const watch = createKeyWatch({ config, clock, log: { info: () => undefined, error: () => undefined } });
  const told: string[] = [];
  watch.start((keys) => told.push(keys.map(({ kid }) => kid).join(' ')));
  return { clock, told, write };
}

test('a new key verifies at the next look, and signs when every other node has had time to see it', async (t) => {
  const { clock, told, write } = setUp(t, 'old');
  write('new', 'old');
  await clock.run(LOOK_MS);
  assert.deepEqual(told, ['old new']);
  await clock.run(2 * LOOK_MS);
  assert.equal(told.length, 1);
  await clock.run(LOOK_MS);
  assert.deepEqual(told, ['old new', 'new old']);
});

test('where the old key is gone at once the new one signs at once: there is no other', async (t) => {
  const { clock, told, write } = setUp(t, 'old');
  write('new');
  await clock.run(LOOK_MS);
  assert.deepEqual(told, ['new']);
});

test('an old key that leaves takes effect at the next look', async (t) => {
  const { clock, told, write } = setUp(t, 'new', 'old');
  write('new');
  await clock.run(LOOK_MS);
  assert.deepEqual(told, ['new']);
});
