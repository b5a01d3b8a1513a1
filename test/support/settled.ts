/** Lets everything that is under way go on until something holds: no time passes, no clock is asked. */
import assert from 'node:assert/strict';

/** Turns of the event loop; a store in a worker thread answers within a few hundred. */
const MOST_TURNS = 200_000;

export async function settled(holds: () => boolean): Promise<void> {
  for (let turn = 0; !holds(); turn += 1) {
    assert.ok(turn < MOST_TURNS, 'it does not come to pass');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
