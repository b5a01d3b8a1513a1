/**
 * `npm run bench`: measures us beside others (docs/benchmarks.md says what, and what came of it). Owns the command
 * line; ends with 1 where a message of ours was lost, doubled or out of order.
 */
import { parseArgs } from 'node:util';
import { contenderNamed, contenders } from './contenders.ts';
import { requireRig } from './machine.ts';
import type { Part } from './part.ts';
import { partNamed, parts } from './parts.ts';
import { runPart } from './run.ts';
import { writeUp } from './write-up.ts';

const USAGE = `npm run bench -- --part NAME     one part, or several with commas between them
                  --quick         all parts, smaller and one round each; under five minutes
                  --write-up      docs/benchmarks.md anew from the newest result of each part

parts:
${parts.map(({ name, title }) => `  ${name.padEnd(10)} ${title}`).join('\n')}

  --only a,b      contenders: ${contenders.map(({ name }) => name).join(', ')}
  --rounds n  --sockets n  --seconds n  --warm-up n   instead of the part's own`;

/** Those whose figures the others are held against. */
const QUICK = ['uws', 'socket.io', 'chahua'];

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
    help: { type: 'boolean' },
  },
});

if (values['write-up']) await writeUp();
else if (values.help || (values.part === undefined && !values.quick)) console.log(USAGE);
else process.exitCode = (await bench()) ? 0 : 1;

async function bench(): Promise<boolean> {
  requireRig();
  let isWhole = true;
  for (const part of values.part?.split(',').map(partNamed) ?? parts) isWhole = (await run(part)) && isWhole;
  return isWhole;
}

function run(part: Part): Promise<boolean> {
  const size = values.quick ? { ...part.defaults, ...part.quick, rounds: 1 } : part.defaults;
  const named = values.only?.split(',') ?? (values.quick ? QUICK : null);
  return runPart({
    part,
    contenders: (named?.map(contenderNamed) ?? contenders).filter((one) => part.suits(one)),
    rounds: amount('rounds', size.rounds),
    options: {
      sockets: amount('sockets', size.sockets),
      seconds: amount('seconds', size.seconds),
      warmUpSeconds: amount('warm-up', size.warmUpSeconds),
    },
  });
}

function amount(name: 'rounds' | 'sockets' | 'seconds' | 'warm-up', otherwise: number): number {
  const given = values[name];
  if (given === undefined) return otherwise;
  const number = Number(given);
  if (!(number > 0)) throw new Error(`--${name} wants a number above 0, not "${given}"`);
  return number;
}
