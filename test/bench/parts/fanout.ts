/**
 * How much of a server's CPU a delivery costs: everybody is in one room, one after the other sends a burst, and the
 * next burst goes out when the last has arrived everywhere. Closed loop, so it says nothing about latency.
 */
import { Crowd } from '../crowd.ts';
import { rigMetrics, startMeter } from '../machine.ts';
import { RIG_COLUMNS, type Part, type Sample } from '../part.ts';

/** Messages of one burst, a shape of load each. */
export const BURSTS = [32, 1];

export const fanout: Part = {
  name: 'fanout',
  title: 'one room, 128-byte texts: deliveries per core-second of the server',
  defaults: { sockets: 500, seconds: 1.5, warmUpSeconds: 0.3, rounds: 5 },
  quick: { seconds: 1, warmUpSeconds: 0.3 },
  quickWith: ['uws', 'ws', 'socket.io', 'centrifugo', 'chahua'],
  columns: [
    { metric: 'perCoreSecond', title: 'deliveries/core-s (M)', scale: 1e6, digits: 3 },
    { metric: 'perSecond', title: 'deliveries/s (M)', scale: 1e6, digits: 3 },
    ...RIG_COLUMNS,
  ],
  wantsProof: true,
  suits: ({ name }) => name !== 'socket.io+csr' && !name.startsWith('chahua-nodes'),
  async generate(target, { sockets, seconds, warmUpSeconds }) {
    // Bursts do not overlap, so all messages have one order, whoever sends them.
    const crowd = await Crowd.gather(target, { sockets, senderOf: () => 0 });
    const figures: Omit<Sample, 'faults'>[] = [];
    for (const size of BURSTS) {
      await crowd.whole(sendBursts(crowd, size, warmUpSeconds));
      const before = crowd.deliveries.total;
      const stopMeter = startMeter(target.pids);
      await crowd.whole(sendBursts(crowd, size, seconds));
      const usage = stopMeter();
      const delivered = crowd.deliveries.total - before;
      figures.push({
        shape: `${size} in flight`,
        metrics: {
          perCoreSecond: delivered / usage.serverCpuSeconds,
          perSecond: delivered / usage.seconds,
          ...rigMetrics(usage),
        },
      });
    }
    const faults = await crowd.disperse();
    return figures.map((figure) => ({ ...figure, faults }));
  },
};

/** Resolves when the last burst is everywhere. */
function sendBursts(crowd: Crowd, size: number, seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1000;
  return new Promise((resolve) => {
    let bursts = 0;
    let missing = 0;
    const next = () => {
      if (performance.now() >= until) {
        resolve();
        return;
      }
      missing = size;
      burst(crowd, size, bursts++);
    };
    crowd.onComplete = () => {
      if (--missing === 0) setImmediate(next);
    };
    next();
  });
}

/** The `count`-th goes out at the socket whose turn it is. */
export function burst(crowd: Crowd, size: number, count: number): void {
  const sender = crowd.clients[count % crowd.clients.length]!;
  sender.send(
    crowd.room,
    Array.from({ length: size }, () => crowd.deliveries.next()),
  );
}
