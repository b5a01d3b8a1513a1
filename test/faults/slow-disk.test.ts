/** M5: every fsync takes 50 ms. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RawClient } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';

const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
const skip = canTrace ? false : 'strace is not here, or may not trace: no disk was slowed down';

const DELAY_US = 50_000;
const SENDS = 300;

test(
  'a slow disk: sends that wait share an fsync, all are answered, and who does not write does not wait',
  { skip },
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'chahua-slow-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'trace');
    const calls = 'fsync,fdatasync';
    const slow = [
      'strace',
      '-D',
      '-f',
      '-qq',
      '-o',
      file,
      '-e',
      `trace=${calls}`,
      '-e',
      `inject=${calls}:delay_enter=${DELAY_US}`,
    ];
    const server = await ServerProcess.start({
      prefix: slow,
      env: { LIMITS: 'sends=10000/10000,requests=1000' },
    });
    t.after(() => server.stop());
    const { client } = await RawClient.arrive(server.url, 'alice');
    const { room } = await client.ask('room.create', { kind: 'group', name: 'slow' });
    const before = (await readFile(file, 'utf8')).split('\n').length;

    const order: string[] = [];
    const sends = Array.from({ length: SENDS }, (_, index) =>
      client.sendText(room.id, `c-${index}`, 'hello').then(({ seq }) => (order.push('sent'), seq)),
    );
    await client.ask('session.ping', {}).then(() => order.push('pong'));
    const seqs = await Promise.all(sends);
    assert.equal(new Set(seqs).size, SENDS);
    assert.equal(order[0], 'pong', 'the ping overtook all that waits for the disk');
    const fsyncs = (await readFile(file, 'utf8')).split('\n').length - before;
    assert.ok(fsyncs < SENDS / 10, `${fsyncs} fsyncs for ${SENDS} sends`);
  },
);
