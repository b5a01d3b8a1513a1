/** The embedded store under the contract; what it promises besides is in the sqlite-….test.ts files. */
import { storeContract } from './contract.ts';
import { openSqlite } from './sqlite-folder.ts';

storeContract('SQLite', openSqlite);
