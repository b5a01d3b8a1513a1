/**
 * The MongoDB-compatible server that ours keeps its history in, on the same core as ours: the one of MONGODB_URL, else
 * one that is started here (mongo-process.ts). Owns what an acknowledgement then means.
 */
import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { isMongoThere, openMongo } from '../../support/mongo-process.ts';
import { withDatabase } from '../../store/mongo-database.ts';
import type { Ack } from '../contender.ts';

const FERRET_SOCKETS = 50;

export const NO_MONGO =
  'no MongoDB: set MONGODB_URL, put mongod or ferretdb on the PATH, or build FerretDB by .ci/ferretdb';

export const mongoAbsence = (): string | null => (isMongoThere() ? null : NO_MONGO);

export interface MongoStore {
  /** With a database of its own, dropped by `stop`. */
  url: string;
  /** `FerretDB 1.24.2`. */
  name: string;
  ack: Ack;
  /** contender.ts, Served. */
  mostSockets?: number;
  /** None where the server is not ours. */
  pids: readonly number[];
  stop(): Promise<void>;
}

export async function startMongoStore(pin: readonly string[]): Promise<MongoStore> {
  const server = await openMongo({ prefix: pin });
  if (server === null) throw new Error(NO_MONGO);
  const url = withDatabase(server.url, `chahua_bench_${randomBytes(6).toString('hex')}`);
  return {
    url,
    name: server.name,
    // Ours asks for w: majority and j: true. MongoDB then waits for its journal's fsync. FerretDB heeds neither: what it
    // means is what its SQLite was told. Ours was told not to wait for the disk, because with an fsync for each of its
    // many small transactions it does not bear a crowd logging in; of another one nothing is known.
    ack: server.isMongo ? 'fsynced' : server.pid === null ? 'not known' : 'page cache',
    // FerretDB takes one write at a time, and everybody who joins is several.
    ...(!server.isMongo && { mostSockets: FERRET_SOCKETS }),
    pids: server.pid === null ? [] : [server.pid],
    async stop() {
      if (server.pid === null) {
        const client = new MongoClient(url);
        await client.db().dropDatabase();
        await client.close();
      }
      await server.stop();
    },
  };
}
