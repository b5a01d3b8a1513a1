/** The load generator's process: runs one part against one running server and hands the samples to main.ts. */
import { contenderNamed } from './contenders.ts';
import type { Options } from './part.ts';
import { partNamed } from './parts.ts';

export interface Job {
  part: string;
  contender: string;
  url: string;
  pid: number;
  options: Options;
}

const job = JSON.parse(process.argv[2]!) as Job;
const target = { contender: contenderNamed(job.contender), url: job.url, pid: job.pid };
process.send!(await partNamed(job.part).generate(target, job.options));
process.disconnect();
