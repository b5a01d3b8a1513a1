/** M2: no acknowledgement leaves before its fsync. `kill -9` proves nothing of that; the order of system calls does. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { RawClient } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { plant } from './plants/plant.ts';
import { durableOrder, STRACE, type Acknowledged } from './system-calls.ts';

const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
const skip = canTrace
  ? false
  : 'strace is not here, or may not trace: the order of system calls was not looked at';

/** A server under strace; some sends one after the other, then some at once, which share their fsync. */
async function traced(t: TestContext, env: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'chahua-trace-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'trace');
  const server = await ServerProcess.start({ prefix: [...STRACE, '-o', file], env });
  t.after(() => server.stop());
  const { client } = await RawClient.arrive(server.url, 'alice');
  const { room } = await client.ask('room.create', { kind: 'group', name: 'durable' });
  const acknowledged: Acknowledged[] = [];
  const send = async (cid: string) => {
    const { seq, ts } = await client.sendText(room.id, cid, 'hello');
    acknowledged.push({ cid, seq, ts });
  };
  const cids = (prefix: string) => Array.from({ length: 8 }, (_, count) => `${prefix}-${count}`);
  for (const cid of cids('alone')) await send(cid);
  await Promise.all(cids('together').map(send));
  await client.until('all entries', () => client.entries(room.id).at(-1)!.seq === room.head + 16);
  await client.close();
  await server.kill9(); // strace ends with it
  return { trace: await readFile(file, 'latin1'), acknowledged };
}

test('every message is on the disk before anybody is told of it', { skip }, async (t) => {
  const { trace, acknowledged } = await traced(t);
  assert.equal(acknowledged.length, 16);
  assert.deepEqual(durableOrder(trace, acknowledged), []);
});

test('a server that does not wait for the disk is noticed', { skip }, async (t) => {
  const { trace, acknowledged } = await traced(t, plant('unsynced'));
  assert.equal(durableOrder(trace, acknowledged).length, acknowledged.length);
});

describe('C7', () => {
  const ack = String.raw`11 sendto(40, "\201\70{\"id\":3,\"ok\":true,\"body\":{\"seq\":2,\"ts\":17}}", 56) = 56`;
  const push = String.raw`11 sendto(41, "{\"op\":\"entries\" … \"cid\":\"c-1\"", 90) = 90`;
  const row = String.raw`12 pwrite64(28, "\r\0textc-1{\"text\"", 4096, 8192) = 4096`;
  const found = (...lines: string[]) =>
    durableOrder(lines.join('\n'), [{ cid: 'c-1', seq: 2, ts: 17 }]).length;

  test('written, synced, pushed, acknowledged: nothing to say', () => {
    assert.equal(found(row, '12 fsync(28) = 0', push, ack), 0);
    assert.equal(found(row, '12 fdatasync(28 <unfinished ...>', '12 <... fdatasync resumed>) = 0', ack), 0);
  });

  test('acknowledged while the fsync is under way is noticed', () => {
    assert.equal(found(row, '12 fsync(28 <unfinished ...>', ack, '12 <... fsync resumed>) = 0'), 1);
  });

  test('published before the fsync is noticed', () => {
    assert.equal(found(row, push, '12 fsync(28) = 0', ack), 1);
  });

  test('an fsync before the write, or of another file, does not count', () => {
    assert.equal(found('12 fsync(28) = 0', row, ack), 1);
    assert.equal(found(row, '12 fsync(29) = 0', ack), 1);
  });

  test('what was never written, and what the trace does not show, is noticed', () => {
    assert.equal(found('12 fsync(28) = 0', ack), 1);
    assert.equal(found(row, '12 fsync(28) = 0', push), 1);
  });
});
