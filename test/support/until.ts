/** Waits for what comes by itself (a socket, a thread) while the test's clock stands still. */
import assert from 'node:assert/strict';

export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 20_000; turn += 1) {
    if (await holds()) return;
    await new Promise(setImmediate);
  }
  assert.fail(`never: ${what}`);
}
