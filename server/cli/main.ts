/**
 * The composition root of the command line: gives the verbs the process, the terminal, and what they need of this
 * machine: its configuration, its key, its store.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { userInfo } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../clock.ts';
import { ConfigFault, describeConfig, readConfig } from '../config.ts';
import { newId } from '../ids.ts';
import { hasKeptKeys, keptKeys, keysOf } from '../keys.ts';
import { createTokens } from '../session/tokens.ts';
import { openMongoStore } from '../store/mongo.ts';
import { openStore } from '../store/open.ts';
import type { Local } from './context.ts';
import { Exit } from './exit.ts';
import type { Io } from './io.ts';
import { run } from './program.ts';

const TOKEN_SECONDS = 300;
const QUIET = { error: () => undefined };

try {
  process.loadEnvFile();
} catch {
  // There is no .env: the environment alone speaks.
}

const interrupt = new AbortController();
process.once('SIGINT', () => {
  interrupt.abort();
  // Whoever presses twice means it.
  process.once('SIGINT', () => process.exit(Exit.INTERRUPTED));
});
// `chahua … | head` closes the pipe: there is nobody left to write for.
process.stdout.on('error', (reason: NodeJS.ErrnoException) => {
  if (reason.code === 'EPIPE') process.exit(Exit.DONE);
  throw reason;
});

const io: Io = {
  env: process.env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  terminal: {
    in: Boolean(process.stdin.isTTY),
    out: Boolean(process.stdout.isTTY),
    err: Boolean(process.stderr.isTTY),
  },
  columns: () => process.stdout.columns || 100,
  async readLine(question) {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return await Promise.race([
        lines.question(question, { signal: interrupt.signal }),
        once(lines, 'close').then(() => null),
      ]);
    } catch {
      return null;
    } finally {
      lines.close();
    }
  },
  now: () => systemClock.now(),
  sleep: (ms) => pause(ms, undefined, { signal: interrupt.signal }).catch(() => undefined),
  interrupted: interrupt.signal,
  fetch,
};

const local: Local = {
  configFaults(env) {
    try {
      readConfig(env);
      return [];
    } catch (reason) {
      if (reason instanceof ConfigFault) return reason.faults;
      throw reason;
    }
  },
  config: (env) => describeConfig(readConfig(env)),
  adminUrl: ({ ADMIN_PORT }) => `http://127.0.0.1:${ADMIN_PORT?.trim() || '8081'}`,
  operatorToken(env) {
    const { JWT_KEYS, JWT_KEYS_FILE, DATA_DIR } = env;
    const folder = DATA_DIR?.trim() || './data';
    const file = JWT_KEYS_FILE?.trim();
    const own = () => (file ? keysOf(file) : ownKeys(folder));
    const keys = JWT_KEYS?.trim() ? readConfig({ JWT_KEYS }).jwtKeys : own();
    if (!keys) return null;
    const actor = `local-${userInfo().username.replace(/[^A-Za-z0-9_-]/g, '')}`.slice(0, 32);
    return createTokens({ keys, clock: systemClock }).signAdmin({ actor, role: 'operator' }, TOKEN_SECONDS)
      .token;
  },
  async openStore(env) {
    const config = readConfig(env);
    const { mongodbUrl: url, dataDir } = config;
    const store =
      url === undefined
        ? await openStore({ dataDir, clock: systemClock, newId })
        : await openMongoStore({ url, clock: systemClock, newId, log: QUIET });
    return {
      epoch: store.epoch,
      checkRooms: (page) => store.checkRooms(page),
      async bumpEpoch() {
        const epoch = newId();
        await store.bumpEpoch(epoch);
        return epoch;
      },
      close: () => store.close(),
    };
  },
};

/** Looking for the key of a server makes none. */
const ownKeys = (folder: string) => (hasKeptKeys(folder) ? keptKeys(folder) : null);

process.exitCode = await run({ io, local }, process.argv.slice(2));
