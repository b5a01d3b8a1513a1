/** An embedded store in a folder of its own, removed when the test is done with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../../server/ids.ts';
import { openStore, type StoreOptions } from '../../server/store/open.ts';
import type { SqliteStore } from '../../server/store/sqlite.ts';
import { ManualClock } from '../support/manual-clock.ts';
import type { StoreUnderTest } from './scene.ts';

export class SqliteFolder implements StoreUnderTest {
  readonly path: string;
  readonly #options: StoreOptions;
  #store: SqliteStore | null = null;

  private constructor(path: string, options: Partial<StoreOptions>) {
    this.path = path;
    this.#options = { dataDir: path, clock: new ManualClock(), newId, ...options };
  }

  static async make(options: Partial<StoreOptions> = {}): Promise<SqliteFolder> {
    return new SqliteFolder(await mkdtemp(join(tmpdir(), 'chahua-store-')), options);
  }

  get store(): SqliteStore {
    if (!this.#store) throw new Error('the store is not open');
    return this.#store;
  }

  get file(): string {
    return join(this.path, 'chahua.db');
  }

  async open(options: Partial<StoreOptions> = {}): Promise<SqliteStore> {
    this.#store = await openStore({ ...this.#options, ...options });
    return this.#store;
  }

  async close(): Promise<void> {
    await this.#store?.close();
    this.#store = null;
  }

  async reopen(options: Partial<StoreOptions> = {}): Promise<SqliteStore> {
    await this.close();
    return this.open(options);
  }

  async dispose(): Promise<void> {
    await this.close();
    await rm(this.path, { recursive: true, force: true });
  }
}

export async function openSqlite(clock: ManualClock): Promise<SqliteFolder> {
  const folder = await SqliteFolder.make({ clock });
  await folder.open();
  return folder;
}
