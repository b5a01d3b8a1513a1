/**
 * Part B, the shape of Bun's chat benchmark: 32 clients, each sends 1,600 messages in batches of one a client, the next
 * batch when the last is everywhere. Counted only where every message of every batch arrived at every client.
 */
import { aloneBut } from '../contenders/kind.ts';
import { Crowd } from '../crowd.ts';
import { rigMetrics, startMeter } from '../machine.ts';
import { RIG_COLUMNS, type Part } from '../part.ts';

/** Messages of one client in a second of the run: 1,600 at the defaults. */
const A_SECOND = 320;

export const batches: Part = {
  name: 'batches',
  title: 'part B: 32 clients send in turn, a batch is one message of each; deliveries a second',
  defaults: { sockets: 32, seconds: 5, warmUpSeconds: 1, rounds: 2 },
  quick: { seconds: 1, warmUpSeconds: 0.2 },
  columns: [
    { metric: 'perSecond', title: 'deliveries/s (k)', scale: 1e3, digits: 1 },
    { metric: 'perCoreSecond', title: 'deliveries/core-s (k)', scale: 1e3, digits: 1 },
    ...RIG_COLUMNS,
  ],
  suits: aloneBut('socket.io+csr'),
  async generate(target, { sockets, seconds, warmUpSeconds }) {
    const crowd = await Crowd.gather(target, { sockets, senderOf: (number) => number % sockets });
    await crowd.whole(sendBatches(crowd, Math.ceil(warmUpSeconds * A_SECOND)));
    const before = crowd.deliveries.total;
    const stopMeter = startMeter(target.pids);
    await crowd.whole(sendBatches(crowd, Math.ceil(seconds * A_SECOND)));
    const usage = stopMeter();
    const delivered = crowd.deliveries.total - before;
    const metrics = {
      perSecond: delivered / usage.seconds,
      perCoreSecond: delivered / usage.serverCpuSeconds,
      ...rigMetrics(usage),
    };
    const faults = await crowd.disperse();
    return [{ shape: `${sockets} × ${Math.ceil(seconds * A_SECOND)}`, metrics, faults }];
  },
};

/** Resolves when the last batch is everywhere. */
function sendBatches(crowd: Crowd, count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    let missing = 0;
    const next = () => {
      if (left-- === 0) {
        resolve();
        return;
      }
      missing = crowd.clients.length;
      for (const client of crowd.clients) client.send(crowd.room, [crowd.deliveries.next()]);
    };
    crowd.onComplete = () => {
      if (--missing === 0) setImmediate(next);
    };
    next();
  });
}
