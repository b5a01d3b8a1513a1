/** Two nodes over MongoDB and a real NATS: nothing is shared on the machine. */
import { randomBytes } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { MongoClient } from 'mongodb';
import { withDatabase } from '../store/mongo-database.ts';
import { againstMongo } from '../support/mongo-server.ts';
import { nothingIsLost } from './faults-suite.ts';
import { twoNodes } from './two-nodes-suite.ts';

await againstMongo(({ name, url, isMongo }) => {
  // Fifty on FerretDB settle within two seconds on a quiet machine, and not always within twenty on a busy one.
  const writers = Number(process.env['CHAHUA_WRITERS'] ?? (isMongo ? 50 : 10));

  /** A database of its own, dropped with the test. */
  function database(t: TestContext): { MONGODB_URL: string } {
    const MONGODB_URL = withDatabase(url, `chahua_test_${randomBytes(6).toString('hex')}`);
    t.after(async () => {
      const client = new MongoClient(MONGODB_URL);
      await client.db().dropDatabase();
      await client.close();
    });
    return { MONGODB_URL };
  }

  test(`two nodes over ${name} are one server`, (t) => twoNodes(t, database(t)));

  test(`${writers} writers on two nodes over ${name} lose nothing by a lossy bus, a frozen one, and a node that is killed`, (t) =>
    nothingIsLost(t, { writers, env: database(t) }));
});
