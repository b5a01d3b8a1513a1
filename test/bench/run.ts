/**
 * One part with all its contenders, interleaved by rounds: prints a table and keeps every round as JSON under
 * results/, from which write-up.ts makes docs/benchmarks.md.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Contender } from './contender.ts';
import { isOurs, OURS } from './contenders/kind.ts';
import { commit, machineLine } from './machine.ts';
import type { Options, Part } from './part.ts';
import { absentRow, tableOf, verdictOf } from './report.ts';
import { runSession, type Session } from './session.ts';

export const RESULTS = join(import.meta.dirname, 'results');

export interface Plan {
  part: Part;
  contenders: readonly Contender[];
  rounds: number;
  options: Options;
  generator?: Record<string, number>;
  isQuick?: true;
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
  /** In small: never written up. */
  isQuick?: true;
  /** Deliveries a second that the generator was proved to take in, by shape of load (parts/proof.ts). */
  generator?: Record<string, number>;
  /** What could not be measured here, and what to do about it; and sessions that broke off, and why. */
  absent: { contender: string; title: string; why: string }[];
  table: Record<string, string>[];
  sessions: Session[];
}

export interface Ran {
  result: Result;
  /** False where a message was lost, doubled or out of order that must not have been. */
  isWhole: boolean;
}

export async function runPart({ part, contenders, rounds, options, ...told }: Plan): Promise<Ran> {
  const absent = contenders.flatMap((one) => {
    const why = one.absence?.() ?? null;
    return why === null ? [] : [{ contender: one.name, title: one.title, why }];
  });
  const present = contenders.filter(({ name }) => absent.every(({ contender }) => contender !== name));
  const about = {
    part: part.name,
    title: part.title,
    began: new Date().toISOString(),
    machine: machineLine(),
    commit: commit(),
    versions: versionsOf(present.flatMap((contender) => contender.packages)),
    options: { ...options, rounds },
  };
  console.log(
    `\n${part.name}: ${part.title}\n${about.machine}\n${options.sockets} sockets, ${rounds} rounds`,
  );
  const sessions: Session[] = [];
  const broken: Result['absent'] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const contender of present) {
      console.log(`round ${round}: ${contender.title}`);
      try {
        const session = await runSession({ part, contender, round }, options);
        sessions.push(session);
        if (isOurs(contender)) for (const line of historyOf(session)) console.log(line);
      } catch (reason) {
        // The others are to have their turn; that this one has none is said in its row.
        const why = reason instanceof Error ? reason.message : String(reason);
        console.log(`round ${round}: ${contender.title} broke off: ${why}`);
        broken.push({ contender: contender.name, title: contender.title, why: `round ${round}: ${why}` });
      }
    }
  }
  const table = [...tableOf(part, present, sessions), ...[...absent, ...broken].map(absentRow)];
  console.table(table);
  if (told.generator) console.log(verdictOf(part, told.generator, sessions).join('\n'));
  Object.assign(about.versions, ...sessions.map(({ versions }) => versions));
  const result = { ...about, ...told, absent: [...absent, ...broken], table, sessions };
  keep(result);
  const isWhole = sessions
    .filter(({ contender }) => !part.mayLose || isOurs({ name: contender }))
    .every(({ samples }) => samples.every(({ faults }) => Object.values(faults).every((n) => n === 0)));
  return { result, isWhole: isWhole && !broken.some(({ contender }) => contender === OURS) };
}

const historyOf = ({ samples }: Session): string[] => samples.flatMap(({ history = [] }) => history);

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
