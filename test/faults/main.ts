/**
 * `npm run faults`: tries every fault of the matrix, then all of them at random for as long as one likes, and ends with
 * a table: each fault, its verdict, and what of it was not tried and why. Ends with 1 where a promise was broken.
 */
import { join } from 'node:path';
import { run } from 'node:test';
import { parseArgs } from 'node:util';
import { matrix, type Row } from './matrix.ts';

const USAGE = `npm run faults                  every fault once, about five minutes
npm run faults -- --minutes 30  and then, until so long is over, all at random, two at a time, a new seed each round
npm run faults -- --seed N      the same random choices again
npm run faults -- --planted     the bugs that the checkers must find
npm run faults -- --only M1,M9  these alone`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '0' },
    seed: { type: 'string' },
    planted: { type: 'boolean', default: false },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const NEMESIS = 'faults/nemesis';
/** A round of faults at random; each starts from nothing, so that a bad one is short to read. */
const ROUND_SECONDS = 20;
const PLANTED = ['faults/planted-bugs', 'faults/checkers', 'faults/durable-order', 'faults/power-loss'];
/** Power cuts on one trace: more than in a run of all tests. */
const CUTS = 8;
const tests = join(import.meta.dirname, '..');

interface Verdict {
  file: string;
  name: string;
  outcome: 'held' | 'broken' | 'not run';
  /** What was broken, or why it did not run. */
  why: string;
}

if (values.help) console.log(USAGE);
else process.exitCode = (await (values.planted ? tryPlanted() : tryAll())) ? 0 : 1;

async function tryPlanted(): Promise<boolean> {
  const verdicts = await tried(PLANTED);
  const bugs = verdicts.filter(({ name }) => /notice/.test(name));
  console.table(
    bugs.map(({ name, outcome }) => ({ bug: name, found: outcome === 'held' ? 'yes' : outcome })),
  );
  return bugs.length > 0 && verdicts.every(({ outcome }) => outcome === 'held');
}

async function tryAll(): Promise<boolean> {
  const minutes = Number(values.minutes);
  if (!(minutes >= 0)) throw new Error(`--minutes wants a number, not "${values.minutes}"`);
  if (values.seed !== undefined && !/^\d{1,10}$/.test(values.seed)) {
    throw new Error(`--seed wants a whole number, not "${values.seed}"`);
  }
  const ids = values.only?.split(',');
  const rows = matrix.filter(({ id }) => ids?.includes(id) ?? true);
  if (rows.length === 0)
    throw new Error(`no fault is called ${values.only}; there are M1 to M${matrix.length}`);
  const until = performance.now() + minutes * 60_000;
  const firstSeed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  process.env['FAULT_SEED'] = String(firstSeed);
  console.log(`seed ${firstSeed}`);

  process.env['FAULT_CUTS'] ??= String(CUTS);
  process.env['FAULT_BOUNDS'] ??= 'promised';
  const files = [...new Set(rows.flatMap(({ files }) => files))];
  const verdicts = await tried(files);
  process.env['FAULT_SECONDS'] = String(ROUND_SECONDS);
  for (let round = 1; performance.now() < until; round++) {
    process.env['FAULT_SEED'] = String((firstSeed + round) % 2 ** 31);
    console.log(`at random, round ${round}: seed ${process.env['FAULT_SEED']}`);
    verdicts.push(...(await tried([NEMESIS])));
  }
  console.table(rows.map((row) => line(row, verdicts)));
  const broken = verdicts.filter(({ outcome }) => outcome === 'broken');
  for (const { file, name, why } of broken) console.log(`\n✖ ${file}: ${name}\n${why}`);
  return broken.length === 0;
}

/** Runs the files one after the other; gives every test of them that stands at the top. */
function tried(names: readonly string[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const files = names.map((name) => join(tests, `${name}.test.ts`));
  const nameOf = (file: string | undefined) => names[files.indexOf(file ?? '')] ?? file ?? '';
  return new Promise((resolve, reject) => {
    run({ files, concurrency: 1, execArgv: [...process.execArgv] })
      .on('test:pass', ({ name, nesting, file, skip }) => {
        if (nesting > 0) return;
        const why = typeof skip === 'string' ? skip : '';
        verdicts.push({ file: nameOf(file), name, outcome: skip === undefined ? 'held' : 'not run', why });
        console.log(`${skip === undefined ? '✔' : '–'} ${name}${why === '' ? '' : `: ${why}`}`);
      })
      .on('test:fail', ({ name, nesting, file, details }) => {
        if (nesting > 0) return;
        const { cause } = details.error;
        const why = cause instanceof Error ? cause.message : details.error.message;
        verdicts.push({ file: nameOf(file), name, outcome: 'broken', why });
        console.log(`✖ ${name}`);
      })
      .on('end', () => resolve(verdicts))
      .on('error', reject)
      .resume();
  });
}

function line({ id, fault, files, only, lacks }: Row, all: readonly Verdict[]): Record<string, string> {
  const isMeant = only === undefined ? null : new RegExp(only);
  const own = all.filter(({ file, name }) => files.includes(file) && (isMeant?.test(name) ?? true));
  const count = (outcome: Verdict['outcome']) => own.filter((verdict) => verdict.outcome === outcome).length;
  const skipped = own.filter(({ outcome }) => outcome === 'not run').map(({ why }) => why);
  const verdict = count('broken') > 0 ? 'BROKEN' : count('held') > 0 ? 'held' : 'not run';
  return {
    '': id,
    fault,
    verdict,
    tests: String(own.length),
    'not tried': [...new Set([...(lacks === undefined ? [] : [lacks]), ...skipped])].join('; '),
  };
}
