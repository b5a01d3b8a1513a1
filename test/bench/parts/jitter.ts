/**
 * Delivery under jitter: everybody in one room, two broadcasts a second, and each client's connection is reset every
 * 15 s (± 20 %) and stays down for 2 s. Each client is owed every broadcast. A replay is a delivery that was due
 * before its client was back; its latency counts from when it was due.
 */
import { random } from '../../faults/random.ts';
import { Crowd } from '../crowd.ts';
import { Latencies } from '../latencies.ts';
import { rigMetrics, startMeter } from '../machine.ts';
import { RIG_COLUMNS, type Part } from '../part.ts';
import { Wanderer } from '../wanderer.ts';

const EVERY_MS = 500;
const DROP_EVERY_MS = 15_000;
const SPREAD = 0.2;
const DOWN_MS = 2_000;
/** The last to be dropped come back, and are brought up to date, within this. */
const DRAIN_MS = 8_000;
/** The same drops for every contender and in every round. */
const SEED = 20_261_125;

export const jitter: Part = {
  name: 'jitter',
  title: 'part J: 2 broadcasts a second; every connection reset each 15 s ± 20 %, down for 2 s',
  defaults: { sockets: 1_000, seconds: 60, warmUpSeconds: 1, rounds: 5 },
  quick: { sockets: 400, seconds: 10 },
  columns: [
    { metric: 'delivered', title: 'delivered %', scale: 0.01, digits: 3 },
    { metric: 'lost', title: 'lost', scale: 1, digits: 0 },
    { metric: 'drops', title: 'drops', scale: 1, digits: 0 },
    { metric: 'failures', title: 'failed tries', scale: 1, digits: 0 },
    { metric: 'replays', title: 'replays', scale: 1, digits: 0 },
    { metric: 'replayP50', title: 'replay p50 ms', scale: 1, digits: 0 },
    { metric: 'replayP99', title: 'replay p99 ms', scale: 1, digits: 0 },
    { metric: 'replayMax', title: 'replay max ms', scale: 1, digits: 0 },
    ...RIG_COLUMNS,
  ],
  mayLose: true,
  suits: () => true,
  async generate(target, { sockets, seconds }) {
    const crowd = await Crowd.gather(target, { sockets, senderOf: () => 0, messages: seconds * 2 + 10 });
    const { below } = random(SEED);
    const chance = () => below(1e6) / 1e6;
    const dueAt: number[] = [];
    const replay = new Latencies();
    let drops = 0;
    const wanderers = crowd.clients.map(
      (_, index) => new Wanderer(index, { crowd, target, random: chance, onBack: () => undefined }),
    );
    for (const wanderer of wanderers) wanderer.follow();
    crowd.onArrival = (number, socket) => {
      const due = dueAt[number];
      const wanderer = wanderers[socket]!;
      if (due === undefined || !(wanderer.isAway || due < wanderer.backAt)) return;
      replay.add(performance.now() - due);
    };

    const meter = startMeter(target.pid);
    const timers = new Set<NodeJS.Timeout>();
    const dropLater = (wanderer: Wanderer, inMs: number) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        drops++;
        wanderer.drop(DOWN_MS);
        dropLater(wanderer, DROP_EVERY_MS * (1 + SPREAD * (2 * chance() - 1)));
      }, inMs);
      timers.add(timer);
    };
    for (const wanderer of wanderers.slice(1)) dropLater(wanderer, chance() * DROP_EVERY_MS);
    await broadcast(crowd, dueAt, seconds);
    for (const timer of timers) clearTimeout(timer);
    await new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
    const usage = meter();

    const failures = wanderers.reduce((sum, wanderer) => sum + wanderer.failures, 0);
    for (const wanderer of wanderers) wanderer.finish();
    const { total, sent } = crowd.deliveries;
    const faults = await crowd.disperse();
    const metrics = {
      delivered: total / (sent * sockets),
      lost: faults.lost,
      drops,
      failures,
      replays: replay.count,
      ...replay.summary('replay'),
      ...rigMetrics(usage),
    };
    return [{ shape: `${sockets} clients`, metrics, faults }];
  },
};

/** From the first client, which stays: nobody is to wonder whether a broadcast was lost on its way in. */
async function broadcast(crowd: Crowd, dueAt: number[], seconds: number): Promise<void> {
  const from = performance.now();
  for (let count = 0; count < (seconds * 1000) / EVERY_MS; count++) {
    const due = from + count * EVERY_MS;
    await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    const number = crowd.deliveries.next();
    dueAt[number] = due;
    crowd.clients[0]!.send(crowd.room, [number]);
  }
}
