/**
 * Part L, open loop: message n is due at t0 + n/λ and nobody waits for an answer. Latency counts from when a message
 * was due, at every socket, so that a server that stalls is charged for all that waited (no coordinated omission).
 * λ climbs a ladder until a step fails: a loss, a double, a wrong order, or p99 over 100 ms. The score is the highest
 * step that passed, in deliveries a second; the percentiles are those at half of it.
 */
import { Crowd } from '../crowd.ts';
import { Latencies } from '../latencies.ts';
import { rigMetrics, startMeter } from '../machine.ts';
import { RIG_COLUMNS, type Part, type Sample, type Target } from '../part.ts';

interface Shape {
  name: string;
  /** Everybody is in one of so many rooms of equal size. */
  rooms: number;
  /** Messages a second, all rooms together. */
  ladder: readonly number[];
}

const SHAPES: readonly Shape[] = [
  { name: 'rooms', rooms: 25, ladder: [250, 500, 1_000, 2_000, 4_000, 6_000, 8_000, 12_000, 16_000] },
  { name: 'big', rooms: 1, ladder: [50, 100, 200, 400, 800, 1_200, 1_600, 2_400] },
];
const PASS_P99_MS = 100;
/** Timers of Node have a grain of 1 ms; a generator that is later than this is not to be believed. */
const LATE_P99_MS = 3;
const GENERATOR_CORES = 0.8;
const DRAIN_MS = 1_000;

export const latency: Part = {
  name: 'latency',
  title: 'part L: open loop, latency from due time; the highest rate with p99 ≤ 100 ms and no loss',
  defaults: { sockets: 500, seconds: 10, warmUpSeconds: 2, rounds: 5 },
  quick: { seconds: 1.5, warmUpSeconds: 0.5 },
  columns: [
    { metric: 'score', title: 'deliveries/s (k)', scale: 1e3, digits: 0 },
    { metric: 'halfP50', title: 'p50 ms at half', scale: 1, digits: 2 },
    { metric: 'halfP99', title: 'p99', scale: 1, digits: 2 },
    { metric: 'halfP999', title: 'p99.9', scale: 1, digits: 2 },
    { metric: 'halfMax', title: 'max', scale: 1, digits: 1 },
    { metric: 'cpuPerMillion', title: 'server CPU-s per M', scale: 1, digits: 2 },
    ...RIG_COLUMNS,
  ],
  suits: () => true,
  async generate(target, options) {
    const samples: Sample[] = [];
    for (const shape of SHAPES) samples.push(await climb(target, shape, options));
    return samples;
  },
};

interface Step {
  rate: number;
  latencies: Record<string, number>;
  verdict: 'passed' | 'slow' | 'lossy' | 'generator';
  cpuPerMillion: number;
  figures: Record<string, number>;
}

async function climb(
  target: Target,
  shape: Shape,
  { sockets, seconds, warmUpSeconds }: { sockets: number; seconds: number; warmUpSeconds: number },
): Promise<Sample> {
  const size = Math.floor(sockets / shape.rooms);
  const rooms: Crowd[] = [];
  for (let room = 0; room < shape.rooms; room++) {
    const most = (seconds + warmUpSeconds) * shape.ladder.reduce((sum, rate) => sum + 1.5 * rate, 0);
    rooms.push(
      await Crowd.gather(target, {
        sockets: size,
        senderOf: (number) => number % size,
        firstIndex: room * size,
        messages: Math.ceil(most / shape.rooms),
      }),
    );
  }
  const run = new OpenLoop(rooms, size, target);
  const times = { seconds, warmUpSeconds };
  const passed: Step[] = [];
  let failed: Step | undefined;
  for (const rate of shape.ladder) {
    const step = await run.step(rate, times);
    if (step.verdict !== 'passed') {
      failed = step;
      break;
    }
    passed.push(step);
  }
  const best = passed.at(-1);
  const half = best && (await run.step(best.rate / 2, times));
  const faults = { lost: 0, again: 0, misordered: 0, strange: 0 };
  for (const room of rooms) {
    const more = await room.disperse();
    for (const name of Object.keys(faults) as (keyof typeof faults)[]) faults[name] += more[name];
  }
  const metrics = {
    score: (best?.rate ?? 0) * size,
    ...half?.latencies,
    cpuPerMillion: half?.cpuPerMillion ?? NaN,
    ...half?.figures,
  };
  return { shape: `${shape.name}: ${shape.rooms} × ${size}`, metrics, faults, note: endOf(failed) };
}

function endOf(failed: Step | undefined): string {
  if (!failed) return 'end of the ladder';
  const why = { slow: 'p99', lossy: 'loss', generator: 'the generator', passed: '' }[failed.verdict];
  return `${failed.rate}/s failed: ${why}`;
}

/** Sends on a schedule that nothing holds up. */
class OpenLoop {
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

  async step(rate: number, times: { seconds: number; warmUpSeconds: number }): Promise<Step> {
    await this.#send(rate, times.warmUpSeconds, 'warming up');
    await this.#drained();
    const before = this.#total();
    this.#latencies.clear();
    this.#lateness.clear();
    const stopMeter = startMeter(this.#target.pid);
    const sent = await this.#send(rate, times.seconds, 'measuring');
    const usage = stopMeter();
    const isWhole = await this.#drained();
    const delivered = this.#total() - before;
    const latencies = this.#latencies.summary('half');
    const late = this.#lateness.summary('late');
    const generatorCores = usage.generatorCpuSeconds / usage.seconds;
    const missing = sent * this.#size - delivered;
    const isLate = late['lateP99']! > LATE_P99_MS || generatorCores > GENERATOR_CORES;
    const isSlow = latencies['halfP99']! > PASS_P99_MS;
    const isLossy = missing > 0 || !isWhole;
    // What the generator could not do says nothing about the server; but a loss is one.
    const verdict = isLossy ? 'lossy' : isLate ? 'generator' : isSlow ? 'slow' : 'passed';
    return {
      rate,
      latencies,
      verdict,
      cpuPerMillion: (usage.serverCpuSeconds / delivered) * 1e6,
      figures: {
        ...rigMetrics(usage),
      },
    };
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
    const until = performance.now() + 5 * DRAIN_MS;
    const isAwaited = () => this.#rooms.some((room) => room.deliveries.isAwaiting);
    while (isAwaited() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    return !isAwaited();
  }
}
