/**
 * The composition root: reads the environment, puts the parts together from the store upwards, listens, and takes it
 * all down again in order. Nothing else in the server touches `process`.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readConfig, ConfigFault, describeConfig } from './config.ts';
import { systemClock } from './clock.ts';
import { createServer } from './server.ts';
import { createLogger, type Logger } from './log.ts';
import { runHub, runWorker, supervise, type WorkersDeps } from './workers.ts';
import type { Child, ChildEvents } from './workers/supervisor.ts';

try {
  process.loadEnvFile();
} catch {
  // There is no .env: the environment alone speaks.
}
await main().catch((reason: unknown) => {
  const lines =
    reason instanceof ConfigFault
      ? reason.faults
      : [String(reason instanceof Error ? reason.message : reason)];
  for (const line of lines) process.stderr.write(`chahua: ${line}\n`);
  // What was opened before the fault would keep the process alive.
  process.exit(1);
});

async function main(): Promise<void> {
  const { workers, child, hub } = readArguments();
  const config = readConfig(workers === undefined ? process.env : { ...process.env, WORKERS: workers });
  const log = createLogger({ level: config.logLevel, form: process.stdout.isTTY ? 'terminal' : 'json' });
  const deps = { config, log, clock: systemClock };
  if (child !== undefined && hub !== undefined) return runChild(deps, child, hub);
  log.debug('configuration', describeConfig(config));
  if (config.workers > 1) return runSupervisor(deps);
  const server = await createServer(deps);
  // Before the word that all is ready: who waits for it may send the signal at once.
  stopOnSignals(log, () => server.stop());
  log.info('listening', { url: server.url, admin: server.adminUrl });
}

/** What follows the program's name; `child` and `hub` are the supervisor's way to start this program again. */
function readArguments(): { workers?: string; child?: string; hub?: string } {
  const text = { type: 'string' } as const;
  return parseArgs({ options: { workers: text, child: text, hub: text } }).values;
}

/** Processes that are kept running: docs/operations.md, "Workers". */
async function runSupervisor(deps: WorkersDeps): Promise<void> {
  const { log, config } = deps;
  if (process.platform !== 'linux') {
    throw new ConfigFault(['WORKERS: several processes share one port on Linux alone; allowed here: 1']);
  }
  const { url, admin, stop } = await supervise(deps, startChild);
  stopOnSignals(log, async () => {
    if (!(await stop())) throw new Error('a process did not end in order');
  });
  log.info('listening', { url, admin, workers: config.workers });
}

function startChild(name: string, hub: string, { onReady, onExit }: ChildEvents): Child {
  const child = fork(fileURLToPath(import.meta.url), ['--child', name, '--hub', hub], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  child.on('message', onReady);
  child.once('exit', onExit);
  return {
    stop: () => void (child.connected && child.send('stop')),
    kill: () => void child.kill('SIGKILL'),
  };
}

async function runChild(deps: WorkersDeps, name: string, hub: string): Promise<void> {
  const { log } = deps;
  const started = name === 'hub' ? await runHub(deps, hub) : await runWorker(deps, Number(name), hub);
  // Ctrl-C on a terminal reaches every process; each waits for the supervisor's word.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
  const stop = onceStopped(log, () => started.stop());
  process.on('message', stop);
  // The supervisor is gone: nobody would start this one again, or end it.
  process.on('disconnect', stop);
  liveOn(log);
  process.send?.(started.ready);
}

/** Ends the process in order on SIGTERM and SIGINT. */
function stopOnSignals(log: Logger, work: () => Promise<void>): void {
  const stop = onceStopped(log, work);
  process.on('SIGTERM', () => stop());
  process.on('SIGINT', () => stop());
  liveOn(log);
}

function onceStopped(log: Logger, work: () => Promise<void>): () => void {
  let stopping = false;
  return () => {
    if (stopping) return;
    stopping = true;
    log.info('stopping');
    void work()
      .then(
        () => log.info('stopped'),
        (reason: unknown) => {
          log.error('did not stop in order', { err: reason });
          process.exitCode = 1;
        },
      )
      .finally(() => process.exit());
  };
}

function liveOn(log: Logger): void {
  // A bug in one corner must not end everybody's conversation; it is logged with its stack, and mended.
  process.on('uncaughtException', (reason) => log.error('uncaught', { err: reason }));
  process.on('unhandledRejection', (reason) => log.error('unhandled', { err: reason }));
}
