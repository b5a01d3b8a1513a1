/**
 * `npm run bench`: measures us beside others (docs/benchmarks.md says what, and what came of it). Owns the command
 * line; ends with 1 where a message of ours was lost, doubled or out of order.
 */
import { parseArgs } from 'node:util';
import { contenderNamed, contenders } from './contenders.ts';
import { openFilesLimit, requireRig } from './machine.ts';
import type { Part } from './part.ts';
import { sink } from './contenders/sink.ts';
import { partNamed, parts } from './parts.ts';
import { proof } from './parts/proof.ts';
import { goalTable, type Results } from './goals.ts';
import { runPart, type Ran, type Result } from './run.ts';
import { runSession } from './session.ts';
import { writeUp } from './write-up.ts';

const USAGE = `npm run bench -- --part NAME     one part, or several with commas between them; all: all of them
                  --quick         all parts, smaller and one round each; under five minutes
                  --write-up      docs/benchmarks.md anew from the newest result of each part

parts:
${parts.map(({ name, title }) => `  ${name.padEnd(10)} ${title}`).join('\n')}

  --only a,b      contenders: ${contenders.map(({ name }) => name).join(', ')}
  --rounds n  --sockets n  --seconds n  --warm-up n  --entries n   instead of the part's own`;

/** Those whose figures the others are held against. */
const QUICK = ['uws', 'socket.io', 'centrifugo', 'chahua'];
/** Files that a process opens beside its sockets. */
const SPARE_FILES = 500;

const { values } = parseArgs({
  options: {
    part: { type: 'string' },
    quick: { type: 'boolean' },
    'write-up': { type: 'boolean' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    sockets: { type: 'string' },
    seconds: { type: 'string' },
    'warm-up': { type: 'string' },
    entries: { type: 'string' },
    help: { type: 'boolean' },
  },
});

// What was started ends with this process, but only where it is let end by itself.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

if (values['write-up']) await writeUp();
else if (values.help || (values.part === undefined && !values.quick)) console.log(USAGE);
else process.exitCode = (await bench()) ? 0 : 1;

async function bench(): Promise<boolean> {
  requireRig();
  const chosen =
    values.part === undefined || values.part === 'all' ? parts : values.part.split(',').map(partNamed);
  const results = new Map<string, Result>();
  let isWhole = true;
  let generator: Record<string, number> | undefined;
  for (const part of chosen) {
    if (part.wantsProof) generator ??= await proveGenerator();
    const ran = await run(part, part.wantsProof ? generator : undefined);
    results.set(part.name, ran.result);
    isWhole &&= ran.isWhole;
  }
  summary(results);
  return isWhole;
}

/** The last word: of the goals that were measured, how we and the others stand. */
function summary(results: Results): void {
  const rows = goalTable(results, 'measured').map(({ '': id, goal, ours, met }) => ({
    '': id,
    goal,
    ours,
    met,
  }));
  if (values.quick) console.log('\na quick look: goals are judged by a whole run on a quiet machine');
  if (rows.length > 0) console.table(rows);
}

/** What it carries, by shape of load; once for all the parts that want to know. */
async function proveGenerator(): Promise<Record<string, number>> {
  const size = { ...proof.defaults, ...(values.quick && proof.quick) };
  const { samples } = await runSession({ part: proof, contender: sink, round: 1 }, size);
  return Object.fromEntries(samples.map(({ shape, metrics }) => [shape, metrics['carried'] ?? NaN]));
}

async function run(part: Part, generator?: Record<string, number>): Promise<Ran> {
  const size = values.quick ? { ...part.defaults, ...part.quick, rounds: 1 } : part.defaults;
  const { quickWith = QUICK } = part;
  const named = values.only?.split(',') ?? (values.quick ? quickWith : null);
  const started = performance.now();
  const ran = await runPart({
    part,
    ...(generator && { generator }),
    ...(values.quick && { isQuick: true as const }),
    contenders: (named?.map(contenderNamed) ?? contenders).filter((one) => part.suits(one)),
    rounds: amount('rounds', size.rounds),
    options: {
      sockets: withinLimit(amount('sockets', size.sockets)),
      seconds: amount('seconds', size.seconds),
      warmUpSeconds: amount('warm-up', size.warmUpSeconds),
      ...(size.entries !== undefined && { entries: amount('entries', size.entries) }),
    },
  });
  console.log(`${part.name} took ${Math.round((performance.now() - started) / 1_000)} s`);
  return ran;
}

function withinLimit(sockets: number): number {
  const most = openFilesLimit() - SPARE_FILES;
  if (sockets <= most) return sockets;
  console.log(`ulimit -Hn is ${openFilesLimit()}: ${most} sockets instead of ${sockets}`);
  return most;
}

function amount(name: 'rounds' | 'sockets' | 'seconds' | 'warm-up' | 'entries', otherwise: number): number {
  const given = values[name];
  if (given === undefined) return otherwise;
  const number = Number(given);
  if (!(number > 0)) throw new Error(`--${name} wants a number above 0, not "${given}"`);
  return number;
}
