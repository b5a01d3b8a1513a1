/**
 * Opens the embedded store of a data folder: makes the folder and its files, readable by nobody else, brings the
 * database to the shape of today and starts the threads. One server at a time: a second one is refused. Errors
 * are one line that says what to do.
 */
import { chmod, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, NewId } from '../domain/ports.ts';
import { makeFolder } from './folder.ts';
import { createSqliteStore, type SqliteStore } from './sqlite.ts';
import { Lane } from './sqlite/lane.ts';
import type { Epoch } from './sqlite/meta.ts';
import type { Reads, Writes } from './sqlite/methods.ts';
import type { Searches } from './sqlite/search.ts';
import { startThread, type Thread, type ThreadSetting } from './sqlite/thread.ts';

export interface StoreOptions {
  dataDir: string;
  clock: Pick<Clock, 'now' | 'after'>;
  newId: NewId;
  log?: { error(message: string, fields: Record<string, unknown>): void };
  /** Calls that may wait for the store; past it they are UNAVAILABLE. */
  maxCalls?: number;
  /** Most pages of 4 KiB that the database may grow to; past it writes are UNAVAILABLE. */
  maxPages?: number;
}

const PRIVATE_FILE = 0o600;

export async function openStore(options: StoreOptions): Promise<SqliteStore> {
  const { dataDir, clock, newId, log, maxCalls, maxPages } = options;
  const file = join(dataDir, 'chahua.db');
  const index = join(dataDir, 'search.db');
  const lock = join(dataDir, 'chahua.lock');
  await makePrivate(dataDir, [file, index, lock]);

  let epoch: Epoch = { name: 'fresh', value: newId() };
  async function start(setting: Omit<ThreadSetting, 'epoch'>): Promise<Thread> {
    const started = await startThread({ ...setting, epoch });
    epoch = { name: 'known', value: started.epoch };
    return started.thread;
  }
  const bound = maxCalls === undefined ? {} : { maxCalls };
  const writer = new Lane<Writes>({
    start: () => start({ file, role: 'writer', lock, ...(maxPages !== undefined && { maxPages }) }),
    onTrouble: (reason) => log?.error('a batch of writes failed', { err: reason }),
    ...bound,
  });
  const reader = new Lane<Reads>({
    start: () => start({ file, role: 'reader' }),
    onTrouble: (reason) => log?.error('a batch of reads failed', { err: reason }),
    ...bound,
  });
  const searcher = new Lane<Searches>({
    start: () => start({ file: index, role: 'searcher', log: file }),
    onTrouble: (reason) => log?.error('a batch of searches failed', { err: reason }),
    ...bound,
  });
  await writer.open();
  try {
    await Promise.all([reader.open(), searcher.open()]);
  } catch (reason) {
    await Promise.all([reader.close(), searcher.close()]);
    await writer.close();
    throw reason;
  }
  return createSqliteStore({ epoch: epoch.value, reader, searcher, writer, clock });
}

async function makePrivate(folder: string, files: string[]): Promise<void> {
  try {
    makeFolder(folder);
    for (const file of files) await makePrivateFile(file);
  } catch (reason) {
    const why = reason instanceof Error ? reason.message : String(reason);
    throw new Error(`DATA_DIR: ${folder} cannot be used: ${why}`, { cause: reason });
  }
}

/**
 * SQLite gives the WAL the mode of the database. A file that is there is never opened here: on POSIX, closing it would
 * drop the locks that another store of this process holds on it.
 */
async function makePrivateFile(file: string): Promise<void> {
  try {
    await (await open(file, 'wx', PRIVATE_FILE)).close();
  } catch (reason) {
    if (!(reason instanceof Error && 'code' in reason && reason.code === 'EEXIST')) throw reason;
    await chmod(file, PRIVATE_FILE);
  }
}
