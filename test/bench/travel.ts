/**
 * A crowd whose members lose their connections and come back, to which one of them says something at fixed times.
 * Owns when each message was due and who was away; remembers what led to a loss, so that nobody has to guess whether
 * it was the server, this rig or its counting.
 */
import { random } from '../faults/random.ts';
import { Crowd } from './crowd.ts';
import type { DeliveryFaults } from './deliveries.ts';
import type { Target } from './part.ts';
import { Wanderer } from './wanderer.ts';

export interface Journey {
  sockets: number;
  messages: number;
  /** The same seed: the same journeys, for every contender and in every round. */
  seed: number;
  onBack?: (index: number) => void;
}

/** With everybody back, what has not come after so long was lost. */
const SILENCE_MS = 3_000;
/** Losses that are told in full. */
const MOST_TOLD = 50;

export class Travel {
  readonly crowd: Crowd;
  readonly wanderers: readonly Wanderer[];
  /** In [0, 1), from the seed. */
  readonly chance: () => number;
  /** A message is at the socket of this traveller; `due`: when it was to be sent, `performance.now()`. */
  onArrival: (wanderer: Wanderer, due: number) => void = () => undefined;
  readonly #dueAt: number[] = [];

  private constructor(target: Target, crowd: Crowd, { seed, onBack = () => undefined }: Journey) {
    this.crowd = crowd;
    const { below } = random(seed);
    this.chance = () => below(1e6) / 1e6;
    this.wanderers = crowd.clients.map(
      (_, index) => new Wanderer(index, { crowd, target, random: this.chance, onBack }),
    );
    for (const wanderer of this.wanderers) wanderer.follow();
    crowd.onArrival = (number, socket) => {
      const due = this.#dueAt[number];
      if (due !== undefined) this.onArrival(this.wanderers[socket]!, due);
    };
  }

  static async gather(target: Target, journey: Journey): Promise<Travel> {
    const { sockets, messages } = journey;
    const crowd = await Crowd.gather(target, { sockets, senderOf: () => 0, messages });
    return new Travel(target, crowd, journey);
  }

  /** Failed tries of all to come back. */
  get failures(): number {
    return this.wanderers.reduce((sum, wanderer) => sum + wanderer.failures, 0);
  }

  /** From the first client, which must stay: nobody is to wonder whether a message was lost on its way in. */
  async broadcast(seconds: number, everyMs: number): Promise<void> {
    const from = performance.now();
    for (let count = 0; count < (seconds * 1_000) / everyMs; count++) {
      const due = from + count * everyMs;
      await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
      const number = this.crowd.deliveries.next();
      this.#dueAt[number] = due;
      this.crowd.clients[0]!.send(this.crowd.room, [number]);
    }
  }

  /** Until everything is everywhere and everybody is back, or nothing has come any more for a while; at most `mostMs`. */
  async arrive(mostMs: number): Promise<void> {
    const { deliveries } = this.crowd;
    const until = performance.now() + mostMs;
    const isAnyAway = () => this.wanderers.some(({ isAway }) => isAway);
    let [total, changedAt] = [-1, 0];
    while ((deliveries.isAwaiting || isAnyAway()) && performance.now() < until) {
      if (isAnyAway() || deliveries.total !== total)
        [total, changedAt] = [deliveries.total, performance.now()];
      if (performance.now() - changedAt > SILENCE_MS) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Ends the session. */
  async end(): Promise<{ faults: DeliveryFaults; history: string[] }> {
    for (const wanderer of this.wanderers) wanderer.finish();
    const faults = await this.crowd.disperse();
    return { faults, history: this.#history() };
  }

  #history(): string[] {
    const [from = 0] = this.#dueAt;
    const at = (time: number | undefined): string =>
      time === undefined ? 'never' : (time - from).toFixed(1);
    return this.crowd.deliveries.missing(MOST_TOLD).map(({ socket, number }) => {
      const travels = this.wanderers[socket]!.travels.map(
        ({ lostAt, backAt }) => `${at(lostAt)}–${at(backAt)}`,
      );
      return `socket ${socket} never had message ${number}, due ${at(this.#dueAt[number])}; away ${travels.join(', ')}`;
    });
  }
}
