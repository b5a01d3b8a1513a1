/**
 * A contender's server in a process of its own (serve.ts). Promises that it listens when `serveHere` resolves, is gone
 * after `stop`, and ends by itself when the benchmark does.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Served } from './contender.ts';

const program = fileURLToPath(new URL('./serve.ts', import.meta.url));

/** @param file exports `serve(): Promise<number>`, which resolves with the port */
export async function serveHere(file: string, pin: readonly string[]): Promise<Served> {
  // fork() knows one executable: what pins comes first, and Node becomes its argument.
  const argv = [...pin, process.execPath];
  const child = fork(program, [file], { execPath: argv[0]!, execArgv: argv.slice(1), stdio: 'inherit' });
  const exited = once(child, 'exit');
  const early = exited.then(([code]) => {
    throw new Error(`the server of ${file} ended with ${String(code)} before it listened`);
  });
  early.catch(() => undefined); // an end after that is `stop`
  const [port] = (await Promise.race([once(child, 'message'), early])) as [number];
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid!,
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
