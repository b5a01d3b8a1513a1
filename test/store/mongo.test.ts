/**
 * The MongoDB store under the contract; what it promises besides is in the mongo-….test.ts files. Whatever it asks of
 * the database on the way is written down, and looked at in the end: no question is without its index.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { MongoClient } from 'mongodb';
import { systemClock } from '../../server/clock.ts';
import type { Store } from '../../server/domain/ports.ts';
import { type Asked, askedIn, type Index, shapeOf, useOf } from '../support/index-use.ts';
import { MongoProxy } from '../support/mongo-proxy.ts';
import { againstMongo } from '../support/mongo-server.ts';
import { blobsContract } from './blobs-contract.ts';
import { storeContract } from './contract.ts';
import { MongoDatabase } from './mongo-database.ts';

/** Served by no range of an index, or by one that finds more than is wanted; each with its reason. */
const ACCEPTED: Record<string, string> = {
  'words {} sort _id 1': 'the word list is read whole',
  'api_keys {}': 'an operator sees all of a few',
  'rooms {}': 'a moderator searches every room',
  'entries {"_id":"range","from":"value","kind":"values"}':
    'own messages around a marker, counted on its shorter side',
  'sanctions {"until":"range"} sort since -1, _id 1 limit': 'newest first; those that are over are passed by',
  'sanctions {"until":"range","since":"range"} sort since -1, _id 1 limit': 'the next page of them',
  'audits {"actor":"value","ts":"range"} sort _id -1 limit': 'newest first; the younger are passed by',
  'audits {"actor":"value","act":"pattern"} sort _id -1 limit': 'of one actor; other acts are passed by',
  'users {"name":"pattern"} sort _id 1 limit': 'a moderator knows a part of a name',
  'users {"name":"pattern","_id":"range"} sort _id 1 limit': 'the next page of them',
  'rooms {"name":"pattern"} sort _id 1 limit': 'a moderator knows a part of a name',
  'notices {"user":"value","at":"range","_id":"pattern"}': 'of one person, all but one',
  'file_checks {"trace":"value","state":"value"} limit': 'a trace is of one file',
};

await againstMongo(({ url, isMongo }) => {
  const asked = new Map<string, Asked>();
  const called = new Set<string>();
  let proxy: Promise<MongoProxy> | undefined;
  after(async () => (await proxy)?.stop());

  /** The address of a line to the server that is listened to. */
  async function heard(): Promise<string> {
    proxy ??= MongoProxy.start(url);
    const line = await proxy;
    line.rule = (command) => {
      line.commands.length = 0;
      for (const one of askedIn(command)) asked.set(shapeOf(one), one);
      return undefined;
    };
    return line.url;
  }

  storeContract('MongoDB', async (clock) => {
    const database = new MongoDatabase(await heard(), clock);
    const store = noting(await database.open(), called);
    return {
      store,
      reopen: async () => noting(await database.reopen(), called),
      dispose: () => database.dispose(),
    };
  });

  blobsContract('GridFS', async () => {
    const database = new MongoDatabase(await heard(), systemClock);
    const { blobs } = await database.open();
    return { blobs, dispose: () => database.dispose() };
  });

  test('whatever the contract makes the store ask is a range of an index that the server has', async (t) => {
    const database = new MongoDatabase(url, systemClock);
    const store = await database.open();
    const client = new MongoClient(database.url);
    t.after(async () => {
      await client.close();
      await database.dispose();
    });
    await store.blobs.write('file', bytes());
    const methods = Object.entries(store).flatMap(([name, value]) =>
      typeof value === 'function' ? [name] : [],
    );
    const silent = methods.filter((name) => !called.has(name));
    assert.deepEqual(silent, ['bumpEpoch'], 'every other method was called');
    assert.ok(asked.size > 60, `${asked.size} questions were heard`);

    const faults: string[] = [];
    for (const [shape, one] of asked) {
      const indexes = await indexesOf(client, one.collection);
      if (shape in ACCEPTED) continue;
      const use = useOf(one, indexes);
      if (!use.served) faults.push(`${shape}: ${use.why}`);
      else if (use.rest.length > 0) faults.push(`${shape}: ${use.rest.join(', ')} not in the index`);
      if (isMongo) faults.push(...(await faultsOfPlan(client, shape, one)));
    }
    assert.deepEqual(faults, []);
    assert.deepEqual(
      Object.keys(ACCEPTED).filter((shape) => !asked.has(shape)),
      [],
      'what is accepted is asked',
    );
    t.diagnostic(`${asked.size} questions${isMongo ? ', each also explained by the server' : ''}`);
  });
});

async function* bytes(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(new Uint8Array(8));
}

/** The store, each call of a method written down. */
function noting<S extends Store>(store: S, called: Set<string>): S {
  return new Proxy(store, {
    get(target, name) {
      called.add(String(name));
      return Reflect.get(target, name) as unknown;
    },
  });
}

async function indexesOf(client: MongoClient, collection: string): Promise<Index[]> {
  const known = await client
    .db()
    .collection(collection)
    .indexes()
    .catch(() => []);
  const indexes = known.map(({ key, unique, name }) => ({
    key: Object.entries(key).map(([field, way]): [string, number] => [field, Number(way)]),
    unique: unique === true || name === '_id_',
  }));
  // One that nothing was ever written to has no index yet, and will have this one.
  return indexes.length > 0 ? indexes : [{ key: [['_id', 1]], unique: true }];
}

/** What the server itself says of it. */
async function faultsOfPlan(client: MongoClient, shape: string, one: Asked): Promise<string[]> {
  const { collection, filter, sort, isLimited } = one;
  const find = { find: collection, filter, sort: Object.fromEntries(sort), ...(isLimited && { limit: 100 }) };
  const told = await client.db().command({ explain: find, verbosity: 'queryPlanner' });
  const plan = JSON.stringify((told['queryPlanner'] as { winningPlan: object }).winningPlan);
  return plan.includes('COLLSCAN') || plan.includes('"SORT"') ? [`${shape}: ${plan}`] : [];
}
