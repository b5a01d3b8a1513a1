/**
 * The real server as a child process on a port of its own, with a data folder of its own: started, killed, frozen
 * and started again on the same data and the same port. Promises that `start` resolves when the server listens and
 * rejects with the server's last words when it does not, and that nothing outlives `stop`, nor the test. Every
 * environment variable of the project is set here or absent: what the person running the tests has exported does not
 * count.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { mustHoldNoSecret } from './secrets.ts';
import { freePort } from './free-port.ts';

export interface ServerOptions {
  /** Over the defaults: free ports, DEV_LOGIN=1 and a fresh DATA_DIR. */
  env?: Record<string, string>;
  /** After the program: `['--workers', '2']`. */
  args?: readonly string[];
  /** Put before `node`: `['taskset', '-c', '0']`. */
  prefix?: readonly string[];
}

interface Listening {
  url: string;
  admin: string;
}

interface Ports {
  PORT: string;
  ADMIN_PORT: string;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** One process; it does nothing before it is told to begin. */
interface Life {
  child: Child;
  stdout: Interface;
  /** Gives the exit code, null after a signal. */
  exited: Promise<number | null>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const GUARD = new URL('./server-process-guard.ts', import.meta.url).href;
const START_LIMIT_MS = 30_000;
/** Lines of log kept; the oldest go first. */
const LOG_LIMIT = 20_000;

export class ServerProcess {
  /** What the server wrote on stdout and stderr, over all its lives; bounded. */
  readonly logs: string[] = [];
  readonly dataDir: string;
  readonly #options: ServerOptions;
  readonly #ports: Ports;
  #life: Life;
  /** Those to come, loaded or loading. */
  readonly #spares: Life[] = [];
  #listening: Listening = { url: '', admin: '' };

  private constructor(dataDir: string, ports: Ports, options: ServerOptions) {
    this.dataDir = dataDir;
    this.#ports = ports;
    this.#options = options;
    this.#life = this.#spawn();
  }

  static async start(options: ServerOptions = {}): Promise<ServerProcess> {
    const ports = { PORT: String(await freePort()), ADMIN_PORT: String(await freePort()) };
    const server = new ServerProcess(await mkdtemp(join(tmpdir(), 'chahua-test-')), ports, options);
    try {
      server.#listening = await server.#begin(server.#life);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** `http://127.0.0.1:port` of the public listener; stays the same over restarts. */
  get url(): string {
    return this.#listening.url;
  }

  /** The same of the admin listener. */
  get admin(): string {
    return this.#listening.admin;
  }

  get pid(): number {
    const { pid } = this.#life.child;
    if (pid === undefined) throw new Error('the server is not running');
    return pid;
  }

  /** Resolves with the exit code, null after a signal. */
  get exited(): Promise<number | null> {
    return this.#life.exited;
  }

  /** Resolves when the process is gone; nothing was flushed, nobody was told. */
  async kill9(): Promise<void> {
    this.#life.child.kill('SIGKILL');
    await this.#life.exited;
  }

  /** Asks it to end; resolves with its exit code. */
  async sigterm(): Promise<number | null> {
    this.#life.child.kill('SIGTERM');
    return this.#life.exited;
  }

  freeze(): void {
    this.#life.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#life.child.kill('SIGCONT');
  }

  /** Loads the processes of that many restarts to come, while this one serves. */
  prepare(restarts = 1): void {
    while (this.#spares.length < restarts) this.#spares.push(this.#spawn());
  }

  /** On the same data and the same ports, once the old process is gone. */
  async restart(): Promise<void> {
    await this.#life.exited;
    this.#life = this.#spares.shift() ?? this.#spawn();
    this.#listening = await this.#begin(this.#life);
  }

  /** Ends the process and removes its data. */
  async stop(): Promise<void> {
    const lives = [this.#life, ...this.#spares.splice(0)];
    for (const { child } of lives) child.kill('SIGKILL');
    await Promise.all(lives.map(({ exited }) => exited));
    await rm(this.dataDir, { recursive: true, force: true });
    mustHoldNoSecret('the log of the server', this.logs.join('\n'));
  }

  #spawn(): Life {
    const program = [
      process.execPath,
      '--import',
      GUARD,
      join(root, 'server/main.ts'),
      ...(this.#options.args ?? []),
    ];
    const [command = '', ...args] = [...(this.#options.prefix ?? []), ...program];
    const child = spawn(command, args, {
      cwd: this.dataDir, // no .env of the person running the tests
      env: {
        PATH: process.env['PATH'] ?? '',
        DATA_DIR: this.dataDir,
        DEV_LOGIN: '1',
        ...this.#ports,
        ...this.#options.env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.on('error', () => undefined); // it died before it was told to begin; its end says so
    const stdout = createInterface({ input: child.stdout });
    const stderr = createInterface({ input: child.stderr });
    for (const lines of [stdout, stderr]) lines.on('line', (line) => this.#note(line));
    const exited = new Promise<number | null>((resolve) => {
      child.once('close', resolve).once('error', (error) => {
        this.#note(error.message);
        resolve(null);
      });
    });
    return { child, stdout, exited };
  }

  #begin({ child, stdout, exited }: Life): Promise<Listening> {
    return new Promise((resolve, reject) => {
      const fail = (what: string) =>
        reject(new Error(`${what}; its last words:\n${this.logs.slice(-20).join('\n')}`));
      const timer = setTimeout(
        () => fail(`the server did not listen within ${START_LIMIT_MS} ms`),
        START_LIMIT_MS,
      );
      const look = (line: string) => {
        const listening = listeningIn(line);
        if (!listening) return;
        clearTimeout(timer);
        resolve(listening);
      };
      stdout.on('line', look);
      void exited.then((code) => {
        clearTimeout(timer);
        fail(`the server ended with code ${code} before it listened`);
      });
      child.stdin.write('begin');
    });
  }

  #note(line: string): void {
    if (this.logs.length >= LOG_LIMIT) this.logs.shift();
    this.logs.push(line);
  }
}

function listeningIn(line: string): Listening | null {
  if (!line.includes('"listening"')) return null;
  const { url, admin } = JSON.parse(line) as Partial<Listening>;
  return url !== undefined && admin !== undefined ? { url, admin } : null;
}
