/** Old entries in MongoDB where the contract does not reach: several nodes, and steps that are broken off. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MongoClient } from 'mongodb';
import { collectionsOf, idRange } from '../../server/store/mongo/documents.ts';
import { type Command, MongoProxy } from '../support/mongo-proxy.ts';
import { againstMongo } from '../support/mongo-server.ts';
import { MongoDatabase } from './mongo-database.ts';
import { Scene, seqs } from './scene.ts';

const DAY = 86_400_000;

await againstMongo(({ url }) => {
  /** Two nodes of one clock, the first behind a proxy, in a room of two people. */
  async function stage(t: TestContext) {
    const proxy = await MongoProxy.start(url);
    const scene = new Scene();
    const database = new MongoDatabase(proxy.url, scene.clock);
    await scene.start(async () => {
      await database.open();
      return database;
    });
    const direct = new MongoDatabase(url, scene.clock, { url: database.urlOn(url) });
    const other = await direct.open();
    const client = new MongoClient(direct.url);
    t.after(async () => {
      proxy.rule = () => undefined;
      await client.close();
      await database.store.close();
      await direct.dispose();
      await proxy.stop();
    });
    const [ann = '', ben = ''] = await scene.users(2);
    const room = await scene.room([ann, ben]);
    const texts = (from: string, count: number) =>
      Array.from({ length: count }, () => scene.text(from, { ts: scene.clock.now() }));
    const inLog = () => collectionsOf(client.db()).entries.countDocuments({ _id: idRange(room, 0, 1_000) });
    return { proxy, scene, other, ann, ben, room, texts, inLog };
  }

  test('a node that did not look while the log began to be forgotten does not take the gap for its end', async (t) => {
    const { scene, other, ann, ben, room, texts } = await stage(t);
    assert.equal((await other.summary(room, ben))?.head, 1);
    await scene.append(room, ...texts(ann, 9));
    scene.clock.adjust(2 * DAY);
    await scene.append(room, ...texts(ann, 2));
    assert.equal((await scene.store.trim(scene.clock.now() - DAY, 100)).trimmed, 10);
    const [placed] = await other.append(room, texts(ben, 1));
    assert.deepEqual(placed, { seq: 13, ts: scene.clock.now() });
    const page = await other.page(room, { limit: 9 });
    assert.deepEqual([seqs(page.entries), page.begins, page.head], [[11, 12, 13], 11, 13]);
  });

  test('other nodes count what went as read, and tell where the log begins', async (t) => {
    const { scene, other, ann, ben, room, texts } = await stage(t);
    await scene.append(room, ...texts(ann, 5), ...texts(ben, 3));
    scene.clock.adjust(DAY);
    await scene.append(room, ...texts(ann, 2));
    const unread = async () => {
      const summaries = [await other.summary(room, ann), await other.summary(room, ben)];
      return summaries.map((summary) => [summary?.unread, summary?.begins]);
    };
    assert.deepEqual(await unread(), [
      [3, undefined],
      [7, undefined],
    ]);
    await scene.store.trim(scene.clock.now(), 100);
    assert.deepEqual(await unread(), [
      [0, 10],
      [2, 10],
    ]);
    assert.equal(await other.markRead(room, ben, 10), 10);
    assert.deepEqual(seqs((await other.page(room, { after: 0, limit: 9 })).entries), [10, 11]);
    assert.equal((await scene.store.summary(room, ben))?.unread, 1);
    assert.deepEqual((await other.checkRooms({ limit: 9 })).faults, []);
  });

  for (const collection of ['rooms', 'search', 'entries']) {
    test(`a step that breaks off at ${collection} is finished by the next, and nobody sees half of it`, async (t) => {
      const { proxy, scene, other, ann, ben, room, texts, inLog } = await stage(t);
      await scene.append(room, ...texts(ann, 5), ...texts(ben, 3));
      scene.clock.adjust(DAY);
      await scene.append(room, ...texts(ann, 2));
      await scene.store.checkRooms({ limit: 9 });
      // Only the step itself: an update of a room's head is done beside it.
      const isLost = ({ name, collection: into, body }: Command) =>
        into === collection &&
        (name === 'delete' || (name === 'update' && JSON.stringify(body['updates']).includes('beginsN')));
      proxy.once(isLost, { type: 'error', code: 8_000, codeName: 'Broken' });
      await assert.rejects(scene.store.trim(scene.clock.now(), 100));
      const hasBegun = collection !== 'rooms';
      const unread = async () => (await other.summary(room, ben))?.unread;
      // The markers of those who wrote go first: for a moment they have read what is still there.
      assert.equal(await unread(), 2);
      const { entries } = await other.page(room, { limit: 99 });
      assert.equal(entries.length, hasBegun ? 2 : 11);
      assert.equal(await inLog(), 11);
      await other.trim(scene.clock.now(), 100);
      assert.equal(await inLog(), 2);
      assert.equal(await unread(), 2);
      assert.deepEqual((await other.checkRooms({ limit: 9 })).faults, []);
    });
  }

  test('two nodes at once do it once', async (t) => {
    const { scene, other, ann, ben, room, texts, inLog } = await stage(t);
    await scene.append(room, ...texts(ann, 5), ...texts(ben, 3));
    scene.clock.adjust(DAY);
    await scene.append(room, ...texts(ann, 2));
    await scene.store.checkRooms({ limit: 9 });
    await Promise.all([scene.store, other].map((store) => store.trim(scene.clock.now(), 100)));
    assert.equal(await inLog(), 2);
    const unread = async (user: string) => (await other.summary(room, user))?.unread;
    assert.deepEqual([await unread(ann), await unread(ben)], [0, 2]);
    assert.deepEqual((await scene.store.checkRooms({ limit: 9 })).faults, []);
  });
});
