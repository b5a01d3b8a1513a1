/**
 * The load generator's process: runs one part against one running server and hands the samples to session.ts. Talks to
 * it over the channel of fork(): `restart` is asked and answered with the new pids, the samples come last.
 */
import { once } from 'node:events';
import { contenderNamed } from './contenders.ts';
import type { Options, Sample } from './part.ts';
import { partNamed } from './parts.ts';

export interface Job {
  part: string;
  contender: string;
  url: string;
  pids: readonly number[];
  options: Options;
}

export type Said = { ask: 'restart' } | { samples: Sample[] };

const job = JSON.parse(process.argv[2]!) as Job;
let { pids } = job;
const target = {
  contender: contenderNamed(job.contender),
  url: job.url,
  get pids() {
    return pids;
  },
  async restart() {
    say({ ask: 'restart' });
    [pids] = (await once(process, 'message')) as [readonly number[]];
  },
};
const samples = await partNamed(job.part).generate(target, job.options);
// At once: timers of a part that were to end what took too long are nothing to wait for.
say({ samples }, () => process.exit());

function say(said: Said, done: () => void = () => undefined): void {
  process.send!(said, undefined, undefined, done);
}
