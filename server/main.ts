/**
 * The composition root: reads the environment, puts the parts together from the store upwards, listens, and takes it
 * all down again in order. Nothing else in the server touches `process`.
 */
import { readConfig, ConfigFault, describeConfig } from './config.ts';
import { systemClock } from './clock.ts';
import { createServer } from './server.ts';
import { createLogger } from './log.ts';

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
  const config = readConfig(process.env);
  const log = createLogger({ level: config.logLevel, form: process.stdout.isTTY ? 'terminal' : 'json' });
  log.debug('configuration', describeConfig(config));
  const server = await createServer({ config, log, clock: systemClock });
  log.info('listening', { url: server.url, admin: server.adminUrl });

  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    log.info('stopping', { signal });
    void server
      .stop()
      .then(
        () => log.info('stopped'),
        (reason: unknown) => {
          log.error('did not stop in order', { err: reason });
          process.exitCode = 1;
        },
      )
      .finally(() => process.exit());
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  // A bug in one corner must not end everybody's conversation; it is logged with its stack, and mended.
  process.on('uncaughtException', (reason) => log.error('uncaught', { err: reason }));
  process.on('unhandledRejection', (reason) => log.error('unhandled', { err: reason }));
}
