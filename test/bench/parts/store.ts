/**
 * The store by itself. Through the server: durable sends by number of senders. Asked directly, in the generator's
 * process: how long a page of history and a search take in rooms of 1,000 to a million entries, and how long a search
 * takes over all of somebody's rooms. A search is that for whichever of several queries takes longest.
 */
import type { Store } from '../../../server/domain/ports.ts';
import { isOurs, OURS } from '../contenders/kind.ts';
import { flood } from '../flood.ts';
import { Latencies } from '../latencies.ts';
import type { Options, Part, Sample, Target } from '../part.ts';
import { openFilled, type Filled, type Hall } from '../filled-store.ts';

const SENDERS = [1, 10, 50, 200];
const PAGE = 50;
const HITS = 20;
const NONE = { lost: 0, again: 0, misordered: 0, strange: 0 };

/** What finds much, little and nothing; of one character, of a pair, of a word, of many pairs that seldom meet. */
const QUERIES = ['三点', '的', '茶', 'budget', 'e', 'xyzzy', '一是不了在人有我'];

export const store: Part = {
  name: 'store',
  title: 'durable sends by senders; a page and a search in rooms of 1,000 to a million entries',
  defaults: { sockets: 200, seconds: 2, warmUpSeconds: 0.5, rounds: 1, entries: 1_000_000 },
  quick: { seconds: 0.5, warmUpSeconds: 0.3, entries: 10_000 },
  quickWith: [OURS],
  columns: [
    { metric: 'aSecond', title: 'a second', scale: 1, digits: 0 },
    { metric: 'tookP50', title: 'p50 ms', scale: 1, digits: 2 },
    { metric: 'tookP95', title: 'p95 ms', scale: 1, digits: 2 },
    { metric: 'tookP99', title: 'p99 ms', scale: 1, digits: 2 },
    { metric: 'tookMax', title: 'max ms', scale: 1, digits: 1 },
  ],
  suits: (contender) => isOurs(contender) && !contender.name.startsWith('chahua-nodes'),
  async generate(target, options) {
    const samples: Sample[] = [];
    for (const sockets of SENDERS.filter((count) => count <= options.sockets)) {
      samples.push(await sends(target, { ...options, sockets }, samples.length * options.sockets));
    }
    const filled = await openFilled(target.contender.name, options.entries ?? 1_000);
    try {
      for (const hall of filled.halls) samples.push(...(await pages(filled.store, hall, options)));
      for (const hall of [...filled.halls, ...filled.everywhere])
        samples.push(await searches(filled, hall, options));
    } finally {
      await filled.close();
    }
    return samples;
  },
};

async function sends(target: Target, options: Options, firstIndex: number): Promise<Sample> {
  const { metrics, faults } = await flood(target, options, firstIndex);
  const { ackedPerSecond = NaN, ackP50 = NaN, ackP95 = NaN, ackP99 = NaN, ackMax = NaN } = metrics;
  const took = { tookP50: ackP50, tookP95: ackP95, tookP99: ackP99, tookMax: ackMax };
  return {
    shape: `sends, ${options.sockets} senders`,
    metrics: { ...metrics, aSecond: ackedPerSecond, ...took },
    faults,
  };
}

async function pages(
  asked: Store,
  { room, title, entries, note }: Hall,
  options: Options,
): Promise<Sample[]> {
  const ranges = { newest: { limit: PAGE }, middle: { limit: PAGE, before: Math.ceil(entries / 2) } };
  const samples: Sample[] = [];
  for (const [where, range] of Object.entries(ranges)) {
    const metrics = await repeat(() => asked.page(room ?? '', range), options);
    samples.push({
      shape: `${where} page, ${title}`,
      metrics,
      faults: NONE,
      ...(note !== undefined && { note }),
    });
  }
  return samples;
}

async function searches({ store: asked }: Filled, hall: Hall, options: Options): Promise<Sample> {
  let worst: { query: string; metrics: Record<string, number> } | undefined;
  for (const query of QUERIES) {
    const wanted = { query, limit: HITS, ...(hall.room !== undefined && { room: hall.room }) };
    const metrics = await repeat(() => asked.search(hall.user, wanted), options);
    if (!worst || metrics['tookP99']! > worst.metrics['tookP99']!) worst = { query, metrics };
  }
  const notes = [hall.note, `longest: ${worst?.query ?? ''}`].filter((note) => note !== undefined);
  return {
    shape: `search, ${hall.title}`,
    metrics: worst?.metrics ?? {},
    faults: NONE,
    note: notes.join('; '),
  };
}

/** One after the other, for as long as it is measured. */
async function repeat(ask: () => Promise<unknown>, options: Options): Promise<Record<string, number>> {
  const took = new Latencies();
  const began = performance.now();
  for (let warm = false; ;) {
    const before = performance.now();
    await ask();
    const now = performance.now();
    if (warm) took.add(now - before);
    else warm = now - began > options.warmUpSeconds * 250;
    if (took.count > 0 && now - began > (options.warmUpSeconds + options.seconds) * 250) break;
  }
  const { tookP50 = NaN } = took.summary('took');
  return { aSecond: 1_000 / tookP50, ...took.summary('took') };
}
