/**
 * A MongoDB-compatible server for tests that need a real one (mongo-process.ts says which). Where there is none, tests
 * are skipped in words that say how to have one; in CI they fail. One for a test file; it ends with the file.
 */
import { after, test } from 'node:test';
import { openMongo, type MongoServer } from './mongo-process.ts';

export type { MongoServer };

const WITHOUT =
  'no MongoDB: set MONGODB_URL to a server for tests, put mongod or ferretdb on the PATH, let .ci/run build FerretDB, or set MONGODB_DOWNLOAD=1';

/**
 * Runs `define` with a server, to register the tests of a file; where there is none, one skipped test says why. Counts
 * the file's tests for the server.
 */
export async function againstMongo(define: (server: MongoServer) => void): Promise<void> {
  const server = await openMongo();
  if (server === null) {
    if (process.env['CI'] === 'true') throw new Error(`${WITHOUT}; in CI nothing is skipped`);
    test('the MongoDB store', { skip: WITHOUT }, () => undefined);
    return;
  }
  after(() => server.stop());
  test(`${server.name} answers`, (t) => t.diagnostic(`against ${server.name}`));
  define(server);
}
