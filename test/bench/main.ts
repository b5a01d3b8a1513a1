/**
 * `npm run bench -- --part fanout`: runs one part of the benchmark (docs: reliability §1) with all contenders,
 * interleaved by rounds, prints a table and keeps every round as JSON under test/bench/results/. Ends with 1 where a
 * message was lost, doubled or out of order.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { contenderNamed, contenders, ours } from './contenders.ts';
import { commit, machineLine, requireRig } from './machine.ts';
import { partNamed, parts } from './parts.ts';
import { tableOf } from './report.ts';
import { runSession, type Session } from './session.ts';

const USAGE = `npm run bench -- --part ${parts.map((part) => part.name).join('|')}
  --only a,b      contenders: ${contenders.map((contender) => contender.name).join(', ')}
  --rounds n  --sockets n  --seconds n  --warm-up n   instead of the part's own`;

const { values } = parseArgs({
  options: {
    part: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    sockets: { type: 'string' },
    seconds: { type: 'string' },
    'warm-up': { type: 'string' },
    help: { type: 'boolean' },
  },
});

if (values.help || values.part === undefined) console.log(USAGE);
else process.exitCode = (await bench(values.part)) ? 0 : 1;

async function bench(partName: string): Promise<boolean> {
  requireRig();
  const part = partNamed(partName);
  const chosen = (values.only?.split(',').map(contenderNamed) ?? contenders).filter((one) => part.suits(one));
  const rounds = amount('rounds', part.defaults.rounds);
  const options = {
    sockets: amount('sockets', part.defaults.sockets),
    seconds: amount('seconds', part.defaults.seconds),
    warmUpSeconds: amount('warm-up', part.defaults.warmUpSeconds),
  };
  const about = {
    part: part.name,
    title: part.title,
    began: new Date().toISOString(),
    machine: machineLine(),
    commit: commit(),
    versions: versionsOf(chosen.flatMap((contender) => contender.packages)),
    options: { ...options, rounds },
  };
  console.log(`${part.name}: ${part.title}\n${about.machine}\n${options.sockets} sockets, ${rounds} rounds`);
  const sessions: Session[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const contender of chosen) {
      console.log(`round ${round}: ${contender.title}`);
      sessions.push(await runSession({ part, contender, round }, options));
    }
  }
  const table = tableOf(part, chosen, sessions);
  console.table(table);
  keep({ ...about, table, sessions });
  return sessions
    .filter(({ contender }) => !part.mayLose || contender === ours.name)
    .every(({ samples }) => samples.every(({ faults }) => Object.values(faults).every((n) => n === 0)));
}

function amount(name: 'rounds' | 'sockets' | 'seconds' | 'warm-up', otherwise: number): number {
  const given = values[name];
  if (given === undefined) return otherwise;
  const number = Number(given);
  if (!(number > 0)) throw new Error(`--${name} wants a number above 0, not "${given}"`);
  return number;
}

function versionsOf(packages: readonly string[]): Record<string, string> {
  const version = (name: string) => {
    const file = join(import.meta.dirname, '../../node_modules', name, 'package.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  };
  return Object.fromEntries([...new Set(packages)].map((name) => [name, version(name)]));
}

function keep(result: { part: string; began: string; [more: string]: unknown }): void {
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${result.began.replaceAll(':', '-')}-${result.part}.json`);
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`\n${relative(process.cwd(), file)}`);
}
