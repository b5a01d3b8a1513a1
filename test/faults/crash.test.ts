/** M1: the server is killed in the middle of sends, again and again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sleep, type Robot } from './robot.ts';
import { Stage } from './stage.ts';

const ROUNDS = Number(process.env['FAULT_ROUNDS'] ?? 20);
const SENDERS = 5;

test(`after ${ROUNDS} × kill -9 nothing acknowledged is lost, nothing is doubled, one order everywhere`, async (t) => {
  const stage = await Stage.set(t);
  const robots = await stage.crowd('sender', SENDERS);
  const stopTalking = keepTalking(robots);
  try {
    for (let round = 1; round <= ROUNDS; round++) {
      const before = robots.map(({ settled }) => settled);
      stage.server.prepare(Math.min(2, ROUNDS - round + 1)); // loaded while this one serves
      // It serves everybody.
      await robots[0]!.until(() => robots.every(({ settled }, index) => settled > before[index]!), 20_000);
      await sleep(stage.random.below(120));
      await stage.server.kill9();
      await stage.restart();
    }
  } finally {
    stopTalking();
  }
  await stage.verdict();
  for (const { goodbyes } of robots) assert.ok(goodbyes.length >= ROUNDS, 'every kill was felt by everyone');
  const settled = robots.reduce((sum, robot) => sum + robot.settled, 0);
  t.diagnostic(`${settled} messages, ${stage.history.events.length} events`);
});

/** Each says a little every few milliseconds, connected or not. Returns its undo. */
function keepTalking(robots: readonly Robot[]): () => void {
  let count = 0;
  const timer = setInterval(() => {
    // What has not left yet is enough to say for now.
    for (const robot of robots) if (robot.waiting < 50) robot.say(`number ${++count}`);
  }, 10);
  return () => clearInterval(timer);
}
