import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDiskBlobs } from '../../server/store/blobs/disk.ts';
import { chunked, MemoryBlobs } from '../support/memory-blobs.ts';
import { blobsContract } from './blobs-contract.ts';

async function open() {
  const dataDir = await mkdtemp(join(tmpdir(), 'chahua-blobs-'));
  const folder = join(dataDir, 'files');
  const blobs = openDiskBlobs(folder);
  return { dataDir, folder, blobs, dispose: () => rm(dataDir, { recursive: true }) };
}

blobsContract('folder of files', open);
blobsContract('memory of the tests', () =>
  Promise.resolve({ blobs: new MemoryBlobs(), dispose: () => Promise.resolve() }),
);

test('files stand under their ids, readable by nobody else', async (t) => {
  const { folder, blobs, dispose } = await open();
  t.after(dispose);
  await blobs.write('one', chunked('abc'));
  assert.deepEqual(await readdir(folder), ['one']);
  assert.equal(await readFile(join(folder, 'one'), 'utf8'), 'abc');
  if (process.platform === 'win32') return;
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  assert.equal((await stat(join(folder, 'one'))).mode & 0o777, 0o600);
});

test('a write that broke off leaves nothing, and what a killed server left is removed with its file', async (t) => {
  const { folder, blobs, dispose } = await open();
  t.after(dispose);
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield* chunked('some');
    assert.deepEqual(await readdir(folder), ['one.part']);
    throw new Error('cut');
  }
  await assert.rejects(blobs.write('one', broken()), /cut/);
  assert.deepEqual(await readdir(folder), []);
  await writeFile(join(folder, 'two.part'), 'half');
  await blobs.remove('two');
  assert.deepEqual(await readdir(folder), []);
});

test('where the folder is gone, a write is UNAVAILABLE', async (t) => {
  const { folder, blobs, dispose } = await open();
  t.after(dispose);
  await rm(folder, { recursive: true });
  await assert.rejects(blobs.write('one', chunked('abc')), { code: 'UNAVAILABLE' });
});
