/**
 * Delivery under jitter: everybody in one room, two broadcasts a second, and each client's connection is reset every
 * 15 s (± 20 %) and stays down for 2 s. Each client is owed every broadcast. A replay is a delivery that was due
 * before its client was back; its latency counts from when it was due.
 */
import { aloneBut } from '../contenders/kind.ts';
import { Latencies } from '../latencies.ts';
import { rigMetrics, startMeter } from '../machine.ts';
import { RIG_COLUMNS, type Part } from '../part.ts';
import { Travel } from '../travel.ts';
import type { Wanderer } from '../wanderer.ts';

const EVERY_MS = 500;
const DROP_EVERY_MS = 15_000;
const SPREAD = 0.2;
const DOWN_MS = 2_000;
/** The last to be dropped come back, and are brought up to date, within this. */
const DRAIN_MS = 8_000;
const SEED = 20_261_125;

export const jitter: Part = {
  name: 'jitter',
  title: 'part J: 2 broadcasts a second; every connection reset each 15 s ± 20 %, down for 2 s',
  defaults: { sockets: 1_000, seconds: 60, warmUpSeconds: 1, rounds: 1 },
  quick: { sockets: 400, seconds: 5 },
  quickWith: ['socket.io', 'socket.io+csr', 'centrifugo', 'chahua'],
  columns: [
    { metric: 'delivered', title: 'delivered %', scale: 0.01, digits: 3 },
    { metric: 'lost', title: 'lost', scale: 1, digits: 0 },
    { metric: 'drops', title: 'drops', scale: 1, digits: 0 },
    { metric: 'failures', title: 'failed tries', scale: 1, digits: 0 },
    { metric: 'replays', title: 'replays', scale: 1, digits: 0 },
    { metric: 'replayP50', title: 'replay p50 ms', scale: 1, digits: 0 },
    { metric: 'replayP95', title: 'replay p95 ms', scale: 1, digits: 0 },
    { metric: 'replayP99', title: 'replay p99 ms', scale: 1, digits: 0 },
    { metric: 'replayMax', title: 'replay max ms', scale: 1, digits: 0 },
    ...RIG_COLUMNS,
  ],
  mayLose: true,
  suits: aloneBut('ws'),
  async generate(target, { sockets, seconds }) {
    const travel = await Travel.gather(target, { sockets, messages: seconds * 2 + 10, seed: SEED });
    const replay = new Latencies();
    travel.onArrival = (wanderer, due) => {
      if (wanderer.isAway || due < wanderer.backAt) replay.add(performance.now() - due);
    };
    const meter = startMeter(target.pids);
    const drops = dropAll(travel, travel.wanderers.slice(1));
    await travel.broadcast(seconds, EVERY_MS);
    const count = drops.stop();
    await travel.arrive(DRAIN_MS);
    const usage = meter();

    const { failures } = travel;
    const { total, sent } = travel.crowd.deliveries;
    const { faults, history } = await travel.end();
    const metrics = {
      delivered: total / (sent * sockets),
      lost: faults.lost,
      drops: count,
      failures,
      replays: replay.count,
      ...replay.summary('replay'),
      ...rigMetrics(usage),
    };
    return [{ shape: `${sockets} clients`, metrics, faults, history }];
  },
};

/** Drops each of them again and again, until `stop`, which tells how often. */
function dropAll({ chance }: Travel, wanderers: readonly Wanderer[]): { stop(): number } {
  const timers = new Set<NodeJS.Timeout>();
  let drops = 0;
  const dropLater = (wanderer: Wanderer, inMs: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      drops++;
      wanderer.drop(DOWN_MS);
      dropLater(wanderer, DROP_EVERY_MS * (1 + SPREAD * (2 * chance() - 1)));
    }, inMs);
    timers.add(timer);
  };
  for (const wanderer of wanderers) dropLater(wanderer, chance() * DROP_EVERY_MS);
  return {
    stop() {
      for (const timer of timers) clearTimeout(timer);
      return drops;
    },
  };
}
