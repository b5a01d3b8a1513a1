/**
 * Several processes on one machine and one port: a supervisor, a hub that owns what they share, and workers, each a
 * whole node. `main.ts` starts this same program in each of the roles.
 */
import { createServer as createTcpServer } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { Clock } from './domain/ports.ts';
import { cannotListen } from './edge/uws.ts';
import { newId } from './ids.ts';
import { keptKeys } from './keys.ts';
import type { Logger } from './log.ts';
import { createServer } from './server.ts';
import { openStore } from './store/open.ts';
import { openHub } from './workers/hub.ts';
import { type Ready, Supervisor, type SupervisorDeps } from './workers/supervisor.ts';

export interface WorkersDeps {
  config: Config;
  log: Logger;
  clock: Clock;
}

/** A process that serves; `ready` is for the supervisor. */
export interface Role {
  ready: Ready;
  stop(): Promise<void>;
}

/** The supervisor's role. `start` is given the path of the hub's socket besides. */
export async function supervise(
  { config, log, clock }: WorkersDeps,
  start: (
    name: string,
    hub: string,
    events: Parameters<SupervisorDeps['start']>[1],
  ) => ReturnType<SupervisorDeps['start']>,
): Promise<Ready & { stop(): Promise<boolean> }> {
  await mustBeFree(config.host, config.port);
  // Made by one process, before several would.
  if (!config.jwtKeys && config.jwtKeysFile === undefined) keptKeys(config.dataDir);
  // Short, whatever DATA_DIR is: the path of a unix socket has 107 bytes at most. The folder is nobody else's.
  const folder = await mkdtemp(join(tmpdir(), 'chahua-'));
  const path = join(folder, 'hub.sock');
  const supervisor = new Supervisor({
    start: (name, events) => start(name, path, events),
    workers: config.workers,
    clock,
    log,
  });
  async function stop(): Promise<boolean> {
    const isClean = await supervisor.stop();
    await rm(folder, { recursive: true, force: true });
    return isClean;
  }
  try {
    return { ...(await supervisor.start()), stop };
  } catch (reason) {
    await stop();
    throw reason;
  }
}

/** The hub's role. */
export async function runHub({ config, log, clock }: WorkersDeps, path: string): Promise<Role> {
  // With MongoDB each worker reaches the store by itself; the hub carries the bus alone.
  const store =
    config.mongodbUrl === undefined ? await openStore({ dataDir: config.dataDir, clock, newId, log }) : null;
  // What a hub that was killed has left behind.
  await rm(path, { force: true });
  const hub = await openHub({ path, store, clock });
  return {
    ready: {},
    async stop() {
      await hub.close();
      await store?.close();
    },
  };
}

/** A worker's role: a node on the shared port. The first one has the admin listener. */
export async function runWorker(
  { config, log, clock }: WorkersDeps,
  number: number,
  path: string,
): Promise<Role> {
  const server = await createServer({
    config,
    log: log.child({ worker: number }),
    clock,
    worker: { number, hub: path },
  });
  return {
    ready: { url: server.url, ...(server.adminUrl !== undefined && { admin: server.adminUrl }) },
    stop: () => server.stop(),
  };
}

/** Workers share their port, and would share it with a stranger too. @throws where somebody has it */
function mustBeFree(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createTcpServer();
    probe.once('error', () => reject(new Error(cannotListen('PORT', host, port))));
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}
