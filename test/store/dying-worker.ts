/** A worker that speaks as the store's does, gives each call its argument back, and dies when told to. */
import { parentPort } from 'node:worker_threads';
import type { FromWorker, ToWorker } from '../../server/store/sqlite/thread.ts';

const post = (message: FromWorker): void => parentPort?.postMessage(message);

parentPort?.on('message', (message: ToWorker) => {
  if (message.type === 'close') {
    parentPort?.close();
    return;
  }
  const values = message.calls.map(({ args }) => (JSON.parse(args) as unknown[])[0]);
  if (values.includes('throw')) throw new Error('told to die');
  if (values.includes('exit')) process.exit(1);
  post({ type: 'done', outcomes: values.map((value) => ({ value })) });
});
post({ type: 'ready', epoch: '' });
