/** M25: somebody comes back after 10,000 messages, over a network that is cut again and again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { History } from './history.ts';
import { Robot } from './robot.ts';
import { Stage } from './stage.ts';

const MISSED = 10_000;
/** About three pages of these messages. */
const CUT_EVERY_BYTES = 60_000;

test(`${MISSED} messages were missed: all come, in order, kept over every cut, while others go on talking`, async (t) => {
  const stage = await Stage.set(t);
  const { room, history } = stage;
  const proxy = await TcpProxy.listen(stage.server.url);
  t.after(() => proxy.close());
  // What it did before it went is of no concern.
  const late = await Robot.start({ url: proxy.url, name: 'late', room, history: new History() });
  await late.stop();
  const talkers = await stage.crowd('talker', 5);
  for (let count = 0; count < MISSED / talkers.length; count++) {
    for (const robot of talkers) robot.say(`number ${count}`);
  }
  await talkers[0]!.until(() => talkers.every(({ waiting }) => waiting === 0), 60_000);

  const cutting = setInterval(() => proxy.cutAfter('down', CUT_EVERY_BYTES), 50);
  t.after(() => clearInterval(cutting));
  const back = await Robot.start({ url: proxy.url, name: 'late', device: 'late-again', room, history });
  stage.robots.push(back);
  const talking = setInterval(() => talkers[0]!.say('still here'), 20);
  t.after(() => clearInterval(talking));
  await back.until(() => back.seen >= MISSED, 60_000);
  clearInterval(talking);
  clearInterval(cutting);
  proxy.cut();
  await stage.verdict();
  assert.ok(back.goodbyes.length >= 3, `it was cut off ${back.goodbyes.length} times`);
});
