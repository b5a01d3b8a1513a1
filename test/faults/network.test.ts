/** M13, M14: a network that is slow and delivers bytes one by one, but delivers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { Robot, sleep } from './robot.ts';
import { Stage } from './stage.ts';

const DELAY_MS = 200;

for (const [what, worsen] of [
  ['200 ms late', (proxy: TcpProxy) => proxy.delay(DELAY_MS)],
  ['in single bytes', (proxy: TcpProxy) => proxy.split(1)],
] as const) {
  test(`everything comes ${what}: nothing is lost, and nobody is cut off for it`, async (t) => {
    const stage = await Stage.set(t);
    const proxy = await TcpProxy.listen(stage.server.url);
    t.after(() => proxy.close());
    const { room, history } = stage;
    for (const name of ['near', 'far', 'farther']) {
      const url = name === 'near' ? stage.server.url : proxy.url;
      stage.robots.push(await Robot.start({ url, name, room, history }));
    }
    // Not before they are there: HTTP keeps a connection that its login no longer needs, and tries it again.
    worsen(proxy);
    for (let count = 1; count <= 30; count++) {
      for (const robot of stage.robots) robot.say(`number ${count}`);
      await sleep(10);
    }
    await stage.verdict();
    for (const { goodbyes } of stage.robots) assert.deepEqual(goodbyes, []);
  });
}
