/**
 * A store full of texts as people write them: a room each of 1,000, 10,000 … entries, and 1,000 quiet rooms. Made anew
 * each time, with the same texts. Its index has caught up before anybody asks. MongoDB's server is given a time, and
 * what it has not taken in by then is said.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../server/clock.ts';
import type { Store } from '../../server/domain/ports.ts';
import { newId } from '../../server/ids.ts';
import { openMongoStore } from '../../server/store/mongo.ts';
import { openStore } from '../../server/store/open.ts';
import { startMongoStore } from './contenders/mongo-store.ts';
import { Corpus } from './corpus.ts';
import { SERVER_CORE } from './machine.ts';

/** Where something is looked for. */
export interface Hall {
  title: string;
  /** Absent: in all of the user's. */
  room?: string;
  user: string;
  entries: number;
  note?: string;
}

export interface Filled {
  store: Store;
  /** A room each, the smallest first. */
  halls: Hall[];
  everywhere: Hall[];
  close(): Promise<void>;
}

/** ann is in all rooms, ben in ten of the quiet ones. */
const [ANN, BEN] = ['ann', 'ben'];
const BENS = 10;
const SMALLEST = 1_000;
const QUIET_ROOMS = 1_000;
/** Entries of the quiet rooms together, of those of the largest. */
const QUIET_SHARE = 0.1;
const BATCH = 1_000;
const MONGO_FILL_MS = 25_000;
const INDEX_LIMIT_MS = 300_000;
const LOOK_AGAIN_MS = 100;

/** @param name of the contender whose store it is; @param largest entries of the largest room */
export async function openFilled(name: string, largest: number): Promise<Filled> {
  const opened = name === 'chahua-mongo' ? await openMongo() : await openSqlite();
  try {
    const filled = await fill(opened.store, largest, opened.fillMs);
    await opened.settled();
    return { ...filled, store: opened.store, close: opened.close };
  } catch (reason) {
    await opened.close();
    throw reason;
  }
}

interface Opened {
  store: Store;
  fillMs: number;
  /** Its index has caught up. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

async function openSqlite(): Promise<Opened> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chahua-store-'));
  const store = await openStore({ dataDir, clock: systemClock, newId });
  return {
    store,
    fillMs: Infinity,
    settled: () => indexed(dataDir),
    async close() {
      await store.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

async function openMongo(): Promise<Opened> {
  const server = await startMongoStore(SERVER_CORE);
  const store = await openMongoStore({ url: server.url, clock: systemClock, newId });
  return {
    store,
    fillMs: MONGO_FILL_MS,
    settled: () => Promise.resolve(),
    async close() {
      await store.close();
      await server.stop();
    },
  };
}

/** The index follows the log on a thread of its own; while it does, it is that thread which is measured. */
async function indexed(dataDir: string): Promise<void> {
  const log = new DatabaseSync(join(dataDir, 'chahua.db'), { readOnly: true });
  const index = new DatabaseSync(join(dataDir, 'search.db'), { readOnly: true });
  const [last, cursor] = [
    log.prepare('SELECT max(key) AS at FROM entries'),
    index.prepare('SELECT cursor AS at FROM progress'),
  ];
  const until = performance.now() + INDEX_LIMIT_MS;
  while (Number(last.get()?.['at']) > Number(cursor.get()?.['at'])) {
    if (performance.now() > until) throw new Error('the search index has not caught up');
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  log.close();
  index.close();
}

async function fill(
  store: Store,
  largest: number,
  fillMs: number,
): Promise<Pick<Filled, 'halls' | 'everywhere'>> {
  const corpus = new Corpus();
  const until = performance.now() + fillMs;
  for (const id of [ANN, BEN]) await store.userOf({ dev: id }, { id, name: id });
  const halls: Hall[] = [];
  for (let wanted = SMALLEST; wanted <= largest; wanted *= 10) {
    const room = `r${wanted}`;
    await open(store, room, [ANN]);
    const entries = await append(store, { room, corpus, wanted, until });
    const title = `room of ${wanted.toLocaleString('en')}`;
    const held = `holds ${entries.toLocaleString('en')}: no more in ${MONGO_FILL_MS / 1_000} s`;
    halls.push({ title, room, user: ANN, entries, ...(entries < wanted && { note: held }) });
    if (entries < wanted) return { halls, everywhere: [] };
  }
  if (fillMs !== Infinity) return { halls, everywhere: [] };
  const each = Math.ceil((largest * QUIET_SHARE) / QUIET_ROOMS);
  for (let count = 0; count < QUIET_ROOMS; count++) {
    const room = `q${count}`;
    await open(store, room, count % (QUIET_ROOMS / BENS) === 0 ? [ANN, BEN] : [ANN]);
    await append(store, { room, corpus, wanted: each, until });
  }
  const entries = halls.reduce((sum, hall) => sum + hall.entries, each * QUIET_ROOMS);
  return {
    halls,
    everywhere: [
      { title: `all ${halls.length + QUIET_ROOMS} rooms`, user: ANN, entries },
      { title: `all of ${BENS} rooms`, user: BEN, entries },
    ],
  };
}

async function open(store: Store, id: string, users: string[]): Promise<void> {
  await store.createRoom({
    id,
    kind: 'group',
    name: id,
    open: false,
    members: users.map((user) => ({ user, role: 'member' })),
    first: { from: ANN, ts: 0, kind: 'sys', body: { action: 'created', users } },
  });
}

/** Resolves with how many there are when the time is up. */
async function append(
  store: Store,
  { room, corpus, wanted, until }: { room: string; corpus: Corpus; wanted: number; until: number },
): Promise<number> {
  let made = 0;
  while (made < wanted && performance.now() < until) {
    const count = Math.min(BATCH, wanted - made);
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
  return made;
}
