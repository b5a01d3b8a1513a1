/**
 * A program that is no npm package: looked for on the PATH and in our cache, started on its core, and killed with the
 * benchmark. Promises that `serve` resolves when it listens, and with its last words rejects when it ends before.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';

const START_LIMIT_MS = 10_000;
const KEPT_WORDS = 2_000;
const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'chahua');

/** What to type to run it; undefined where it is in neither place. */
export function programNamed(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':').filter((folder) => folder !== '');
  return [...folders, cache].map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** Of a program written in Go, as its build says: `v6.9.1`; what `go` cannot tell is `not known`. */
export function goVersionOf(program: string): string {
  const { stdout } = spawnSync('go', ['version', '-m', program], { encoding: 'utf8' });
  return /\tmod\t\S+\t(\S+)/.exec(stdout ?? '')?.[1] ?? 'not known';
}

export class Binary {
  readonly #command: readonly string[];
  readonly #port: number;
  #child: ChildProcess | null = null;
  #words = '';
  readonly #kill = (): unknown => this.#child?.kill('SIGKILL');

  /** @param command what pins it, the program, its arguments */
  constructor(command: readonly string[], port: number) {
    this.#command = command;
    this.#port = port;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async serve(): Promise<void> {
    const [command = '', ...args] = this.#command;
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    process.once('exit', this.#kill);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#words = (this.#words + text).slice(-KEPT_WORDS);
      });
    }
    const due = performance.now() + START_LIMIT_MS;
    while (!(await listens(this.#port))) {
      if (child.exitCode !== null || performance.now() > due) {
        await this.stop();
        throw new Error(`${command} ${args.join(' ')} did not listen: ${this.#words}`);
      }
    }
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    process.removeListener('exit', this.#kill);
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
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
