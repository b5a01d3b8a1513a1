/**
 * The whole server inside the test's own process, on ports and data of its own. Ends with the test that started it,
 * whatever becomes of the test. What it logs is kept, for tests of what must not be there. A server that can be
 * killed is in server-process.ts.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { systemClock } from '../../server/clock.ts';
import { readConfig, type Environment } from '../../server/config.ts';
import type { Clock } from '../../server/domain/ports.ts';
import { createLogger } from '../../server/log.ts';
import { createServer } from '../../server/server.ts';
import { mustHoldNoSecret } from './secrets.ts';

export interface TestServer {
  /** `http://127.0.0.1:port` of the public listener. */
  readonly url: string;
  readonly adminUrl: string;
  readonly dataDir: string;
  /** Lines of JSON. */
  readonly logs: string[];
  /** Twice is once. */
  stop(): Promise<void>;
}

export interface ServerOverrides {
  env?: Environment;
  clock?: Clock;
}

export async function startServer(
  t: TestContext,
  { env, clock = systemClock }: ServerOverrides = {},
): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chahua-server-'));
  const logs: string[] = [];
  const log = createLogger({
    level: 'debug',
    form: 'json',
    destination: { write: (line) => logs.push(line) },
  });
  const config = readConfig({ PORT: '0', ADMIN_PORT: '0', DATA_DIR: dataDir, DEV_LOGIN: '1', ...env });
  const { url, adminUrl = '', stop } = await createServer({ config, log, clock });
  let stopped: Promise<void> | undefined;
  const stopOnce = (): Promise<void> => (stopped ??= stop());
  t.after(async () => {
    await stopOnce();
    mustHoldNoSecret('the log of the server', logs.join('\n'));
    await rm(dataDir, { recursive: true, force: true });
  });
  return { url, adminUrl, dataDir, logs, stop: stopOnce };
}
