/**
 * Everyday latency: half of the sockets sit there, the other half come and go, and one message a second goes to
 * everybody. Latency counts from when the message was due, at every socket that is connected then.
 */
import { random } from '../../faults/random.ts';
import { Crowd } from '../crowd.ts';
import { Latencies } from '../latencies.ts';
import { rigMetrics, startMeter } from '../machine.ts';
import { RIG_COLUMNS, type Part } from '../part.ts';
import { Wanderer } from '../wanderer.ts';

const EVERY_MS = 1_000;
/** How long one who comes and goes stays, ± half of it, and is away. */
const STAY_MS = 10_000;
const DOWN_MS = 500;
const DRAIN_MS = 3_000;
const SEED = 20_261_127;

export const everyday: Part = {
  name: 'everyday',
  title: 'half idle, half coming and going, 1 message/s to all: latency from due time to connected sockets',
  defaults: { sockets: 1_000, seconds: 30, warmUpSeconds: 1, rounds: 5 },
  quick: { sockets: 400, seconds: 8 },
  columns: [
    { metric: 'liveP50', title: 'p50 ms', scale: 1, digits: 2 },
    { metric: 'liveP95', title: 'p95 ms', scale: 1, digits: 2 },
    { metric: 'liveP99', title: 'p99 ms', scale: 1, digits: 2 },
    { metric: 'liveMax', title: 'max ms', scale: 1, digits: 1 },
    { metric: 'returns', title: 'returns/s', scale: 1, digits: 0 },
    ...RIG_COLUMNS,
  ],
  mayLose: true,
  suits: () => true,
  async generate(target, { sockets, seconds }) {
    const crowd = await Crowd.gather(target, { sockets, senderOf: () => 0, messages: seconds + 10 });
    const { below } = random(SEED);
    const chance = () => below(1e6) / 1e6;
    const dueAt: number[] = [];
    const live = new Latencies();
    let returns = 0;
    const wanderers = crowd.clients.map(
      (_, index) => new Wanderer(index, { crowd, target, random: chance, onBack: () => returns++ }),
    );
    for (const wanderer of wanderers) wanderer.follow();
    crowd.onArrival = (number, socket) => {
      const wanderer = wanderers[socket]!;
      const due = dueAt[number]!;
      if (!wanderer.isAway && wanderer.backAt < due) live.add(performance.now() - due);
    };
    const timers = wanderers
      .slice(sockets / 2)
      .map((wanderer) =>
        setTimeout(
          () => timers.push(setInterval(() => wanderer.drop(DOWN_MS), STAY_MS * (0.5 + chance()))),
          chance() * STAY_MS,
        ),
      );
    const meter = startMeter(target.pid);
    const from = performance.now();
    for (let count = 0; count < (seconds * 1000) / EVERY_MS; count++) {
      const due = from + count * EVERY_MS;
      await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
      const number = crowd.deliveries.next();
      dueAt[number] = due;
      crowd.clients[0]!.send(crowd.room, [number]);
    }
    const usage = meter();
    for (const timer of timers) clearTimeout(timer);
    await new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
    for (const wanderer of wanderers) wanderer.finish();
    const metrics = {
      ...live.summary('live'),
      returns: returns / seconds,
      ...rigMetrics(usage),
    };
    return [{ shape: `${sockets} sockets`, metrics, faults: await crowd.disperse() }];
  },
};
