/** M16: the disk is full, in truth: a file system of a few megabytes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RawClient, Refused } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';

const SIZE = '3m';
const folder = mkdtempSync(join(tmpdir(), 'chahua-full-'));
const canMount = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder]).status === 0;
const skip = canMount ? false : 'a file system of its own may not be mounted here: no disk was filled';
if (!canMount) rmSync(folder, { recursive: true });

const TEXT = '茶'.repeat(2_000);
/** More than fits. */
const MOST = 2_000;

test(
  'the disk is full: sends are refused as UNAVAILABLE, what was acknowledged is there, and reading goes on',
  {
    skip,
  },
  async (t) => {
    t.after(() => {
      spawnSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    });
    const server = await ServerProcess.start({ env: { DATA_DIR: folder, LIMITS: 'sends=10000/10000' } });
    t.after(() => server.stop());
    const { client } = await RawClient.arrive(server.url, 'alice');
    const { room } = await client.ask('room.create', { kind: 'group', name: 'full' });
    const acknowledged: number[] = [];
    let refusal: unknown;
    for (let count = 0; count < MOST && refusal === undefined; count++) {
      try {
        acknowledged.push((await client.sendText(room.id, `c-${count}`, TEXT)).seq);
      } catch (error) {
        refusal = error;
      }
    }
    assert.ok(refusal instanceof Refused, 'the disk was filled');
    assert.equal(refusal.error.code, 'UNAVAILABLE');
    assert.ok(acknowledged.length > 0);
    const stored = new Set((await client.history(room.id)).map(({ seq }) => seq));
    assert.deepEqual(
      acknowledged.filter((seq) => !stored.has(seq)),
      [],
    );
  },
);
