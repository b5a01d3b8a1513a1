/** A MongoDB store in a database of its own, dropped when the test is done with it. */
import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import type { Clock } from '../../server/domain/ports.ts';
import { newId } from '../../server/ids.ts';
import { type MongoStore, type MongoStoreOptions, openMongoStore } from '../../server/store/mongo.ts';
import type { StoreUnderTest } from './scene.ts';

export class MongoDatabase implements StoreUnderTest {
  readonly url: string;
  readonly #options: MongoStoreOptions;
  #store: MongoStore | null = null;

  /** @param server the address of a server, without a database */
  constructor(server: string, clock: Clock, options: Partial<MongoStoreOptions> = {}) {
    this.url = options.url ?? withDatabase(server, `chahua_test_${randomBytes(6).toString('hex')}`);
    this.#options = { clock, newId, ...options, url: this.url };
  }

  get store(): MongoStore {
    if (!this.#store) throw new Error('the store is not open');
    return this.#store;
  }

  /** The same database by way of another server's address. */
  urlOn(server: string): string {
    return withDatabase(server, new URL(this.url).pathname.slice(1));
  }

  async open(options: Partial<MongoStoreOptions> = {}): Promise<MongoStore> {
    this.#store = await openMongoStore({ ...this.#options, ...options });
    return this.#store;
  }

  async reopen(): Promise<MongoStore> {
    await this.#store?.close();
    return this.open();
  }

  async dispose(): Promise<void> {
    await this.#store?.close();
    const client = new MongoClient(this.url);
    await client.db().dropDatabase();
    await client.close();
  }
}

export function withDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
