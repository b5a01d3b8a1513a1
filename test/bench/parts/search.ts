/**
 * How long a search takes in a store of a million entries, for what finds much, little and nothing, in one room and
 * over all of a user's. Asks the store itself, on the generator's core; the server that runs beside it does nothing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../server/clock.ts';
import type { SearchQuery, Store } from '../../../server/domain/ports.ts';
import { newId } from '../../../server/ids.ts';
import { openStore } from '../../../server/store/open.ts';
import { Corpus } from '../corpus.ts';
import type { Part, Sample } from '../part.ts';
import { percentile } from '../statistics.ts';

const ENTRIES = 1_000_000;
const ROOMS = 1_000;
const BATCH = 1_000;
const NONE = { lost: 0, again: 0, misordered: 0, strange: 0 };
/** ann is in all rooms, ben in ten of the quieter ones. */
const [ANN, BEN] = ['ann', 'ben'];
const BENS = new Set(Array.from({ length: 10 }, (_, i) => `r${700 + 20 * i}`));

const QUERIES = [
  '三点',
  '今天下午三点',
  '茶',
  '的',
  '不了',
  'budget',
  'of the and',
  'e',
  'xyzzy',
  '一是不了在人有我',
];

export const search: Part = {
  name: 'search',
  title: '1 million entries in 1,000 rooms: a page of 20 hits',
  defaults: { sockets: 1, seconds: 1, warmUpSeconds: 0.2, rounds: 1 },
  quick: { seconds: 0.2 },
  columns: [
    { metric: 'p50', title: 'p50 ms', scale: 1, digits: 1 },
    { metric: 'p99', title: 'p99 ms', scale: 1, digits: 1 },
    { metric: 'max', title: 'max ms', scale: 1, digits: 1 },
    { metric: 'hits', title: 'hits', scale: 1, digits: 0 },
    { metric: 'searches', title: 'searches', scale: 1, digits: 0 },
  ],
  suits: (contender) => contender.name === 'chahua',
  async generate(_, { seconds, warmUpSeconds }) {
    const dataDir = await mkdtemp(join(tmpdir(), 'chahua-search-'));
    const store = await openStore({ dataDir, clock: systemClock, newId });
    try {
      await fill(store);
      const samples: Sample[] = [];
      for (const [where, user, room] of [
        ['the busiest room', ANN, 'r0'],
        ['a quiet room', ANN, 'r900'],
        ['all 1,000 rooms', ANN],
        ['all of 10 rooms', BEN],
      ] as const) {
        for (const query of QUERIES) {
          const asked: SearchQuery = { query, limit: 20, ...(room !== undefined && { room }) };
          await measure(store, { user, asked, seconds: warmUpSeconds });
          const metrics = await measure(store, { user, asked, seconds });
          samples.push({ shape: `${query} in ${where}`, metrics, faults: NONE });
        }
      }
      return samples;
    } finally {
      await store.close();
      await rm(dataDir, { recursive: true });
    }
  },
};

async function fill(store: Store): Promise<void> {
  const corpus = new Corpus();
  for (const id of [ANN, BEN]) await store.userOf({ dev: id }, { id, name: id });
  const rooms = Array.from({ length: ROOMS }, (_, i) => `r${i}`);
  for (const id of rooms) {
    const users = BENS.has(id) ? [ANN, BEN] : [ANN];
    await store.createRoom({
      id,
      kind: 'group',
      name: id,
      open: false,
      members: users.map((user) => ({ user, role: 'member' })),
      first: { from: ANN, ts: 0, kind: 'sys', body: { action: 'created', users } },
    });
  }
  for (let made = 0; made < ENTRIES;) {
    // The first rooms get the most, as in life; in runs, so that filling takes a minute and not an hour.
    const room = rooms[Math.floor((corpus.below(1_000_000) / 1_000_000) ** 3 * ROOMS)] ?? 'r0';
    const count = Math.min(1 + corpus.below(2 * BATCH), ENTRIES - made);
    await store.append(
      room,
      Array.from({ length: count }, (_, i) => ({
        from: ANN,
        ts: made + i,
        kind: 'text' as const,
        body: { text: corpus.text() },
        cid: `c${made + i}`,
      })),
    );
    made += count;
  }
}

interface Measured {
  user: string;
  asked: SearchQuery;
  seconds: number;
}

async function measure(store: Store, { user, asked, seconds }: Measured): Promise<Record<string, number>> {
  const took: number[] = [];
  let hits: number;
  const until = performance.now() + seconds * 1_000;
  do {
    const began = performance.now();
    hits = (await store.search(user, asked)).hits.length;
    took.push(performance.now() - began);
  } while (performance.now() < until);
  const sorted = Float64Array.from(took).sort();
  return {
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    max: sorted.at(-1) ?? 0,
    hits,
    searches: took.length,
  };
}
