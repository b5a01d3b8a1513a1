/** M28: faults of all kinds at random, two at a time, while everybody talks; then every message at every client. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { torment } from './nemesis.ts';
import { Robot } from './robot.ts';
import { Stage } from './stage.ts';

/** `npm run faults` gives it more, and another seed each time. */
const SECONDS = Number(process.env['FAULT_SECONDS'] ?? 6);
const TALKERS = 8;

test(
  `${SECONDS} s of faults at random: nothing acknowledged is lost, nothing doubled, one order everywhere`,
  { skip: process.platform === 'win32' && 'a process cannot be stopped there' },
  async (t) => {
    const stage = await Stage.set(t);
    const { room, history, random } = stage;
    const proxy = await TcpProxy.listen(stage.server.url);
    t.after(() => proxy.close());
    for (let index = 0; index < TALKERS; index++) {
      const url = index % 2 === 0 ? stage.server.url : proxy.url;
      const name = `talker${index}`;
      stage.robots.push(await Robot.start({ url, name, room, history }));
    }
    let said = 0;
    const talking = setInterval(() => {
      for (const robot of stage.robots) if (robot.waiting < 50) robot.say(`number ${++said}`);
    }, 20);
    t.after(() => clearInterval(talking));
    const done = await torment({ stage, proxy, random }, SECONDS);
    clearInterval(talking);
    t.diagnostic(`${said} messages; ${done.join(', ')}`);
    await stage.verdict();
    assert.ok(done.length > 1 && said > 0);
  },
);
