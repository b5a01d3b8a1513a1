/**
 * Two nodes that start at once on a database that holds nothing: both serve, and are one server. CHAHUA_STARTS says how
 * often; what two processes do at the same moment is another thing each time.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { MongoClient } from 'mongodb';
import { withDatabase } from '../store/mongo-database.ts';
import { againstMongo } from '../support/mongo-server.ts';
import { NatsProcess } from '../support/nats-process.ts';
import { RawClient } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';

const STARTS = Number(process.env['CHAHUA_STARTS'] ?? 3);

await againstMongo(({ url }) => {
  test(`of ${STARTS} times that two nodes start at once on a new database, both serve each time, with one lobby`, async (t) => {
    const nats = await NatsProcess.start(t);
    if (!nats) return;
    const keys = `test:${randomBytes(32).toString('hex')}`;
    let slowestMs = 0;
    for (let i = 1; i <= STARTS; i += 1) {
      const MONGODB_URL = withDatabase(url, `chahua_test_${randomBytes(6).toString('hex')}`);
      const env: Record<string, string> = { MONGODB_URL, NATS_URL: nats.url, JWT_KEYS: keys };
      const began = performance.now();
      const started = await Promise.allSettled([ServerProcess.start({ env }), ServerProcess.start({ env })]);
      slowestMs = Math.max(slowestMs, performance.now() - began);
      const servers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      try {
        const failed = started.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
        assert.deepEqual(failed, [], `start ${i}`);
        const [ann, bob] = await Promise.all(
          servers.map((server, k) => RawClient.arrive(server.url, `p${k}`)),
        );
        assert.ok(ann && bob);
        assert.equal(ann.hello.epoch, bob.hello.epoch, `start ${i}`);
        const { rooms } = await ann.client.ask('room.list', { scope: 'open' });
        assert.equal(rooms.length, 1, `start ${i}: one lobby`);
        const lobby = rooms[0]?.id ?? '';
        await ann.client.sendText(lobby, 'c', '你好');
        await bob.client.until('the text', () => bob.client.entries(lobby).some(({ cid }) => cid === 'c'));
        await Promise.all([ann.client.close(), bob.client.close()]);
      } finally {
        await Promise.all(servers.map((server) => server.stop()));
        await drop(MONGODB_URL);
      }
    }
    t.diagnostic(`the slowest took ${slowestMs.toFixed(0)} ms`);
  });
});

async function drop(url: string): Promise<void> {
  const client = new MongoClient(url);
  await client.db().dropDatabase();
  await client.close();
}
