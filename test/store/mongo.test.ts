/** The MongoDB store under the contract; what it promises besides is in the mongo-….test.ts files. */
import { systemClock } from '../../server/clock.ts';
import { againstMongo } from '../support/mongo-server.ts';
import { blobsContract } from './blobs-contract.ts';
import { storeContract } from './contract.ts';
import { MongoDatabase } from './mongo-database.ts';

await againstMongo(({ url }) => {
  storeContract('MongoDB', async (clock) => {
    const database = new MongoDatabase(url, clock);
    await database.open();
    return database;
  });

  blobsContract('GridFS', async () => {
    const database = new MongoDatabase(url, systemClock);
    const { blobs } = await database.open();
    return { blobs, dispose: () => database.dispose() };
  });
});
