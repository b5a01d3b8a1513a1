/** The MongoDB store under the contract; what it promises besides is in the mongo-….test.ts files. */
import { MongoDatabase } from './mongo-database.ts';
import { storeContract } from './contract.ts';

storeContract('MongoDB', async (clock) => {
  const database = new MongoDatabase(process.env['MONGODB_URL'] ?? '', clock);
  await database.open();
  return database;
});
