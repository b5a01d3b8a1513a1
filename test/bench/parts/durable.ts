/**
 * How many sends a second are acknowledged after they are durable, and how long that takes: all sockets of one room
 * send, each keeps a window of unanswered sends open. Every entry is still counted at every socket.
 */
import { Crowd } from '../crowd.ts';
import { rigMetrics, startMeter } from '../machine.ts';
import { RIG_COLUMNS, type Part } from '../part.ts';
import { percentile } from '../statistics.ts';

/** Unanswered sends of one socket. */
const WINDOW = 20;

export const durable: Part = {
  name: 'durable',
  title: 'one room, everybody sends 128-byte texts: sends acknowledged after fsync',
  defaults: { sockets: 50, seconds: 5, warmUpSeconds: 2, rounds: 5 },
  quick: { seconds: 3, warmUpSeconds: 1 },
  columns: [
    { metric: 'ackedPerSecond', title: 'acked/s', scale: 1, digits: 0 },
    { metric: 'ackP50', title: 'ack p50 ms', scale: 1, digits: 1 },
    { metric: 'ackP99', title: 'ack p99 ms', scale: 1, digits: 1 },
    { metric: 'perSecond', title: 'deliveries/s (M)', scale: 1e6, digits: 3 },
    ...RIG_COLUMNS,
  ],
  suits: (contender) => contender.ack === 'fsynced',
  async generate(target, { sockets, seconds, warmUpSeconds }) {
    const senders: number[] = [];
    const crowd = await Crowd.gather(target, { sockets, senderOf: (number) => senders[number]! });
    const flood = new Flood(crowd, senders);
    await crowd.whole(flood.run(warmUpSeconds));
    const before = crowd.deliveries.total;
    flood.latencies.length = 0;
    const stopMeter = startMeter(target.pid);
    await crowd.whole(flood.run(seconds));
    const usage = stopMeter();
    const latencies = Float64Array.from(flood.latencies).sort();
    const metrics = {
      ackedPerSecond: latencies.length / usage.seconds,
      ackP50: percentile(latencies, 0.5),
      ackP99: percentile(latencies, 0.99),
      perSecond: (crowd.deliveries.total - before) / usage.seconds,
      ...rigMetrics(usage),
    };
    const faults = await crowd.disperse();
    return [{ shape: `${sockets} × ${WINDOW} in flight`, metrics, faults }];
  },
};

/** Keeps every socket's window full for a time, then waits until all is acknowledged and everywhere. */
class Flood {
  /** Milliseconds from write to acknowledgement. */
  readonly latencies: number[] = [];
  readonly #crowd: Crowd;
  readonly #senders: number[];
  readonly #sentAt: number[] = [];
  readonly #free: number[];
  #unacked = 0;
  #incomplete = 0;
  #refill: NodeJS.Immediate | null = null;
  #until = 0;
  #done: () => void = () => undefined;

  constructor(crowd: Crowd, senders: number[]) {
    this.#crowd = crowd;
    this.#senders = senders;
    this.#free = crowd.clients.map(() => WINDOW);
    for (const client of crowd.clients) client.onAck = (number) => this.#acked(number);
    crowd.onComplete = () => {
      this.#incomplete--;
      this.#settle();
    };
  }

  run(seconds: number): Promise<void> {
    this.#until = performance.now() + seconds * 1000;
    return new Promise((resolve) => {
      this.#done = resolve;
      this.#send();
    });
  }

  #acked(number: number): void {
    this.latencies.push(performance.now() - this.#sentAt[number]!);
    this.#unacked--;
    this.#free[this.#senders[number]!]!++;
    if (this.#refill === null) this.#refill = setImmediate(() => this.#send());
    this.#settle();
  }

  #send(): void {
    this.#refill = null;
    const now = performance.now();
    if (now >= this.#until) {
      this.#settle();
      return;
    }
    for (const [index, client] of this.#crowd.clients.entries()) {
      const count = this.#free[index]!;
      if (count === 0) continue;
      const numbers = Array.from({ length: count }, () => this.#crowd.deliveries.next());
      for (const number of numbers) {
        this.#senders[number] = index;
        this.#sentAt[number] = now;
      }
      this.#free[index] = 0;
      this.#unacked += count;
      this.#incomplete += count;
      client.send(this.#crowd.room, numbers);
    }
  }

  #settle(): void {
    if (this.#unacked === 0 && this.#incomplete === 0 && performance.now() >= this.#until) this.#done();
  }
}
