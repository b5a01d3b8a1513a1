/**
 * The MongoDB store where things go wrong between it and the database, and where it is not alone: replies that get
 * lost, primaries that step down, nodes that write to one room, a node that dies half-way.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../server/clock.ts';
import { Refusal } from '../../server/outcome.ts';
import type { Placed } from '../../server/domain/ports.ts';
import { MongoProxy } from '../support/mongo-proxy.ts';
import { againstMongo } from '../support/mongo-server.ts';
import { MongoDatabase } from './mongo-database.ts';
import { Scene, seqs, upTo } from './scene.ts';

await againstMongo(({ url }) => {
  /** A scene whose store reaches the database through a proxy, and a second node that reaches it directly. */
  async function stage(t: TestContext) {
    const proxy = await MongoProxy.start(url);
    const database = new MongoDatabase(proxy.url, systemClock);
    const scene = new Scene();
    await scene.start(async () => {
      await database.open();
      return database;
    });
    const direct = new MongoDatabase(url, systemClock, { url: database.urlOn(url) });
    const other = await direct.open();
    t.after(async () => {
      proxy.rule = () => undefined;
      proxy.restore();
      await database.store.close();
      await direct.dispose();
      await proxy.stop();
    });
    const [ann = '', ben = ''] = await scene.users(2);
    const room = await scene.room([ann, ben]);
    proxy.take();
    return { proxy, database, scene, other, ann, ben, room };
  }
  const isInsert = ({ name, collection }: { name: string; collection: string }) =>
    name === 'insert' && collection === 'entries';

  test('a batch to a room that nobody else writes to is one round trip', async (t) => {
    const { proxy, scene, ann, ben, room } = await stage(t);
    await scene.append(room, scene.text(ann), scene.text(ben));
    proxy.take();
    const drafts = Array.from({ length: 50 }, (_, i) => scene.text(i % 2 ? ann : ben));
    await scene.append(room, ...drafts);
    assert.deepEqual(proxy.take(), ['insert entries']);
    assert.deepEqual(seqs(await scene.log(room)), upTo(53));
  });

  for (const [name, fault] of [
    ['whose reply is lost', { type: 'lose-reply' }],
    ['that never arrives', { type: 'close' }],
    [
      'to a server that is no primary any more',
      { type: 'error', code: 10107, codeName: 'NotWritablePrimary' },
    ],
    ['to a primary that steps down', { type: 'error', code: 189, codeName: 'PrimarySteppedDown' }],
    ['that is not on the disks of most in time', { type: 'doubt' }],
    [
      'that a change of state interrupts',
      { type: 'error', code: 11602, codeName: 'InterruptedDueToReplStateChange' },
    ],
  ] as const) {
    test(`an append ${name} is stored once, and told as the first`, async (t) => {
      const { proxy, scene, ann, room } = await stage(t);
      const drafts = [scene.text(ann), scene.text(ann), scene.text(ann)];
      proxy.once(isInsert, fault);
      const placed = await untilStored(() => scene.append(room, ...drafts));
      assert.deepEqual(
        placed.map((place) => 'seq' in place && place.seq),
        [2, 3, 4],
      );
      const again = await scene.append(room, ...drafts);
      assert.ok(again.every((place) => 'seq' in place && place.repeated));
      const cids = (await scene.log(room)).slice(1).map(({ cid }) => cid);
      assert.deepEqual(
        cids,
        drafts.map(({ cid }) => cid),
      );
    });
  }

  test('two nodes that write to one room leave no gap and no double, and agree', async (t) => {
    const { scene, other, ann, ben, room } = await stage(t);
    const placed = await Promise.all(
      Array.from({ length: 30 }, (_, i) => {
        const draft = scene.text(i % 3 ? ann : ben);
        return untilStored(() => (i % 2 ? scene.store : other).append(room, [draft]));
      }),
    );
    const given = placed.flatMap((places) => places.map((place) => ('seq' in place ? place.seq : 0)));
    assert.deepEqual(
      given.toSorted((a, b) => a - b),
      upTo(31).slice(1),
    );
    assert.deepEqual(seqs(await scene.log(room)), upTo(31));
    for (const user of [ann, ben]) {
      const [here, there] = [await scene.store.summary(room, user), await other.summary(room, user)];
      assert.deepEqual(here, there);
    }
    assert.deepEqual((await other.checkRooms({ limit: 9 })).faults, []);
  });

  test('a node that writes to a room without pause lets another one in', async (t) => {
    const { scene, other, ann, ben, room } = await stage(t);
    let isDone = false;
    const goOn = async (): Promise<void> => {
      while (!isDone) await scene.say(room, scene.text(ann));
    };
    const running = goOn();
    for (let i = 0; i < 3; i += 1) {
      const [place] = await other.append(room, [scene.text(ben)]).finally(() => (isDone ||= i === 2));
      assert.ok(place && 'seq' in place, JSON.stringify(place));
    }
    await running;
    const log = await scene.log(room);
    assert.deepEqual(seqs(log), upTo(log.length));
  });

  test('what one node decides on old knowledge is decided again on new', async (t) => {
    const { scene, other, ann, ben, room } = await stage(t);
    const [cat = ''] = await scene.users(1);
    assert.deepEqual(await other.append(room, [scene.text(cat)]), [{ refused: 'not-member' }]);
    await scene.say(room, scene.join(cat));
    const [joined] = await other.append(room, [scene.text(cat)]);
    assert.ok(joined && 'seq' in joined);
    await scene.say(room, scene.leave(cat));
    assert.deepEqual(await other.append(room, [scene.text(cat), scene.text(ann)]).then(kinds), [
      'not-member',
      5,
    ]);
    assert.equal(await other.member(room, cat), null);
    assert.deepEqual(await other.memberIds(room), [ann, ben]);
  });

  test('where a node dies between an entry and what follows from it, the next one makes up for it', async (t) => {
    const { proxy, scene, other, ann, room } = await stage(t);
    const [cat = ''] = await scene.users(1);
    await scene.say(room, scene.text(ann));
    // The log is written, and nothing else any more.
    proxy.rule = (command) =>
      ['insert', 'update', 'delete'].includes(command.name) && !isInsert(command)
        ? { type: 'error', code: 50, codeName: 'MaxTimeMSExpired' }
        : undefined;
    const joined = await scene.say(room, scene.join(cat));
    assert.equal(await scene.say(room, scene.recall(ann, 2)), joined + 1);
    assert.equal((await other.member(room, cat))?.role, 'member');
    const page = await other.page(room, { limit: 10 });
    assert.deepEqual(page.entries[1]?.recalled, true);
    assert.ok((await other.memberIds(room)).includes(cat));
    assert.deepEqual(
      (await other.summaries(cat)).map(({ id, unread }) => [id, unread]),
      [[room, 0]],
    );
    assert.deepEqual((await other.checkRooms({ limit: 9 })).faults, []);
  });

  for (const [name, leave] of [
    ['has died', (proxy: MongoProxy) => proxy.refuse()],
    ['has vanished', (proxy: MongoProxy) => proxy.silence()],
  ] as const) {
    test(`a database that ${name} is told within 2 s, then at once, and is back when it is back`, async (t) => {
      const { proxy, scene, ann, room } = await stage(t);
      const draft = scene.text(ann);
      leave(proxy);
      const [first, second] = [
        await timed(() => scene.append(room, draft)),
        await timed(() => scene.append(room, draft)),
      ];
      assert.ok(first.ms < 2_000, `${first.ms} ms`);
      assert.ok(second.ms < 100, `${second.ms} ms`);
      assert.deepEqual([codeOf(first.reason), codeOf(second.reason)], ['UNAVAILABLE', 'UNAVAILABLE']);
      proxy.restore();
      const back = await timed(() => untilStored(() => scene.append(room, draft)));
      assert.ok(back.ms < 5_000, `${back.ms} ms`);
      assert.equal((await scene.log(room)).length, 2);
    });
  }

  test('while the database is slow, only so many calls wait', async (t) => {
    const { proxy, database, ann } = await stage(t);
    const store = await new MongoDatabase(url, systemClock, { url: database.url, maxCalls: 10 }).open();
    t.after(() => store.close());
    proxy.silence();
    const asked = Array.from({ length: 50 }, () => store.user(ann).then(() => 'told', codeOf));
    assert.equal(store.waiting, 10);
    assert.deepEqual(new Set(await Promise.all(asked)), new Set(['UNAVAILABLE']));
    proxy.restore();
  });
});

const kinds = (placed: Placed[]): (number | string)[] =>
  placed.map((place) => ('seq' in place ? place.seq : place.refused));

const codeOf = (reason: unknown): string => (reason instanceof Refusal ? reason.code : String(reason));

/** As a sender does: again with the same cid, while the store is out of reach. */
async function untilStored(append: () => Promise<Placed[]>): Promise<Placed[]> {
  for (;;) {
    try {
      return await append();
    } catch (reason) {
      if (codeOf(reason) !== 'UNAVAILABLE') throw reason;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function timed(run: () => Promise<unknown>): Promise<{ ms: number; reason: unknown }> {
  const began = performance.now();
  const reason: unknown = await run().then(
    () => null,
    (caught: unknown) => caught,
  );
  return { ms: performance.now() - began, reason };
}
