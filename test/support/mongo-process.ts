/**
 * A MongoDB-compatible server of its own, or the one that MONGODB_URL names: else a `mongod` or a `ferretdb` from the
 * PATH or from our cache (`.ci/ferretdb` builds it there), started on a free port of loopback with a folder of its own;
 * where MONGODB_DOWNLOAD=1 asks for it, what mongodb-memory-server downloads. Whoever opens it stops it; it ends with
 * the process that opened it in any case.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { freePort } from './free-port.ts';

export interface MongoServer {
  /** Without a database. */
  readonly url: string;
  /** `MongoDB 8.0.4`, `FerretDB 1.24.2`. */
  readonly name: string;
  readonly isMongo: boolean;
}

export interface MongoProcess extends MongoServer {
  /** Null: it is not ours, it ran before. */
  readonly pid: number | null;
  /** Of a server that is not ours nothing is stopped. */
  stop(): Promise<void>;
}

export interface MongoOptions {
  /** Put before the command: `['taskset', '-c', '0']`. */
  prefix?: readonly string[];
}

const START_LIMIT_MS = 20_000;
/** FerretDB slows down with every connection more. */
const FERRET_OPTIONS = 'directConnection=true&maxPoolSize=8';

/** Where `.ci/run` puts what it builds. */
const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'chahua');

/** Null where there is none. */
export async function openMongo(options: MongoOptions = {}): Promise<MongoProcess | null> {
  const given = process.env['MONGODB_URL'];
  if (given) return { ...(await named(given)), pid: null, stop: () => Promise.resolve() };
  if (isThere('mongod')) return startMongod(options);
  const ferret = ferretProgram();
  if (ferret !== undefined) return startFerret(ferret, options);
  return process.env['MONGODB_DOWNLOAD'] === '1' ? download() : null;
}

/** Whether `openMongo` would give one. */
export const isMongoThere = (): boolean =>
  Boolean(process.env['MONGODB_URL']) ||
  process.env['MONGODB_DOWNLOAD'] === '1' ||
  isThere('mongod') ||
  ferretProgram() !== undefined;

const ferretProgram = (): string | undefined => ['ferretdb', join(cache, 'ferretdb')].find(isThere);

function isThere(program: string): boolean {
  if (program.includes('/')) return existsSync(program);
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

async function startFerret(program: string, options: MongoOptions): Promise<MongoProcess> {
  const port = await freePort();
  const folder = await makeFolder();
  return run(`mongodb://127.0.0.1:${port}/?${FERRET_OPTIONS}`, folder, [
    ...(options.prefix ?? []),
    program,
    '--handler=sqlite',
    // Nobody pulls the plug on a test's database.
    `--sqlite-url=file:${folder}/?_pragma=synchronous(off)`,
    `--state-dir=${folder}`,
    `--listen-addr=127.0.0.1:${port}`,
    '--debug-addr=-',
    '--telemetry=disable',
    '--log-level=error',
    // The driver then retries writes, as it does with a replica set …
    '--repl-set-name=rs0',
    // … and an ordered insert ends at its first fault, which past a batch it would not.
    '--test-batch-size=2000',
  ]);
}

async function startMongod({ prefix = [] }: MongoOptions): Promise<MongoProcess> {
  const port = await freePort();
  const folder = await makeFolder();
  const url = `mongodb://127.0.0.1:${port}/?directConnection=true`;
  const args = ['--dbpath', folder, '--bind_ip', '127.0.0.1', '--port', `${port}`, '--replSet', 'rs0'];
  const server = await run(url, folder, [...prefix, 'mongod', ...args]);
  const client = new MongoClient(url);
  await client.db('admin').command({
    replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: `127.0.0.1:${port}` }] },
  });
  while (!(await client.db('admin').command({ hello: 1 }))['isWritablePrimary']);
  await client.close();
  return server;
}

async function download(): Promise<MongoProcess> {
  const { MongoMemoryReplSet } = await import('mongodb-memory-server-core');
  const set = await MongoMemoryReplSet.create({ replSet: { count: 1 } });
  const pid = set.servers[0]?.instanceInfo?.instance.mongodProcess?.pid ?? null;
  return { ...(await named(set.getUri())), pid, stop: async () => void (await set.stop()) };
}

const makeFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'chahua-mongo-'));

async function run(url: string, folder: string, command: readonly string[]): Promise<MongoProcess> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: 'ignore' });
  const kill = (): unknown => child.kill('SIGKILL');
  process.once('exit', kill);
  async function stop(): Promise<void> {
    process.removeListener('exit', kill);
    await end(child);
    await rm(folder, { recursive: true, force: true });
  }
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${program} ended before it answered`);
  });
  ended.catch(() => undefined); // an end after that is wanted
  try {
    return { ...(await Promise.race([named(url), ended])), pid: child.pid ?? null, stop };
  } catch (reason) {
    await stop();
    throw reason;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function named(url: string): Promise<MongoServer> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: START_LIMIT_MS });
  try {
    const told = await client.db('admin').command({ buildInfo: 1 });
    const ferret = told['ferretdbVersion'] as string | undefined;
    const name =
      ferret === undefined ? `MongoDB ${String(told['version'])}` : `FerretDB ${ferret.replace(/^v/, '')}`;
    return { url, name, isMongo: ferret === undefined };
  } finally {
    await client.close();
  }
}
