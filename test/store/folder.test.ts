/** Folders that are to be made, on a real disk. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { makeFolder } from '../../server/store/folder.ts';

async function place(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'chahua-folder-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('a folder is made with all that is missing above it, and stays where it is there', async (t) => {
  const deep = join(await place(t), 'a', 'b', 'c');
  makeFolder(deep);
  await writeFile(join(deep, 'kept'), '');
  makeFolder(deep);
  assert.ok((await stat(join(deep, 'kept'))).isFile());
  if (process.platform !== 'win32') assert.equal((await stat(deep)).mode & 0o777, 0o700);
});

test('a file in the way is told, at the place and above it', async (t) => {
  const file = join(await place(t), 'file');
  await writeFile(file, '');
  assert.throws(() => makeFolder(file), { code: 'EEXIST' });
  assert.throws(() => makeFolder(join(file, 'a', 'b')));
});

test(
  'where a folder takes no other it gives up',
  { skip: process.platform !== 'linux' && '/proc is there on Linux alone' },
  () => {
    for (const path of ['/proc/chahua', '/proc/chahua/a/b']) {
      assert.throws(() => makeFolder(path), { code: 'ENOENT' });
    }
  },
);
