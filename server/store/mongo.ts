/**
 * The Store port over MongoDB, or what speaks its protocol: each method runs in the module of its noun, behind the
 * gate. What depends on the time of day is told it by the clock.
 */
import { randomBytes } from 'node:crypto';
import {
  MongoClient,
  type MongoClientOptions,
  MongoError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb';
import type { BlobStore, Clock, Draft, NewId, Placed, Store } from '../domain/ports.ts';
import { createAwaited } from './mongo/awaited.ts';
import { createAppend } from './mongo/append.ts';
import { createAuditLog, createAudits } from './mongo/audits.ts';
import { createBlobs } from './mongo/blobs.ts';
import { createCheck } from './mongo/check.ts';
import { createCredits } from './mongo/credits.ts';
import { createDirectory } from './mongo/directory.ts';
import { createFileChecks } from './mongo/file-checks.ts';
import { createFiles, createFileUses, filesThere } from './mongo/files.ts';
import { createKeys } from './mongo/keys.ts';
import { Knocks } from './mongo/knocks.ts';
import { createNodes } from './mongo/nodes.ts';
import { createReports } from './mongo/reports.ts';
import { createSanctions } from './mongo/sanctions.ts';
import { createSearch } from './mongo/search.ts';
import { createShared } from './mongo/shared.ts';
import { createStamps } from './mongo/stamps.ts';
import { createWords } from './mongo/words.ts';
import { collectionsOf } from './mongo/documents.ts';
import { createEntryReads } from './mongo/entries.ts';
import { createFirsts } from './mongo/firsts.ts';
import { type Call, Gate } from './mongo/gate.ts';
import { createLogins } from './mongo/logins.ts';
import { createMembers } from './mongo/members.ts';
import { createRooms } from './mongo/rooms.ts';
import type { KeptState } from './mongo/room-state.ts';
import { createSettle } from './mongo/settle.ts';
import { bringToShape } from './mongo/shape.ts';
import { Shelf } from './mongo/shelf.ts';
import { createSummaries } from './mongo/summaries.ts';
import { createTrim } from './mongo/trim.ts';
import { Turns } from './mongo/turns.ts';
import { createUsers } from './mongo/users.ts';

export interface MongoStoreOptions {
  /** May hold a password: never logged. */
  url: string;
  clock: Pick<Clock, 'now' | 'monotonic' | 'after'>;
  newId: NewId;
  log?: { error(message: string, fields: Record<string, unknown>): void };
  /** Tells others that a server works on the database until it is closed: what only may be done without one is refused. */
  serves?: true;
  maxCalls?: number;
  patienceMs?: number;
}

export interface MongoStore extends Store {
  readonly blobs: BlobStore;
  /** Calls that are unanswered. */
  readonly waiting: number;
}

/** An answer means: on the disks of most. No call hangs. Nobody's address may say otherwise. */
export const CLIENT_OPTIONS = {
  appName: 'chahua',
  writeConcern: { w: 'majority', journal: true },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
  retryWrites: true,
  retryReads: true,
  connectTimeoutMS: 2_000,
  serverSelectionTimeoutMS: 2_000,
  socketTimeoutMS: 10_000,
  waitQueueTimeoutMS: 10_000,
  heartbeatFrequencyMS: 2_000,
  ignoreUndefined: true,
} satisfies MongoClientOptions;

/** Entries that only move a head and a count are settled together after so long. */
const SETTLE_AFTER_MS = 200;
/** … or when so many wait in one room. */
const SETTLE_AT = 1_000;
/** An append is not tried again after so long; below the gate's patience, less what it may have waited there. */
const CONTEND_MS = 800;
/** Times that trouble is stood at the start, with pauses that grow. */
const MAX_TRIES = 6;
const PAUSE_MS = 100;
/** Unauthorized, AuthenticationFailed: no matter of time. */
const NOT_ALLOWED = new Set<unknown>([13, 18]);

export async function openMongoStore(options: MongoStoreOptions): Promise<MongoStore> {
  const { url, clock, newId, log, serves, maxCalls, patienceMs } = options;
  const onTrouble = (reason: unknown): void => log?.error('trouble with the database', { err: reason });
  const client = connect(url);
  const database = client.db(client.options.dbName === 'test' ? 'chahua' : client.options.dbName);
  let epoch: string;
  try {
    epoch = await withPatience(clock, () => bringToShape(database, newId));
  } catch (reason) {
    await client.close();
    const why = reason instanceof Error ? reason.message : String(reason);
    throw new Error(`MONGODB_URL: database ${database.databaseName} cannot be used: ${why}`, {
      cause: reason,
    });
  }

  const db = collectionsOf(database);
  const gate = new Gate({
    clock,
    look: () => database.command({ ping: 1 }),
    onTrouble,
    ...(maxCalls !== undefined && { maxCalls }),
    ...(patienceMs !== undefined && { patienceMs }),
  });
  const [appends, documents, shared] = [new Turns(clock), new Turns(clock), new Turns(clock)];
  const node = randomBytes(6).toString('base64url');
  const nextStamp = createStamps(clock);
  const auditLog = createAuditLog(db, nextStamp, node);
  const fileUses = createFileUses(db);
  const shelf = new Shelf(db, clock);
  const settle = createSettle({ db, shelf, documents, files: fileUses, audits: auditLog });
  const due = new Set<KeptState>();

  const settleDue = (): Promise<unknown> => Promise.allSettled([...due].map(settle));

  function settleLater(state: KeptState): void {
    if (state.pending.length < SETTLE_AT && due.has(state)) return;
    if (state.pending.length >= SETTLE_AT) {
      void gate.inBackground(() => settle(state));
      return;
    }
    due.add(state);
    clock.after(SETTLE_AFTER_MS, () => {
      due.delete(state);
      void gate.inBackground(() => settle(state));
    });
  }

  let calls = 0;
  const newCall = (): string => `${node}${(calls += 1).toString(36)}`;
  const knocks = new Knocks({ db, clock, node, inBackground: (work) => gate.inBackground(work) });
  const { append, create } = createAppend({
    db,
    shelf,
    settle,
    settleLater,
    newCall,
    nextStamp,
    filesThere: (files) => filesThere(db, files),
    knocks,
    onTrouble,
  });
  const firsts = createFirsts(db);
  const nodes = createNodes({ db, clock, node, inBackground: (work) => gate.inBackground(work) });
  const trim = createTrim({ db, shelf, documents, settleDue, files: fileUses });

  const inTurn = (room: string, call: Call, drafts: Draft[]): Promise<Placed[]> =>
    appends.take(room, () => contend(room, call, drafts), call.over);

  /** Who is kept out of a room by other nodes gives up before the gate would take the database for gone. */
  function contend(room: string, call: Call, drafts: Draft[]): Promise<Placed[]> {
    let isDue = false;
    const undo = clock.after(CONTEND_MS, () => (isDue = true));
    return append(room, drafts, { isOver: () => isDue || call.isOver() }).finally(undo);
  }
  const methods = {
    ...createEntryReads(db, shelf),
    ...createRooms({ db, shelf, firsts, create }),
    ...createMembers({ db, shelf, settle, documents, clock }),
    ...createSummaries(db, shelf, clock),
    ...createUsers({ db, firsts, files: fileUses }),
    ...createLogins({ db, audits: auditLog, clock }),
    ...createFiles(db, clock),
    ...createSearch({ db, shelf, settle, settleDue }),
    ...createSanctions(db, auditLog),
    ...createAudits(db, auditLog),
    ...createReports(db, auditLog, nextStamp),
    ...createWords(db, auditLog),
    ...createKeys(db, auditLog, nextStamp),
    ...createDirectory(db, shelf),
    ...createCheck(db, shelf, settle),
    ...createShared(db, shared),
    ...createCredits(db, shared),
    ...createFileChecks(db),
    ...createAwaited(db),
    async ping(): Promise<void> {
      // A real write: a database that takes none is found out.
      await db.meta.updateOne({ _id: 'pinged' }, { $set: { at: clock.now() } }, { upsert: true });
    },
  };

  if (serves) await nodes.begin();
  return {
    ...behind(gate, methods),
    epoch,
    patienceMs: gate.patienceMs,
    bumpEpoch: (to) => gate.patiently(() => nodes.bumpEpoch(to)),
    // Nobody waits for it, and a step that is slow tells nothing about the others.
    trim: (before, limit, after) => gate.patiently(() => trim({ before, limit, after })),
    // A moderator's look through every room may take long where there are many, and is no sign of trouble.
    search: (user, asked) =>
      user === null && asked.room === undefined
        ? gate.patiently(() => methods.search(user, asked))
        : gate.run(() => methods.search(user, asked)),
    blobs: createBlobs(database, gate),
    append: (room, drafts) => gate.run((call) => inTurn(room, call, drafts)),
    async close() {
      await gate.close();
      await settleDue();
      await nodes.end();
      await client.close();
    },
    get waiting() {
      return gate.waiting;
    },
  };
}

/**
 * Each step of it may be taken twice. Where nodes come to an empty database at once, one may have to: a server may
 * refuse to make what another is making.
 */
async function withPatience<T>(clock: Pick<Clock, 'after'>, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (reason) {
      const isForGood = reason instanceof MongoServerSelectionError || NOT_ALLOWED.has(codeIn(reason));
      if (tries === MAX_TRIES || isForGood || !(reason instanceof MongoError)) throw reason;
      const pauseMs = PAUSE_MS * tries * (0.5 + Math.random());
      await new Promise<void>((resolve) => void clock.after(pauseMs, resolve));
    }
  }
}

const codeIn = (reason: unknown): unknown => (reason instanceof MongoServerError ? reason.code : undefined);

function connect(url: string): MongoClient {
  try {
    return new MongoClient(url, CLIENT_OPTIONS);
  } catch (reason) {
    const why = reason instanceof Error ? reason.message : String(reason);
    throw new Error(`MONGODB_URL: ${why}`, { cause: reason });
  }
}

/** The same methods, each run through the gate. */
function behind<M extends Record<string, (...args: never[]) => Promise<unknown>>>(gate: Gate, methods: M): M {
  const through = Object.entries(methods).map(([name, method]) => [
    name,
    (...args: never[]) => gate.run(() => method(...args)),
  ]);
  return Object.fromEntries(through) as M;
}
