/**
 * A NATS server for tests that need a real one: the one that NATS_URL names, else a `nats-server` from the PATH on a
 * free port of loopback, which can be killed, frozen and started again. Where there is neither, tests are skipped in
 * words that say how to have one; in CI they fail. Nothing outlives the test.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import type { TestContext } from 'node:test';
import { freePort } from './free-port.ts';

const WITHOUT =
  'no NATS server: put nats-server on the PATH (Debian: apt-get install nats-server), or set NATS_URL to a server for tests';
const START_LIMIT_MS = 10_000;

/** `2.9.10`, or null where there is none on the PATH. */
function installedVersion(): string | null {
  try {
    const told = execFileSync('nats-server', ['--version'], { encoding: 'utf8' });
    return /\d+\.\d+\.\d+/.exec(told)?.[0] ?? null;
  } catch {
    return null;
  }
}

function skip(t: TestContext, why: string): null {
  if (process.env['CI'] === 'true') throw new Error(`${why}; in CI nothing is skipped`);
  t.skip(why);
  return null;
}

/** The URL of a server that the test need not be able to stop; null where the test was skipped. */
export async function natsUrl(t: TestContext): Promise<string | null> {
  const given = process.env['NATS_URL'];
  if (given === undefined || given === '') return (await NatsProcess.start(t))?.url ?? null;
  t.diagnostic('against the NATS server of NATS_URL');
  return given;
}

export class NatsProcess {
  readonly port: number;
  readonly #args: readonly string[];
  #child: ChildProcess | null = null;

  private constructor(port: number, args: readonly string[]) {
    this.port = port;
    this.#args = args;
  }

  /** Null where the test was skipped. `args`: over those for the address. */
  static async start(t: TestContext, args: readonly string[] = []): Promise<NatsProcess | null> {
    const version = installedVersion();
    if (version === null) return skip(t, WITHOUT);
    t.diagnostic(`against nats-server ${version}`);
    const nats = await NatsProcess.open(args);
    t.after(() => nats.kill());
    return nats;
  }

  /** Without a test: whoever opens it kills it. */
  static async open(args: readonly string[] = []): Promise<NatsProcess> {
    const nats = new NatsProcess(await freePort(), args);
    await nats.begin();
    return nats;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** On the same port as before. */
  async begin(): Promise<void> {
    const args = ['--addr', '127.0.0.1', '--port', String(this.port), ...this.#args];
    const child = spawn('nats-server', args, { stdio: 'ignore' });
    this.#child = child;
    const due = performance.now() + START_LIMIT_MS;
    while (!(await listens(this.port))) {
      if (child.exitCode !== null) throw new Error(`nats-server ended with code ${child.exitCode}`);
      if (performance.now() > due) throw new Error('nats-server did not listen in time');
    }
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection(port, '127.0.0.1');
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => setTimeout(resolve, 20, false));
  });
}
