import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { VERSION } from '../../server/store/migrations.ts';
import { startThread } from '../../server/store/sqlite/thread.ts';
import { SqliteFolder } from './sqlite-folder.ts';

const isWindows = process.platform === 'win32';

/** Where the header of an SQLite file keeps `user_version`, as four bytes, the highest first. */
const USER_VERSION_AT = 60;

describe('opening the embedded store', () => {
  const folders: SqliteFolder[] = [];
  after(() => Promise.all(folders.map((folder) => folder.dispose())));

  async function make(): Promise<SqliteFolder> {
    const folder = await SqliteFolder.make();
    folders.push(folder);
    return folder;
  }

  async function withVersion(version: number): Promise<SqliteFolder> {
    const folder = await make();
    await folder.open();
    await folder.close();
    await setVersion(folder, version);
    return folder;
  }

  async function setVersion(folder: SqliteFolder, version: number): Promise<void> {
    const file = await open(folder.file, 'r+');
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(version);
    await file.write(bytes, 0, 4, USER_VERSION_AT);
    await file.close();
  }

  const oneLine = (words: RegExp) => (reason: unknown) => {
    assert.ok(reason instanceof Error);
    assert.match(reason.message, words);
    assert.match(reason.message, /^DATA_DIR: [^\n]*$/);
    return true;
  };

  test('makes a folder and files that nobody else can read', { skip: isWindows }, async () => {
    const folder = await make();
    const inner = join(folder.path, 'a', 'b');
    await folder.open({ dataDir: inner });
    const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    assert.equal(await mode(inner), '700');
    for (const name of ['chahua.db', 'chahua.db-wal', 'chahua.db-shm', 'chahua.lock']) {
      assert.equal(await mode(join(inner, name)), '600', name);
    }
    await folder.close();
    await chmod(join(inner, 'chahua.db'), 0o644);
    await folder.open({ dataDir: inner });
    assert.equal(
      await mode(join(inner, 'chahua.db')),
      '600',
      'also where a backup was put back with another mode',
    );
  });

  test('a second store on the same folder is refused in one line, the first lives on', async () => {
    const folder = await make();
    const store = await folder.open();
    const second = await SqliteFolder.make();
    folders.push(second);
    for (let i = 0; i < 3; i += 1) {
      await assert.rejects(
        second.open({ dataDir: folder.path }),
        oneLine(/another server holds it; stop that one first/),
      );
    }
    await store.ping();
  });

  test('a second process on the same folder is refused too', async () => {
    const folder = await make();
    const store = await folder.open();
    const program = fileURLToPath(new URL('append-until-killed.ts', import.meta.url));
    const second = promisify(execFile)(process.execPath, [program, folder.path]);
    await assert.rejects(second, /another server holds it; stop that one first/);
    await store.ping();
  });

  test('a database of a newer version is refused in one line and left as it is', async () => {
    const folder = await withVersion(999);
    const before = await readFile(folder.file);
    await assert.rejects(
      folder.open(),
      oneLine(/version 999, this program knows \d+; start the newer program/),
    );
    assert.deepEqual(await readFile(folder.file), before);
  });

  test('a database whose tables are not ours is refused in one line', async () => {
    const folder = await withVersion(0);
    await assert.rejects(folder.open(), oneLine(/its tables are not ours/));
  });

  test('a file that is no database is refused in one line', async () => {
    const folder = await make();
    await writeFile(folder.file, 'tea '.repeat(2_000));
    await assert.rejects(folder.open(), oneLine(/chahua\.db cannot be used: .*not a database/));
  });

  test('a folder that cannot be is refused in one line', async () => {
    const folder = await make();
    const inTheWay = join(folder.path, 'file');
    await writeFile(inTheWay, '');
    await assert.rejects(folder.open({ dataDir: inTheWay }), oneLine(/cannot be used/));
  });

  test('a thread that comes up again on another database than before is refused', async () => {
    const folder = await make();
    await folder.open();
    await folder.close();
    const setting = { role: 'writer', file: folder.file } as const;
    await assert.rejects(
      startThread({ ...setting, epoch: { name: 'known', value: 'another' } }),
      oneLine(/another database has taken its place/),
    );
  });

  test('after a refusal the folder can be opened once the reason is gone', async () => {
    const folder = await withVersion(999);
    await assert.rejects(folder.open());
    await setVersion(folder, VERSION);
    await (await folder.open()).ping();
  });
});
