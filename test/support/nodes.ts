/**
 * Several nodes as processes of their own, each on a port of its own, over one store: the one that MONGODB_URL names
 * in `env`, else the embedded one behind a hub. The bus is what `env` says (NATS_URL), else the hub's. Nodes can be
 * killed, and started again on the same port. Nothing outlives the test.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

const MAIN = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
const START_LIMIT_MS = 60_000;

export class Nodes {
  /** What all of them wrote. */
  readonly logs: string[] = [];
  readonly #folder: string;
  readonly #env: Record<string, string>;
  readonly #ports: number[] = [];
  readonly #adminPort: number;
  readonly #children = new Map<string, ChildProcess>();

  private constructor(folder: string, adminPort: number, env: Record<string, string>) {
    this.#folder = folder;
    this.#adminPort = adminPort;
    this.#env = env;
  }

  static async start(t: TestContext, count: number, env: Record<string, string> = {}): Promise<Nodes> {
    const nodes = await Nodes.open(count, env);
    t.after(() => nodes.close());
    return nodes;
  }

  /** Without a test: whoever opens them closes them. */
  static async open(count: number, env: Record<string, string> = {}): Promise<Nodes> {
    const folder = await mkdtemp(join(tmpdir(), 'chahua-nodes-'));
    const nodes = new Nodes(folder, await freePort(), {
      JWT_KEYS: `test:${'k3y-'.repeat(3)}${folder.padEnd(32, 'x')}`,
      ...env,
    });
    try {
      await nodes.#begin('hub');
      for (let i = 0; i < count; i += 1) nodes.#ports.push(await freePort());
      // The first makes what a new database needs; two that make it at once are not on trial here.
      await nodes.begin(0);
      await Promise.all(nodes.#ports.slice(1).map((_, i) => nodes.begin(i + 1)));
    } catch (reason) {
      await nodes.close();
      throw reason;
    }
    return nodes;
  }

  /** Of the hub, then of node 0, 1 … */
  get pids(): number[] {
    return [...this.#children.values()].flatMap(({ pid }) => pid ?? []);
  }

  /** The first node's figures, and those of the others with them. */
  get admin(): string {
    return `http://127.0.0.1:${this.#adminPort}`;
  }

  /** Of node 0, 1 … */
  url(node: number): string {
    return `http://127.0.0.1:${this.#ports[node] ?? 0}`;
  }

  begin(node: number): Promise<void> {
    return this.#begin(String(node + 1));
  }

  async kill9(node: number): Promise<void> {
    await kill(this.#children.get(String(node + 1)));
  }

  /** Asks it to end; gives its exit code. */
  async stop(node: number): Promise<number | null> {
    const child = this.#children.get(String(node + 1));
    if (!child) return null;
    const exited = once(child, 'exit') as Promise<[number | null]>;
    child.send('stop');
    return (await exited)[0];
  }

  async #begin(name: string): Promise<void> {
    const child = fork(MAIN, ['--child', name, '--hub', join(this.#folder, 'hub.sock')], {
      cwd: this.#folder, // no .env of the person running the tests
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: {
        PATH: process.env['PATH'] ?? '',
        DATA_DIR: this.#folder,
        DEV_LOGIN: '1',
        PORT: String(this.#ports[Number(name) - 1] ?? 1),
        ADMIN_PORT: String(this.#adminPort),
        ...this.#env,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#children.set(name, child);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.logs.push(text));
    }
    const ended = once(child, 'close').then(() => {
      throw new Error(`process ${name} ended before it served:\n${this.logs.slice(-20).join('')}`);
    });
    ended.catch(() => undefined);
    await Promise.race([once(child, 'message', { signal: AbortSignal.timeout(START_LIMIT_MS) }), ended]);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#children.values()].map(kill));
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
