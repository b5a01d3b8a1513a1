import { randomBytes } from 'node:crypto';
import { withDatabase } from '../store/mongo-database.ts';
import { againstMongo } from '../support/mongo-server.ts';
import { protocolSuite } from './protocol-suite.ts';

await againstMongo(({ url, name }) => {
  const MONGODB_URL = withDatabase(url, `chahua_test_${randomBytes(6).toString('hex')}`);
  protocolSuite(name, { MONGODB_URL });
});
