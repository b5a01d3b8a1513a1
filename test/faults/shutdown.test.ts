/** M3: the server is asked to end while everybody is talking. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sleep } from './robot.ts';
import { Stage } from './stage.ts';

const skip = process.platform === 'win32' && 'there is no SIGTERM there';

test(
  'SIGTERM under load: everyone is told when to come back, it ends with 0, nothing acknowledged is lost',
  { skip },
  async (t) => {
    const stage = await Stage.set(t);
    const robots = await stage.crowd('talker', 20);
    let count = 0;
    // 20 robots, 20 ms, one message each: 1,000 a second.
    const timer = setInterval(
      () => robots.forEach((robot) => robot.waiting < 50 && robot.say(`number ${++count}`)),
      20,
    );
    t.after(() => clearInterval(timer));
    for (let round = 1; round <= 2; round++) {
      stage.server.prepare();
      await sleep(500);
      const began = performance.now();
      assert.equal(await stage.server.sigterm(), 0);
      assert.ok(performance.now() - began <= 10_000, 'within 10 s');
      await robots[0]!.until(() => robots.every((robot) => robot.goodbyes.length >= round), 15_000);
      const goodbyes = robots.map((robot) => robot.goodbyes[round - 1]!);
      for (const { retryAfterMs = -1 } of goodbyes) assert.ok(retryAfterMs >= 0, 'a bye came before the end');
      const spread = new Set(goodbyes.map(({ retryAfterMs }) => retryAfterMs));
      assert.ok(spread.size > 1, 'they are not all to come at once');
      // 1006 is for whom this process was too busy to read before the server was gone.
      const codes = goodbyes.map(({ code }) => code);
      assert.deepEqual(new Set([...codes, 1006]), new Set([1012, 1006]), codes.join(' '));
      await stage.restart();
    }
    clearInterval(timer);
    await stage.verdict();
    assert.ok(stage.history.events.filter(({ type }) => type === 'ack').length > 100, 'there was load');
  },
);
