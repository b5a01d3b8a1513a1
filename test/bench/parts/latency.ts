/**
 * Part L, open loop (open-loop.ts): the highest rate of a ladder that a server bears, in deliveries a second, with p99
 * at 100 ms at most, no loss, no double and no wrong order; and its latency at half of that. Short steps find where
 * the ladder ends; from there down a rung is tried at full length until one passes. A step in which the generator was
 * late is void, tried once more, and ends the climb with words that say so.
 */
import { aloneBut } from '../contenders/kind.ts';
import { Crowd } from '../crowd.ts';
import type { DeliveryFaults } from '../deliveries.ts';
import { GENERATOR_CORES, OpenLoop, type Step, type Times } from '../open-loop.ts';
import { RIG_COLUMNS, type Options, type Part, type Sample, type Target } from '../part.ts';

interface Shape {
  name: string;
  /** Everybody is in one of so many rooms of equal size. */
  rooms: number;
  /** Messages a second, all rooms together. */
  ladder: readonly number[];
}

const SHAPES: readonly Shape[] = [
  {
    name: 'rooms',
    rooms: 25,
    ladder: [500, 1_000, 2_000, 3_000, 4_000, 6_000, 8_000, 10_000, 12_000, 16_000, 20_000, 24_000],
  },
  { name: 'big', rooms: 1, ladder: [50, 100, 200, 300, 400, 600, 800, 1_000, 1_200, 1_600, 2_000, 2_400] },
];
/** Rungs that are tried at full length; where none of them passes, there is no score. */
const MOST_TRIED = 4;
const LOOK: Times = { seconds: 0.5, warmUpSeconds: 0.1 };

export const latency: Part = {
  name: 'latency',
  title: 'part L: open loop, latency from due time; the highest rate with p99 ≤ 100 ms and no loss',
  defaults: { sockets: 500, seconds: 4, warmUpSeconds: 1, rounds: 1 },
  quick: { seconds: 1, warmUpSeconds: 0.2 },
  quickWith: ['centrifugo', 'chahua'],
  columns: [
    { metric: 'score', title: 'deliveries/s (k)', scale: 1e3, digits: 0 },
    { metric: 'halfP50', title: 'p50 ms at half', scale: 1, digits: 2 },
    { metric: 'halfP99', title: 'p99', scale: 1, digits: 2 },
    { metric: 'halfP999', title: 'p99.9', scale: 1, digits: 2 },
    { metric: 'halfMax', title: 'max', scale: 1, digits: 1 },
    { metric: 'lateP99', title: 'generator late p99', scale: 1, digits: 2 },
    { metric: 'cpuPerMillion', title: 'server CPU-s per M', scale: 1, digits: 2 },
    ...RIG_COLUMNS,
  ],
  wantsProof: true,
  provedAs: () => '1 in flight',
  suits: aloneBut('socket.io+csr'),
  async generate(target, options) {
    const samples: Sample[] = [];
    for (const shape of SHAPES) samples.push(await climb(target, shape, options));
    return samples;
  },
};

async function climb(target: Target, shape: Shape, options: Options): Promise<Sample> {
  const ground = new Ground(target, shape, options);
  await ground.clear();
  const passing: number[] = [];
  let ended: Step | undefined;
  for (const rate of shape.ladder) {
    const step = await ground.step(rate, LOOK);
    if (isEnd(step)) {
      ended = step;
      break;
    }
    passing.push(rate);
  }
  let best: Step | undefined;
  for (const rate of passing.reverse().slice(0, MOST_TRIED)) {
    // What did not get through before must not lie in the way.
    if (ended) await ground.clear();
    const step = await ground.step(rate, options);
    if (step.verdict === 'passed') {
      best = step;
      break;
    }
    ended = step;
  }
  const half = best && (await ground.step(best.rate / 2, options));
  await ground.leave();
  const metrics = { ...half?.metrics, score: (best?.rate ?? 0) * ground.size };
  return {
    shape: `${shape.name}: ${shape.rooms} × ${ground.size}`,
    metrics,
    faults: ground.faults,
    note: endOf(ended),
  };
}

/** Of a look: a generator that was late once says nothing, one that has no more to give ends the ladder. */
const isEnd = ({ verdict, metrics }: Step): boolean =>
  verdict === 'void' ? (metrics['generatorCores'] ?? 0) > GENERATOR_CORES : verdict !== 'passed';

function endOf(ended: Step | undefined): string {
  if (!ended) return 'end of the ladder';
  const why = {
    slow: 'failed: p99',
    lossy: 'failed: loss',
    void: 'void: the generator was late',
    passed: '',
  };
  return `${ended.rate}/s ${why[ended.verdict]}`;
}

/** The rooms of a climb. After a step that failed there may be sockets that are gone: then they are made anew. */
class Ground {
  readonly size: number;
  /** Of the steps that passed; beyond what a server bears, a loss is an answer, but a double never is. */
  readonly faults: DeliveryFaults = { lost: 0, again: 0, misordered: 0, strange: 0 };
  readonly #target: Target;
  readonly #shape: Shape;
  readonly #most: number;
  #rooms: Crowd[] = [];
  #loop: OpenLoop | undefined;
  #hasFailed = false;

  constructor(target: Target, shape: Shape, { sockets, seconds, warmUpSeconds }: Options) {
    this.#target = target;
    this.#shape = shape;
    this.size = Math.floor(sockets / shape.rooms);
    const [first = 0, last = 0] = [shape.ladder[0], shape.ladder.at(-1)];
    const looks = shape.ladder.reduce((sum, rate) => sum + 2 * rate, 0);
    this.#most = Math.ceil((looks + (first + 4 * last) * (seconds + warmUpSeconds)) / shape.rooms) + 100;
  }

  async clear(): Promise<void> {
    await this.leave();
    for (let room = 0; room < this.#shape.rooms; room++) {
      this.#rooms.push(
        await Crowd.gather(this.#target, {
          sockets: this.size,
          senderOf: (number) => number % this.size,
          firstIndex: room * this.size,
          messages: this.#most,
        }),
      );
    }
    this.#loop = new OpenLoop(this.#rooms, this.size, this.#target);
  }

  async step(rate: number, times: Times): Promise<Step> {
    if (!this.#loop) throw new Error('nobody is there');
    let step = await this.#loop.step(rate, times);
    if (step.verdict === 'void') step = await this.#loop.step(rate, times);
    this.#hasFailed ||= step.verdict === 'lossy';
    return step;
  }

  async leave(): Promise<void> {
    const rooms = this.#rooms;
    this.#rooms = [];
    for (const { lost, again, misordered, strange } of await Promise.all(
      rooms.map((room) => room.disperse()),
    )) {
      this.faults.lost += this.#hasFailed ? 0 : lost;
      this.faults.again += again;
      this.faults.misordered += misordered;
      this.faults.strange += strange;
    }
    this.#hasFailed = false;
  }
}
