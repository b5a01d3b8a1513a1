/**
 * The server of server.ts on a clock that stands still until the test moves it: deadlines, rates and expiries are met
 * to the millisecond and nothing is waited for. Sockets, store and threads are the real ones. Promises that a server
 * that has logged an error fails the test.
 */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Environment } from '../../server/config.ts';
import { ManualClock } from './manual-clock.ts';
import { startServer } from './server.ts';

export interface StillServer {
  readonly url: string;
  readonly clock: ManualClock;
}

const TICK_MS = 10;

export async function startStill(
  t: TestContext,
  env: Environment = {},
  clock = new ManualClock(),
): Promise<StillServer> {
  let going: NodeJS.Timeout | undefined;
  // What runs after a test runs in this order: to stop, the server needs time, and no more of it than its store has.
  t.after(() => (going = setInterval(() => clock.advance(TICK_MS), TICK_MS)));
  const { url, logs } = await startServer(t, { env, clock });
  t.after(() => {
    clearInterval(going);
    const faults = logs.filter((line) => /"level":"(error|fatal)"/.test(line));
    // At the very end: where something fails here, what comes after it is left out, and a socket stays open for ever.
    t.after(() => assert.deepEqual(faults, []));
  });
  return { url, clock };
}
