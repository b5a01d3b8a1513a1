/** Opening a database: its shape, who else's it may be, who else works on it. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { systemClock } from '../../server/clock.ts';
import { collectionsOf } from '../../server/store/mongo/documents.ts';
import { VERSION } from '../../server/store/mongo/shape.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { againstMongo } from '../support/mongo-server.ts';
import { MongoDatabase } from './mongo-database.ts';

await againstMongo(({ url }) => {
  function stage(t: TestContext) {
    const database = new MongoDatabase(url, systemClock);
    const client = new MongoClient(database.url);
    t.after(async () => {
      await client.close();
      await database.dispose();
    });
    return { database, db: client.db() };
  }
  async function until(is: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await is())) await turn();
  }
  const oneLine = (words: RegExp) => (reason: unknown) => {
    assert.ok(reason instanceof Error);
    assert.match(reason.message, /^MONGODB_URL: database chahua_test_\w+ cannot be used: [^\n]+$/);
    assert.match(reason.message, words);
    return true;
  };

  test('two nodes that come at once to an empty database agree on its epoch and its version', async (t) => {
    const { database, db } = stage(t);
    const direct = new MongoDatabase(url, systemClock, { url: database.url });
    const [one, two] = await Promise.all([database.open(), direct.open()]);
    t.after(() => two.close());
    assert.equal(one.epoch, two.epoch);
    assert.equal((await collectionsOf(db).meta.findOne({ _id: 'store' }))?.version, VERSION);
  });

  test('a database of a newer version is refused in one line and left as it is', async (t) => {
    const { database, db } = stage(t);
    await (await database.open()).close();
    await collectionsOf(db).meta.updateOne({ _id: 'store' }, { $set: { version: 999 } });
    const newer = oneLine(new RegExp(`version 999, this program knows ${VERSION}; start the newer program`));
    await assert.rejects(database.open(), newer);
    assert.equal((await collectionsOf(db).meta.findOne({ _id: 'store' }))?.version, 999);
  });

  test('a database of another program is refused', async (t) => {
    const { database, db } = stage(t);
    await db.collection<{ _id: string }>('meta').insertOne({ _id: 'store' });
    await assert.rejects(database.open(), oneLine(/not ours/));
  });

  test('an address that nobody answers at is refused in one line that holds no password', async () => {
    const nobody = new MongoDatabase('mongodb://root:hunter2@127.0.0.1:9/', systemClock);
    await assert.rejects(nobody.open(), (reason: unknown) => {
      assert.ok(reason instanceof Error && !reason.message.includes('hunter2'));
      return oneLine(/./)(reason);
    });
  });

  test('the epoch is not changed beside a server, and is where the server was killed', async (t) => {
    const clock = new ManualClock();
    const serving = new MongoDatabase(url, clock, { serves: true });
    t.after(() => serving.dispose());
    await serving.open();
    const looking = new MongoDatabase(url, clock, { url: serving.url });
    const store = await looking.open();
    t.after(() => looking.store.close());
    const client = new MongoClient(serving.url);
    t.after(() => client.close());
    const { nodes } = collectionsOf(client.db());
    const beats = async () => (await nodes.findOne({}))?.beats;

    const bumped = assert.rejects(store.bumpEpoch('one'), /^Error: MONGODB_URL: servers at work .*: 1; stop/);
    await until(() => clock.pending === 2);
    clock.advance(2_000);
    await until(async () => (await beats()) === 2);
    clock.advance(3_000);
    await bumped;

    await nodes.insertOne({ _id: 'killed', beats: 7 });
    await serving.store.close();
    const done = store.bumpEpoch('two');
    await until(() => clock.pending === 1);
    clock.advance(5_000);
    await done;
    assert.equal(await nodes.countDocuments(), 0, 'whoever is gone is forgotten');
    assert.equal((await looking.reopen()).epoch, 'two');
  });
});
