/**
 * Everyday latency: half of the sockets sit there, the other half come and go, and one message a second goes to
 * everybody. Latency counts from when the message was due, at every socket that is connected then.
 */
import { aloneBut } from '../contenders/kind.ts';
import { Latencies } from '../latencies.ts';
import { rigMetrics, startMeter } from '../machine.ts';
import { RIG_COLUMNS, type Part } from '../part.ts';
import { Travel } from '../travel.ts';

const EVERY_MS = 1_000;
/** How long one who comes and goes stays, ± half of it, and is away. */
const STAY_MS = 10_000;
const DOWN_MS = 500;
const DRAIN_MS = 3_000;
const SETTLE_MS = 30_000;
const SEED = 20_261_127;

export const everyday: Part = {
  name: 'everyday',
  title: 'half idle, half coming and going, 1 message/s to all: latency from due time to connected sockets',
  defaults: { sockets: 1_000, seconds: 30, warmUpSeconds: 1, rounds: 1 },
  quick: { sockets: 400, seconds: 4, warmUpSeconds: 0.5 },
  columns: [
    { metric: 'liveP50', title: 'p50 ms', scale: 1, digits: 2 },
    { metric: 'liveP95', title: 'p95 ms', scale: 1, digits: 2 },
    { metric: 'liveP99', title: 'p99 ms', scale: 1, digits: 2 },
    { metric: 'liveMax', title: 'max ms', scale: 1, digits: 1 },
    { metric: 'returns', title: 'returns/s', scale: 1, digits: 0 },
    ...RIG_COLUMNS,
  ],
  mayLose: true,
  suits: aloneBut('ws', 'socket.io+csr'),
  async generate(target, { sockets, seconds, warmUpSeconds }) {
    let returns = 0;
    const travel = await Travel.gather(target, {
      sockets,
      messages: seconds + warmUpSeconds + 10,
      seed: SEED,
      onBack: () => returns++,
    });
    await travel.broadcast(warmUpSeconds, EVERY_MS);
    // A thousand joins, each told to all who are there, are no everyday.
    await travel.arrive(SETTLE_MS);
    const live = new Latencies();
    travel.onArrival = (wanderer, due) => {
      if (!wanderer.isAway && wanderer.backAt < due) live.add(performance.now() - due);
    };
    const timers = travel.wanderers.slice(sockets / 2).map((wanderer) => {
      const comeAndGo = () => {
        wanderer.drop(DOWN_MS);
        timers.push(setInterval(() => wanderer.drop(DOWN_MS), STAY_MS * (0.5 + travel.chance())));
      };
      return setTimeout(comeAndGo, travel.chance() * STAY_MS);
    });
    const meter = startMeter(target.pids);
    await travel.broadcast(seconds, EVERY_MS);
    const usage = meter();
    for (const timer of timers) clearTimeout(timer);
    await travel.arrive(DRAIN_MS);
    const metrics = { ...live.summary('live'), returns: returns / seconds, ...rigMetrics(usage) };
    return [{ shape: `${sockets} sockets`, metrics, ...(await travel.end()) }];
  },
};
