/**
 * Durable sends as fast as they go: all sockets of one room send, each keeps a window of unanswered sends open. Every
 * entry is still counted at every socket.
 */
import { Crowd } from './crowd.ts';
import { Latencies } from './latencies.ts';
import { rigMetrics, startMeter } from './machine.ts';
import type { Options, Sample, Target } from './part.ts';

/** Unanswered sends of one socket. */
export const WINDOW = 20;

/** @param firstIndex of the first sender; two floods of one server have no user in common */
export async function flood(
  target: Target,
  { sockets, seconds, warmUpSeconds }: Options,
  firstIndex = 0,
): Promise<Omit<Sample, 'shape'>> {
  const senders: number[] = [];
  const crowd = await Crowd.gather(target, { sockets, firstIndex, senderOf: (number) => senders[number]! });
  const senderOfAll = new Flood(crowd, senders);
  await crowd.whole(senderOfAll.run(warmUpSeconds));
  const before = crowd.deliveries.total;
  const resentOf = (): number => crowd.clients.reduce((sum, { resent = 0 }) => sum + resent, 0);
  const resentBefore = resentOf();
  senderOfAll.latencies.clear();
  const stopMeter = startMeter(target.pids);
  await crowd.whole(senderOfAll.run(seconds));
  const usage = stopMeter();
  const metrics = {
    ackedPerSecond: senderOfAll.latencies.count / usage.seconds,
    ...senderOfAll.latencies.summary('ack'),
    resent: resentOf() - resentBefore,
    perSecond: (crowd.deliveries.total - before) / usage.seconds,
    ...rigMetrics(usage),
  };
  return { metrics, faults: await crowd.disperse() };
}

/** Keeps every socket's window full for a time, then waits until all is acknowledged and everywhere. */
class Flood {
  /** Milliseconds from write to acknowledgement. */
  readonly latencies = new Latencies();
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
    this.latencies.add(performance.now() - this.#sentAt[number]!);
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
