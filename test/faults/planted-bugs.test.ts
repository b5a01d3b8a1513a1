/** The stage on which the server is tried sees what a server does wrong: four bugs, planted into the real one. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { plant, type Bug } from './plants/plant.ts';
import { Stage } from './stage.ts';

/** A talker and a reader; ten messages, each answered before the next. */
async function talk(t: TestContext, bug: Bug) {
  const stage = await Stage.set(t, plant(bug));
  const talker = await stage.robot('talker');
  await stage.robot('reader');
  for (let count = 1; count <= 10; count++) {
    talker.say(`number ${count}`);
    await talker.until(() => talker.waiting === 0, 10_000);
  }
  return stage;
}

function assertFound(violations: readonly string[], ...checkers: string[]): void {
  const found = new Set(violations.map((violation) => violation.slice(0, 2)));
  assert.deepEqual(
    checkers.filter((checker) => !found.has(checker)),
    [],
    `found: ${violations.join('\n')}`,
  );
}

test('entries that are published twice are noticed', async (t) => {
  const stage = await talk(t, 'doubled');
  assertFound(await stage.judge(), 'C3');
});

test('entries that are published to nobody are noticed', async (t) => {
  const stage = await talk(t, 'dropped');
  assertFound(await stage.judge(), 'C3');
});

test('messages that are acknowledged before they are stored are noticed when the server is killed', async (t) => {
  const stage = await talk(t, 'hasty');
  await stage.server.kill9();
  await stage.restart();
  assertFound(await stage.judge(), 'C1', 'C8');
});
