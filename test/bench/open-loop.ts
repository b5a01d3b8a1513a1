/**
 * Part L's load: message n is due at t0 + n/λ and nobody waits for an answer. Latency counts from when a message was
 * due, at every socket, so that a server that stalls is charged for all that waited (no coordinated omission).
 */
import type { Crowd } from './crowd.ts';
import { Latencies } from './latencies.ts';
import { rigMetrics, startMeter } from './machine.ts';
import type { Target } from './part.ts';

const PASS_P99_MS = 100;
/**
 * Timers of Node have a grain of 1 ms, and reading a message at 500 sockets takes longer than that; a generator that is
 * later than this is not to be believed. What it is late counts against the server: latency is from the due time.
 */
const LATE_P99_MS = 3;
export const GENERATOR_CORES = 0.8;
const DRAIN_MS = 5_000;

export interface Times {
  seconds: number;
  warmUpSeconds: number;
}

export interface Step {
  rate: number;
  /** `void`: the generator could not keep its schedule, so it says nothing about the server. */
  verdict: 'passed' | 'slow' | 'lossy' | 'void';
  metrics: Record<string, number>;
}

/** Sends on a schedule that nothing holds up. */
export class OpenLoop {
  readonly #rooms: readonly Crowd[];
  readonly #size: number;
  readonly #target: Target;
  /** By room, by number: when it was due, `performance.now()`; 0 while warming up. */
  readonly #due: number[][];
  readonly #latencies = new Latencies();
  readonly #lateness = new Latencies();
  #next = 0;

  constructor(rooms: readonly Crowd[], size: number, target: Target) {
    this.#rooms = rooms;
    this.#size = size;
    this.#target = target;
    this.#due = rooms.map(() => []);
    rooms.forEach((room, index) => {
      const due = this.#due[index]!;
      room.onArrival = (number) => {
        const at = due[number]!;
        if (at > 0) this.#latencies.add(performance.now() - at);
      };
    });
  }

  async step(rate: number, times: Times): Promise<Step> {
    await this.#send(rate, times.warmUpSeconds, 'warming up');
    await this.#drained();
    const before = this.#total();
    this.#latencies.clear();
    this.#lateness.clear();
    const stopMeter = startMeter(this.#target.pids);
    const sent = await this.#send(rate, times.seconds, 'measuring');
    const usage = stopMeter();
    const isWhole = await this.#drained();
    const delivered = this.#total() - before;
    const { lateP99 = NaN } = this.#lateness.summary('late');
    const latencies = this.#latencies.summary('half');
    const metrics = {
      ...latencies,
      lateP99,
      cpuPerMillion: (usage.serverCpuSeconds / delivered) * 1e6,
      ...rigMetrics(usage),
    };
    const isLossy = !isWhole || sent * this.#size > delivered;
    const isLate = lateP99 > LATE_P99_MS || usage.generatorCpuSeconds / usage.seconds > GENERATOR_CORES;
    const isSlow = (latencies['halfP99'] ?? NaN) > PASS_P99_MS;
    // What the generator could not do says nothing about the server; but a loss is one.
    const verdict = isLossy ? 'lossy' : isLate ? 'void' : isSlow ? 'slow' : 'passed';
    return { rate, verdict, metrics };
  }

  /** Resolves with how many were sent. */
  #send(rate: number, seconds: number, phase: 'warming up' | 'measuring'): Promise<number> {
    const from = performance.now();
    const count = Math.round(rate * seconds);
    let sent = 0;
    return new Promise((resolve) => {
      const tick = () => {
        const now = performance.now();
        for (; sent < count; sent++) {
          const due = from + (sent * 1000) / rate;
          if (due > now) break;
          if (phase === 'measuring') this.#lateness.add(now - due);
          this.#sendOne(phase === 'measuring' ? due : 0);
        }
        if (sent === count) resolve(count);
        else setTimeout(tick, 1);
      };
      tick();
    });
  }

  #sendOne(due: number): void {
    const n = this.#next++;
    const index = n % this.#rooms.length;
    const room = this.#rooms[index]!;
    const number = room.deliveries.next();
    this.#due[index]![number] = due;
    room.clients[number % this.#size]!.send(room.room, [number]);
  }

  #total(): number {
    return this.#rooms.reduce((sum, room) => sum + room.deliveries.total, 0);
  }

  /** Whether all that was sent is everywhere after a while. */
  async #drained(): Promise<boolean> {
    const until = performance.now() + DRAIN_MS;
    const isAwaited = () => this.#rooms.some((room) => room.deliveries.isAwaiting);
    while (isAwaited() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    return !isAwaited();
  }
}
