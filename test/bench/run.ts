/**
 * One part with all its contenders, interleaved by rounds: prints a table and keeps every round as JSON under
 * results/, from which write-up.ts makes docs/benchmarks.md.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Contender } from './contender.ts';
import { ours } from './contenders.ts';
import { commit, machineLine } from './machine.ts';
import type { Options, Part } from './part.ts';
import { tableOf } from './report.ts';
import { runSession, type Session } from './session.ts';

export const RESULTS = join(import.meta.dirname, 'results');

export interface Plan {
  part: Part;
  contenders: readonly Contender[];
  rounds: number;
  options: Options;
}

/** What is kept of a run. */
export interface Result {
  part: string;
  title: string;
  began: string;
  machine: string;
  commit: string;
  versions: Record<string, string>;
  options: Options & { rounds: number };
  table: Record<string, string>[];
  sessions: Session[];
}

/** @returns false where a message was lost, doubled or out of order that must not have been */
export async function runPart({ part, contenders, rounds, options }: Plan): Promise<boolean> {
  const about = {
    part: part.name,
    title: part.title,
    began: new Date().toISOString(),
    machine: machineLine(),
    commit: commit(),
    versions: versionsOf(contenders.flatMap((contender) => contender.packages)),
    options: { ...options, rounds },
  };
  console.log(
    `\n${part.name}: ${part.title}\n${about.machine}\n${options.sockets} sockets, ${rounds} rounds`,
  );
  const sessions: Session[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const contender of contenders) {
      console.log(`round ${round}: ${contender.title}`);
      sessions.push(await runSession({ part, contender, round }, options));
    }
  }
  const table = tableOf(part, contenders, sessions);
  console.table(table);
  keep({ ...about, table, sessions });
  return sessions
    .filter(({ contender }) => !part.mayLose || contender === ours.name)
    .every(({ samples }) => samples.every(({ faults }) => Object.values(faults).every((n) => n === 0)));
}

function versionsOf(packages: readonly string[]): Record<string, string> {
  const version = (name: string) => {
    const file = join(import.meta.dirname, '../../node_modules', name, 'package.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  };
  return Object.fromEntries([...new Set(packages)].map((name) => [name, version(name)]));
}

function keep(result: Result): void {
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, `${result.began.replaceAll(':', '-')}-${result.part}.json`);
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  console.log(relative(process.cwd(), file));
}
