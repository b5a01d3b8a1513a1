/**
 * Restart storm: everybody is connected, the server gets SIGTERM and is started again, and all come back as their own
 * library would. One sender keeps 10 messages a second; what was not acknowledged when its connection went it sends
 * again under the same id where the server knows such ids. Time to resumed counts from the SIGTERM.
 */
import { aloneBut } from '../contenders/kind.ts';
import type { Crowd } from '../crowd.ts';
import { Latencies } from '../latencies.ts';
import { RIG_COLUMNS, type Part } from '../part.ts';
import { residentBytesOf } from '../machine.ts';
import { Travel } from '../travel.ts';
import type { Wanderer } from '../wanderer.ts';

const SEND_EVERY_MS = 100;
/** Who is not back by then never comes back. */
const PATIENCE_MS = 60_000;
/** All that was sent arrives everywhere within this of the last return. */
const DRAIN_MS = 3_000;
/** The joins of all, each told to all, have arrived within this of the last. */
const SETTLE_MS = 60_000;
const SEED = 20_261_126;

export const storm: Part = {
  name: 'storm',
  title: 'part S: SIGTERM and start with everybody connected; time from the SIGTERM until resumed',
  defaults: { sockets: 5_000, seconds: 3, warmUpSeconds: 1, rounds: 1 },
  quick: { sockets: 500, seconds: 0.5 },
  columns: [
    { metric: 'back', title: 'back %', scale: 0.01, digits: 2 },
    { metric: 'never', title: 'never back', scale: 1, digits: 0 },
    { metric: 'resumedP50', title: 'p50 ms', scale: 1, digits: 0 },
    { metric: 'resumedP95', title: 'p95 ms', scale: 1, digits: 0 },
    { metric: 'resumedP99', title: 'p99 ms', scale: 1, digits: 0 },
    { metric: 'downMs', title: 'server down ms', scale: 1, digits: 0 },
    { metric: 'failures', title: 'failed tries', scale: 1, digits: 0 },
    { metric: 'lost', title: 'lost', scale: 1, digits: 0 },
    ...RIG_COLUMNS.filter(({ metric }) => metric === 'residentBytes'),
  ],
  mayLose: true,
  // What keeps nothing and has no client of its own has nothing to come back to.
  suits: aloneBut('uws', 'ws', 'socket.io+csr'),
  async generate(target, { sockets, seconds, warmUpSeconds }) {
    const resumed = new Latencies();
    let stoppedAt = 0;
    let settle: () => void = () => undefined;
    const away = new Set(Array.from({ length: sockets }, (_, index) => index));
    const allBack = new Promise<void>((resolve) => (settle = resolve));
    const travel = await Travel.gather(target, {
      sockets,
      messages: 10_000,
      seed: SEED,
      onBack: (index) => {
        if (!away.delete(index)) return;
        resumed.add(performance.now() - stoppedAt);
        if (away.size === 0) settle();
      },
    });
    const { crowd, wanderers } = travel;

    // Who is cut off with thousands of joins still on their way pages through them, which is another storm.
    await travel.broadcast(SEND_EVERY_MS / 1_000, SEND_EVERY_MS);
    await travel.arrive(SETTLE_MS);
    const sender = new Sender(crowd, wanderers[0]!, target.contender.ack !== 'none');
    await pause(warmUpSeconds * 1000);
    stoppedAt = performance.now();
    const restarted = target.restart().then(() => performance.now() - stoppedAt);
    await Promise.race([allBack, pause(PATIENCE_MS)]);
    await pause(seconds * 1000);
    sender.stop();
    await travel.arrive(DRAIN_MS);

    const { failures } = travel;
    const { faults, history } = await travel.end();
    const metrics = {
      back: 1 - away.size / sockets,
      never: away.size,
      ...resumed.summary('resumed'),
      downMs: await restarted,
      failures,
      lost: faults.lost,
      residentBytes: residentBytesOf(target.pids),
    };
    return [{ shape: `${sockets} clients`, metrics, faults, history }];
  },
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends ten a second while it is connected, and again what was not acknowledged. */
class Sender {
  readonly #crowd: Crowd;
  readonly #wanderer: Wanderer;
  readonly #unacked = new Set<number>();
  readonly #timer: NodeJS.Timeout;
  readonly #resends: boolean;
  #heardOf: unknown;

  constructor(crowd: Crowd, wanderer: Wanderer, resends: boolean) {
    this.#crowd = crowd;
    this.#wanderer = wanderer;
    this.#resends = resends;
    this.#timer = setInterval(() => this.#send(), SEND_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #send(): void {
    if (this.#wanderer.isAway) return;
    const client = this.#crowd.clients[this.#wanderer.index]!;
    client.onAck = (number) => this.#unacked.delete(number);
    if (this.#heardOf !== client && this.#unacked.size > 0) client.send(this.#crowd.room, [...this.#unacked]);
    this.#heardOf = client;
    const number = this.#crowd.deliveries.next();
    if (this.#resends) this.#unacked.add(number);
    client.send(this.#crowd.room, [number]);
  }
}
