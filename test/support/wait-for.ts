/** Waits for what comes by itself (a socket, a thread, a store's worker) while the test's clock stands still. */
import assert from 'node:assert/strict';

/** Of the event loop; a store in a worker thread answers within a few hundred. */
const MOST_TURNS = 200_000;

export async function waitFor(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    if (await holds()) return;
    await new Promise(setImmediate);
  }
  assert.fail(`never: ${what}`);
}
