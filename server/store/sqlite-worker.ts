/**
 * The worker thread's program: opens the database, says that it is ready, then runs batch after batch. After a
 * failure of the storage it trusts nothing that it holds: the connection is closed and the database opened and
 * looked at anew before the next batch; where that fails too, the thread ends.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { migrate } from './migrations.ts';
import { type Methods, runBatch } from './sqlite/batch.ts';
import { Database, holdLock } from './sqlite/database.ts';
import { epochOf } from './sqlite/meta.ts';
import { createReads, createWrites } from './sqlite/methods.ts';
import type { FromWorker, ThreadSetting, ToWorker } from './sqlite/thread.ts';

const port = parentPort;
if (!port) throw new Error('sqlite-worker.ts runs as a worker thread of the store');
const post = (message: FromWorker): void => port.postMessage(message);
start(workerData as ThreadSetting);

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
  const db = new Database(setting);
  try {
    if (setting.role === 'writer') migrate(db);
    const epoch = epochOf(db, setting.epoch);
    return { db, methods: setting.role === 'writer' ? createWrites(db) : createReads(db), epoch };
  } catch (reason) {
    db.close();
    throw reason;
  }
}
