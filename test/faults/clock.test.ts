/** M15: the clock of the machine is an hour ahead, and after a restart an hour behind. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { RawClient } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';

const canFake = spawnSync('faketime', ['-f', '+1h', 'true']).status === 0;
const skip = canFake ? false : 'faketime is not here (Debian package faketime): clocks were not moved';

const HOUR_MS = 3_600_000;

test(
  'the clock jumps back by two hours: order and seq go on, and stamps alone are older',
  { skip },
  async (t) => {
    const offset = (hours: string) => ['faketime', '-f', hours];
    const ahead = await ServerProcess.start({ prefix: offset('+1h') });
    t.after(() => ahead.stop());
    const before = await RawClient.arrive(ahead.url, 'alice');
    const { room } = await before.client.ask('room.create', { kind: 'group', name: 'clocks' });
    const first = await before.client.sendText(room.id, 'c-1', 'from the future');
    await ahead.sigterm();

    const behind = await ServerProcess.start({ prefix: offset('-1h'), env: { DATA_DIR: ahead.dataDir } });
    t.after(() => behind.stop());
    const { client } = await RawClient.arrive(behind.url, 'alice');
    const second = await client.sendText(room.id, 'c-2', 'from the past');
    const again = await client.sendText(room.id, 'c-1', 'from the future');
    assert.equal(second.seq, first.seq + 1);
    assert.deepEqual(again, { seq: first.seq, ts: first.ts, repeated: true });
    assert.ok(first.ts - second.ts > HOUR_MS, 'the stamps say what the clocks said');
    const texts = (await client.history(room.id)).filter(({ kind }) => kind === 'text').map(({ seq }) => seq);
    assert.deepEqual(texts, [first.seq, second.seq]);
  },
);
