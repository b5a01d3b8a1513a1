/** The search index of the embedded store is made anew where it is lost, damaged or another log's. */
import assert from 'node:assert/strict';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Database } from '../../server/store/sqlite/database.ts';
import { createSearches } from '../../server/store/sqlite/search.ts';
import { attachLog } from '../../server/store/sqlite/search-index.ts';
import { Scene } from './scene.ts';
import { SqliteFolder } from './sqlite-folder.ts';

describe('the search index of the embedded store', () => {
  const folders: SqliteFolder[] = [];
  after(() => Promise.all(folders.map((folder) => folder.dispose())));

  /** A store with a room in which ann has said `texts`. */
  async function storeWith(...texts: string[]) {
    const folder = await SqliteFolder.make();
    folders.push(folder);
    await folder.open();
    const scene = new Scene();
    await scene.start(() => Promise.resolve(folder));
    const [ann = ''] = await scene.users(1);
    const room = await scene.room([ann]);
    await scene.append(room, ...texts.map((text) => scene.text(ann, { body: { text } })));
    const find = async (query: string): Promise<number[]> =>
      (await folder.store.search(ann, { query, limit: 5_000 })).hits.map(({ entry }) => entry.seq);
    const index = join(folder.path, 'search.db');
    /** With its index changed while it was closed. */
    async function reopened(change: (index: string) => Promise<void>): Promise<void> {
      await folder.close();
      await change(index);
      await folder.open();
      await scene.start(() => Promise.resolve(folder));
    }
    return { folder, scene, ann, room, find, reopened };
  }

  for (const [what, change] of [
    ['lost', (index: string) => rm(index)],
    ['damaged', (index: string) => writeFile(index, 'x'.repeat(8_192))],
    ['empty', (index: string) => writeFile(index, '')],
  ] as const) {
    test(`is made anew where it is ${what}, without what was recalled`, async () => {
      const { find, reopened, scene, room, ann } = await storeWith('green tea', 'black tea');
      await scene.say(room, scene.recall(ann, 3));
      await reopened(change);
      assert.deepEqual(await find('tea'), [2]);
    });
  }

  test('of another log is not taken for this one’s', async () => {
    const other = await storeWith('secret tea', 'more tea');
    const own = await storeWith('my tea');
    await other.folder.close();
    await own.reopened((index) => copyFile(join(other.folder.path, 'search.db'), index));
    assert.deepEqual([await own.find('tea'), await own.find('secret')], [[2], []]);
  });

  test('that is ahead of its log, as after a restored backup, is made anew', async () => {
    const { folder, find, reopened, scene, room, ann } = await storeWith('old tea');
    await folder.close();
    await copyFile(folder.file, `${folder.file}.backup`);
    await folder.open();
    await scene.start(() => Promise.resolve(folder));
    await scene.append(room, scene.text(ann, { body: { text: 'lost tea' } }));
    assert.deepEqual(await find('tea'), [3, 2]);
    await reopened(() => copyFile(`${folder.file}.backup`, folder.file));
    assert.deepEqual(await find('tea'), [2]);
    await scene.append(room, scene.text(ann, { body: { text: 'new milk' } }));
    assert.deepEqual([await find('tea'), await find('milk')], [[2], [3]]);
  });

  test('takes in what was just stored before it answers, and nothing where it is far behind', async () => {
    const { folder, ann } = await storeWith(...Array.from({ length: 3_000 }, (_, i) => `tea ${i}`));
    await folder.close();
    const file = join(folder.path, 'anew.db');
    const db = new Database({ file, role: 'searcher' });
    assert.ok(attachLog(db, folder.file));
    const searches = createSearches(db);
    const seen = (): number => searches.search(ann, { query: 'tea', limit: 5_000 }).hits.length;
    assert.equal(seen(), 0);
    searches.index(2_500);
    assert.equal(seen(), 3_000);
    db.close();
  });

  test('of a long log grows behind the back of the writers, and is whole in the end', async () => {
    const texts = Array.from({ length: 3_000 }, (_, i) => `tea ${i}`);
    const { find, reopened } = await storeWith(...texts);
    await reopened((index) => rm(index));
    let found = await find('tea');
    while (found.length < texts.length) found = await find('tea');
    assert.equal(found.length, texts.length);
  });
});
