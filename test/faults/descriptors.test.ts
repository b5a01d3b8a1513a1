/** M27: the process has no file descriptor left for one more socket. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { RawSocket } from '../support/raw-socket.ts';
import { ServerProcess } from '../support/server-process.ts';
import { Bystander } from '../security/attacker.ts';

const MOST = 120;
const canLimit = spawnSync('prlimit', [`--nofile=${MOST}`, 'true']).status === 0;
const skip = canLimit ? false : 'prlimit is not here (Debian package util-linux): nothing was used up';

test(
  'no descriptor is left: who is there is served, and when some go others come in',
  { skip },
  async (t) => {
    const server = await ServerProcess.start({ prefix: ['prlimit', `--nofile=${MOST}`] });
    t.after(() => server.stop());
    const bystander = await Bystander.arrive(server);
    const open = () => RawSocket.open(server.url, { timeoutMs: 500 }).catch(() => null);
    const opened = await Promise.all(Array.from({ length: MOST }, open));
    const inside = opened.filter((socket) => socket !== null);
    assert.ok(inside.length < MOST, 'not all came in');
    await bystander.isServed();

    await Promise.all(inside.map((socket) => socket.cut()));
    let again: RawSocket | null = null;
    for (let attempt = 0; attempt < 20 && again === null; attempt++) again = await open();
    assert.ok(again, 'the next one comes in');
    await again.cut();
    await bystander.isServed();
  },
);
