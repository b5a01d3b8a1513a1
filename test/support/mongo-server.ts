/**
 * A MongoDB-compatible server for tests that need a real one: the one that MONGODB_URL names, else a `mongod` or a
 * `ferretdb` from the PATH or from our cache (`.ci/run` builds it there), started on a free port of loopback with a
 * folder of its own; where MONGODB_DOWNLOAD=1 asks for it, what mongodb-memory-server downloads. Where there is none,
 * tests are skipped in words that say how to have one; in CI they fail. One for a test file; it ends with the file.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { MongoClient } from 'mongodb';
import { freePort } from './free-port.ts';

export interface MongoServer {
  /** Without a database. */
  readonly url: string;
  /** `MongoDB 8.0.4`, `FerretDB 1.24.2`. */
  readonly name: string;
  readonly isMongo: boolean;
}

const WITHOUT =
  'no MongoDB: set MONGODB_URL to a server for tests, put mongod or ferretdb on the PATH, let .ci/run build FerretDB, or set MONGODB_DOWNLOAD=1';
const START_LIMIT_MS = 20_000;
/** FerretDB slows down with every connection more. */
const FERRET_OPTIONS = 'directConnection=true&maxPoolSize=8';

/** Where `.ci/run` puts what it builds. */
const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'chahua');

/**
 * Runs `define` with a server, to register the tests of a file; where there is none, one skipped test says why. Counts
 * the file's tests for the server.
 */
export async function againstMongo(define: (server: MongoServer) => void): Promise<void> {
  const server = await find();
  if (server === null) {
    if (process.env['CI'] === 'true') throw new Error(`${WITHOUT}; in CI nothing is skipped`);
    test('the MongoDB store', { skip: WITHOUT }, () => undefined);
    return;
  }
  test(`${server.name} answers`, (t) => t.diagnostic(`against ${server.name}`));
  define(server);
}

async function find(): Promise<MongoServer | null> {
  const given = process.env['MONGODB_URL'];
  if (given) return named(given);
  if (isThere('mongod')) return startMongod('mongod');
  const ferret = ['ferretdb', join(cache, 'ferretdb')].find(isThere);
  if (ferret !== undefined) return startFerret(ferret);
  return process.env['MONGODB_DOWNLOAD'] === '1' ? download() : null;
}

function isThere(program: string): boolean {
  if (program.includes('/')) return existsSync(program);
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

async function startFerret(program: string): Promise<MongoServer> {
  const port = await freePort();
  const folder = await makeFolder();
  await run(port, program, [
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
  return named(`mongodb://127.0.0.1:${port}/?${FERRET_OPTIONS}`);
}

async function startMongod(program: string): Promise<MongoServer> {
  const port = await freePort();
  const folder = await makeFolder();
  await run(port, program, [
    '--dbpath',
    folder,
    '--bind_ip',
    '127.0.0.1',
    '--port',
    `${port}`,
    '--replSet',
    'rs0',
  ]);
  const url = `mongodb://127.0.0.1:${port}/?directConnection=true`;
  const client = new MongoClient(url);
  await client.db('admin').command({
    replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: `127.0.0.1:${port}` }] },
  });
  while (!(await client.db('admin').command({ hello: 1 }))['isWritablePrimary']);
  await client.close();
  return named(url);
}

async function download(): Promise<MongoServer> {
  const { MongoMemoryReplSet } = await import('mongodb-memory-server-core');
  const set = await MongoMemoryReplSet.create({ replSet: { count: 1 } });
  after(() => set.stop());
  return named(set.getUri());
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chahua-mongo-'));
  after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function run(port: number, program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: 'ignore' });
  const kill = (): unknown => child.kill('SIGKILL');
  process.once('exit', kill);
  after(() => end(child));
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: START_LIMIT_MS,
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${program} ended before it answered`);
  });
  await Promise.race([client.db('admin').command({ ping: 1 }), ended]);
  ended.catch(() => undefined);
  await client.close();
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
