/**
 * The worker thread's program: opens the database, says that it is ready, then runs batch after batch. After a
 * failure of the storage it trusts nothing that it holds: the connection is closed and the database opened and
 * looked at anew before the next batch; where that fails too, the thread ends.
 */
import { rmSync } from 'node:fs';
import { constants, platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { migrate } from './migrations.ts';
import { type Methods, runBatch } from './sqlite/batch.ts';
import { Database, type DatabaseRole, holdLock } from './sqlite/database.ts';
import { epochOf } from './sqlite/meta.ts';
import { createReads, createWrites } from './sqlite/methods.ts';
import { createSearches } from './sqlite/search.ts';
import { attachLog } from './sqlite/search-index.ts';
import type { FromWorker, ThreadSetting, ToWorker } from './sqlite/thread.ts';

const METHODS: Record<DatabaseRole, (db: Database) => Methods> = {
  writer: createWrites,
  reader: createReads,
  searcher: createSearches,
};

const port = parentPort;
if (!port) throw new Error('sqlite-worker.ts runs as a worker thread of the store');
const post = (message: FromWorker): void => port.postMessage(message);
const setting = workerData as ThreadSetting;
if (setting.role === 'searcher') giveWay();
start(setting);

/**
 * Where the processor is busy, messages go before the index that follows them. On Linux alone: elsewhere it would be
 * the priority of the whole process.
 */
function giveWay(): void {
  if (platform() === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}

function start(setting: ThreadSetting): void {
  try {
    const lock = setting.lock === undefined ? null : holdLock(setting.lock);
    serve(setting, () => lock?.release());
  } catch (reason) {
    const why = reason instanceof Error ? reason.message : String(reason);
    post({ type: 'unfit', message: `DATA_DIR: ${setting.file} cannot be used: ${why}` });
    port?.close();
  }
}

function serve(setting: ThreadSetting, release: () => void): void {
  let desk = openDesk(setting);
  const again: ThreadSetting = { ...setting, epoch: { name: 'known', value: desk.epoch } };
  port?.on('message', (message: ToWorker) => {
    if (message.type === 'close') {
      desk.db.close();
      release();
      port.close();
      return;
    }
    try {
      post({ type: 'done', outcomes: runBatch(desk.db, desk.methods, message.calls) });
    } catch (reason) {
      desk.db.close();
      desk = openDesk(again);
      post({ type: 'failed', message: reason instanceof Error ? reason.message : String(reason) });
    }
  });
  post({ type: 'ready', epoch: desk.epoch });
}

function openDesk(setting: ThreadSetting): { db: Database; methods: Methods; epoch: string } {
  const db = setting.log === undefined ? new Database(setting) : openIndex(setting, setting.log);
  try {
    if (setting.role === 'writer') migrate(db);
    const epoch = epochOf(db, setting.epoch);
    return { db, methods: METHODS[setting.role](db), epoch };
  } catch (reason) {
    db.close();
    throw reason;
  }
}

/** An index that is damaged, or of another log, is thrown away and made anew. */
function openIndex(setting: ThreadSetting, log: string): Database {
  return tryIndex(setting, log) ?? emptyIndex(setting, log);
}

function tryIndex(setting: ThreadSetting, log: string): Database | null {
  let db: Database | null = null;
  try {
    db = new Database(setting);
    if (attachLog(db, log)) return db;
  } catch {
    // Thrown away as well; where that is no help, the second try says why.
  }
  db?.close();
  return null;
}

function emptyIndex(setting: ThreadSetting, log: string): Database {
  for (const end of ['', '-wal', '-shm']) rmSync(setting.file + end, { force: true });
  const db = new Database(setting);
  attachLog(db, log);
  return db;
}
