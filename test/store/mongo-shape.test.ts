/** Opening a database: its shape, who else's it may be, and that questions to it are ranges of an index. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MongoClient } from 'mongodb';
import { systemClock } from '../../server/clock.ts';
import { collectionsOf, entryId, idRange } from '../../server/store/mongo/documents.ts';
import { VERSION } from '../../server/store/mongo/shape.ts';
import { againstMongo } from '../support/mongo-server.ts';
import { MongoDatabase } from './mongo-database.ts';
import { Scene } from './scene.ts';

await againstMongo(({ url, isMongo, name }) => {
  function stage(t: TestContext) {
    const database = new MongoDatabase(url, systemClock);
    const client = new MongoClient(database.url);
    t.after(async () => {
      await client.close();
      await database.dispose();
    });
    return { database, db: client.db() };
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

  const why = isMongo ? false : `${name} tells no plan; set MONGODB_URL to a MongoDB`;
  test('what is asked most is a range of an index', { skip: why }, async (t) => {
    const { database, db } = stage(t);
    await database.open();
    const scene = new Scene();
    await scene.start(() => Promise.resolve(database));
    const people = await scene.users(3);
    const rooms = await Promise.all([1, 2, 3].map(() => scene.room(people)));
    const [room = '', ann = ''] = [rooms[0] ?? '', people[0] ?? ''];
    for (const each of rooms) await scene.append(each, ...Array.from({ length: 40 }, () => scene.text(ann)));
    const { entries, members, search } = collectionsOf(db);
    const asked = {
      'a page of history': entries.find({ _id: idRange(room, 11, 20) }).sort({ _id: 1 }),
      'the next entry': entries.find({ _id: entryId(room, 42) }),
      'a cid': entries.find({ room, key: `${ann}/no-such-cid` }),
      'a member': members.find({ _id: `${room}/${ann}` }),
      'the rooms of one': members.find({ user: ann, in: true }),
      'a page of members': members
        .find({ room, in: true, user: { $gt: '' } })
        .sort({ user: 1 })
        .limit(2),
      'a word in a room': search
        .find({ room, grams: { $all: ['te'] } })
        .sort({ stamp: -1 })
        .limit(5),
    };
    for (const [what, cursor] of Object.entries(asked)) {
      const told = (await cursor.explain('executionStats')) as {
        executionStats: { nReturned: number; totalDocsExamined: number };
        queryPlanner: { winningPlan: object };
      };
      const plan = JSON.stringify(told.queryPlanner.winningPlan);
      assert.ok(!plan.includes('COLLSCAN') && !plan.includes('"SORT"'), `${what}: ${plan}`);
      const { nReturned, totalDocsExamined } = told.executionStats;
      assert.ok(totalDocsExamined <= nReturned, `${what}: ${totalDocsExamined} looked at for ${nReturned}`);
    }
  });
});
