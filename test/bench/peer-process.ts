/**
 * A contender's server in a process of its own (serve.ts). Promises that it listens when `serveHere` resolves, is gone
 * after `stop`, comes back on the same port by `restart`, and ends by itself when the benchmark does.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Served } from './contender.ts';

const program = fileURLToPath(new URL('./serve.ts', import.meta.url));

/** @param file exports `serve(port): Promise<number>`, which resolves with the port; 0: any that is free */
export async function serveHere(file: string, pin: readonly string[]): Promise<Served> {
  let { child, port } = await launch(file, pin, 0);
  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  return {
    url: `http://127.0.0.1:${port}`,
    get pids() {
      return [child.pid!];
    },
    async restart() {
      await end('SIGTERM');
      ({ child, port } = await launch(file, pin, port));
    },
    stop: () => end('SIGKILL'),
  };
}

async function launch(
  file: string,
  pin: readonly string[],
  wanted: number,
): Promise<{ child: ChildProcess; port: number }> {
  // fork() knows one executable: what pins comes first, and Node becomes its argument.
  const argv = [...pin, process.execPath];
  const child = fork(program, [file, String(wanted)], {
    execPath: argv[0]!,
    execArgv: argv.slice(1),
    stdio: 'inherit',
  });
  const early = once(child, 'exit').then(([code]) => {
    throw new Error(`the server of ${file} ended with ${String(code)} before it listened`);
  });
  early.catch(() => undefined); // an end after that is wanted
  const [port] = (await Promise.race([once(child, 'message'), early])) as [number];
  return { child, port };
}
