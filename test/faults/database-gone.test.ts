/**
 * M4, M5: the server while its database is gone, or does not answer. Nothing is acknowledged that is not stored, people
 * hear so within 2 s, sockets stay, and all goes on when the database is back. CHAHUA_OUTAGE_MS makes it longer.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBytes } from 'node:crypto';
import { withDatabase } from '../store/mongo-database.ts';
import { MongoProxy } from '../support/mongo-proxy.ts';
import { againstMongo } from '../support/mongo-server.ts';
import { RawClient, Refused } from '../support/raw-client.ts';
import { startServer } from '../support/server.ts';

const OUTAGE_MS = Number(process.env['CHAHUA_OUTAGE_MS'] ?? 3_000);
/** Until a person knows that the message was not sent; and until all goes on. */
const TOLD_MS = 2_000;
const BACK_MS = 5_000;
/** A person tries again. */
const EVERY_MS = 150;

await againstMongo(({ url }) => {
  for (const [name, leave] of [
    ['is gone', (proxy: MongoProxy) => proxy.refuse()],
    ['does not answer', (proxy: MongoProxy) => proxy.silence()],
  ] as const) {
    test(`while the database ${name}, sends are UNAVAILABLE in time, sockets stay, and then all is stored once`, async (t) => {
      const proxy = await MongoProxy.start(url);
      const MONGODB_URL = withDatabase(proxy.url, `chahua_test_${randomBytes(6).toString('hex')}`);
      const server = await startServer(t, { env: { MONGODB_URL, LIMITS: 'sends=1000/1000' } });
      t.after(() => proxy.stop());
      const [alice, bob] = [
        await RawClient.arrive(server.url, 'alice'),
        await RawClient.arrive(server.url, 'bob'),
      ];
      const { room } = await alice.client.ask('room.open', { user: bob.login.user.id });
      await alice.client.sendText(room.id, 'before', 'before');
      // Who is on the way into the room when the database goes is sent away to come again: both have arrived.
      await bob.client.until('the room', () =>
        bob.client.pushed('room').some((push) => push.room.id === room.id),
      );
      await alice.client.sendText(room.id, 'arrived', 'arrived');
      for (const { client } of [alice, bob]) {
        await client.until('live', () => client.entries(room.id).some(({ cid }) => cid === 'arrived'));
      }

      leave(proxy);
      const began = performance.now();
      const cids: string[] = [];
      let slowest = 0;
      while (performance.now() - began < OUTAGE_MS) {
        const cid = `c${cids.length}`;
        cids.push(cid);
        const asked = performance.now();
        assert.equal(await refusalOf(alice.client.sendText(room.id, cid, cid)), 'UNAVAILABLE');
        slowest = Math.max(slowest, performance.now() - asked);
        // Frames go on being answered: the socket lives.
        await bob.client.ask('session.ping', {});
        await pause(EVERY_MS);
      }
      assert.ok(slowest < TOLD_MS, `${slowest} ms`);

      proxy.restore();
      const back = performance.now();
      for (const cid of cids) await untilSent(alice.client, room.id, cid);
      const took = performance.now() - back;
      assert.ok(took < BACK_MS + cids.length * 20, `${took} ms for ${cids.length}`);
      await bob.client.until('all of it', () => bob.client.entries(room.id).length >= cids.length + 1);
      const log = await bob.client.history(room.id);
      const stored = log.flatMap((entry) => (entry.kind === 'text' ? [entry.cid] : []));
      assert.deepEqual(stored.toSorted(), ['before', 'arrived', ...cids].toSorted());
      await Promise.all([alice.client.close(), bob.client.close()]);
    });
  }

  test('S17: a malformed body costs the database nothing', async (t) => {
    const proxy = await MongoProxy.start(url);
    const MONGODB_URL = withDatabase(proxy.url, `chahua_test_${randomBytes(6).toString('hex')}`);
    const server = await startServer(t, { env: { MONGODB_URL, LIMITS: 'sends=1000/1000' } });
    t.after(() => proxy.stop());
    const { client } = await RawClient.arrive(server.url, 'mallory');
    const { room } = await client.ask('room.create', { kind: 'group', name: 'tea' });
    await client.sendText(room.id, 'c', 'c');
    await quiet(proxy);
    const operators: [string, object][] = [
      ['message.history', { room: { $gt: '' } }],
      ['message.history', { room: room.id, before: { $ne: 1 } }],
      ['message.send', { room: room.id, cid: { $ne: '' }, kind: 'text', body: { text: 'x' } }],
      ['message.send', { room: room.id, cid: 'd', kind: 'text', body: { text: { $where: '1' } } }],
      ['message.recall', { room: room.id, cid: 'e', target: { $gt: 0 } }],
      ['message.search', { query: { $regex: '.*' } }],
      ['room.members', { room: room.id, after: { $gt: '' } }],
      ['room.open', { user: { $ne: null } }],
      ['room.read', { room: room.id, seq: [1] }],
    ];
    for (const [op, body] of operators) {
      const reply = await client.request(op, body);
      assert.ok(!reply.ok && reply.error.code === 'BAD_REQUEST', `${op} ${JSON.stringify(reply)}`);
    }
    // Once a second a node asks by itself which sanctions hold.
    assert.deepEqual(
      proxy.take().filter((command) => command !== 'find sanctions'),
      [],
    );
    await client.close();
  });
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function refusalOf(asked: Promise<unknown>): Promise<string> {
  const reason: unknown = await asked.then(
    () => null,
    (caught: unknown) => caught,
  );
  return reason instanceof Refused ? reason.error.code : String(reason);
}

async function untilSent(client: RawClient, room: string, cid: string): Promise<void> {
  while ((await refusalOf(client.sendText(room, cid, cid))) !== 'null') {
    await pause(50);
  }
}

/** What follows from an entry is written a little later. */
async function quiet(proxy: MongoProxy): Promise<void> {
  do {
    proxy.take();
    await pause(400);
  } while (proxy.take().length > 0);
}
