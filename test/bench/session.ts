/**
 * One session of the benchmark: a server that has just started on its core, a generator that has just started on the
 * other, both gone afterwards. Nothing is carried over from one session to the next.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Ack, Contender, Served } from './contender.ts';
import type { Job, Said } from './generator.ts';
import { GENERATOR_CORE, loadAverage, SERVER_CORE } from './machine.ts';
import type { Options, Part, Sample } from './part.ts';

export interface Session {
  contender: string;
  title: string;
  ack: Ack;
  versions: Record<string, string>;
  round: number;
  loadAverage: string;
  samples: Sample[];
}

const program = fileURLToPath(new URL('./generator.ts', import.meta.url));

export async function runSession(
  { part, contender, round }: { part: Part; contender: Contender; round: number },
  options: Options,
): Promise<Session> {
  const load = loadAverage();
  const served = await contender.start(SERVER_CORE);
  try {
    const { url, pids, title = contender.title, ack = contender.ack, versions = {} } = served;
    const sockets = Math.min(options.sockets, served.mostSockets ?? Infinity);
    const own = { ...options, sockets };
    const samples = await generate(
      { part: part.name, contender: contender.name, url, pids, options: own },
      served,
    );
    if (sockets < options.sockets) for (const sample of samples) sample.note ??= `${sockets} sockets`;
    return { contender: contender.name, title, ack, versions, round, loadAverage: load, samples };
  } finally {
    await served.stop();
  }
}

async function generate(job: Job, served: Served): Promise<Sample[]> {
  // Node 22 says of its SQLite, which parts/store.ts asks, that it is an experiment.
  const argv = [...GENERATOR_CORE, process.execPath, '--disable-warning=ExperimentalWarning'];
  const child = fork(program, [JSON.stringify(job)], {
    execPath: argv[0]!,
    execArgv: argv.slice(1),
    stdio: 'inherit',
  });
  let samples: Sample[] | null = null;
  child.on('message', (message) => {
    const said = message as Said;
    if ('samples' in said) samples = said.samples;
    else void served.restart().then(() => child.send(served.pids));
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (!samples) throw new Error(`the generator for ${job.contender} ended with ${code} and no samples`);
  return samples;
}
