/**
 * `npm run fuzz`: a real server under seeded nonsense; ends with a table, and with 1 where anything did not hold. Then
 * the frames that may have done it are kept, and the command that sends them again is printed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { random } from '../faults/random.ts';
import { ServerProcess } from '../support/server-process.ts';
import { Fuzzer, FUZZED_ENV, megabytes, type Violation } from './fuzzer.ts';
import { KINDS, VOLLEY } from './nonsense.ts';
import type { Usage } from './server-usage.ts';

const USAGE = `npm run fuzz                              100,000 frames, about a minute
npm run fuzz -- --frames 1000000          as many as one likes, in volleys of ${VOLLEY}
npm run fuzz -- --seed 7                  the same frames again
npm run fuzz -- --seed 7 --volleys 41-80  these volleys of them alone`;

const RESULTS = join(import.meta.dirname, 'results');
const DEFAULT_FRAMES = 100_000;
const MOST_FRAMES = 100_000_000;
/** Before the base is taken: what a server needs only once is no leak. */
const WARM_UP_VOLLEYS = 300;

interface Asked {
  seed: number;
  first: number;
  last: number;
}

/** @throws a sentence for the terminal */
function asked(): Asked | 'help' {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { frames: text, seed: text, volleys: text, help: { type: 'boolean' } },
  });
  if (values.help) return 'help';
  const seed = values.seed === undefined ? random().seed : whole('--seed', values.seed, 2 ** 31 - 1);
  if (values.volleys === undefined) {
    const frames =
      values.frames === undefined ? DEFAULT_FRAMES : whole('--frames', values.frames, MOST_FRAMES);
    return { seed, first: 1, last: Math.max(1, Math.ceil(frames / VOLLEY)) };
  }
  const [, first = '', last = ''] = /^(\d+)-(\d+)$/.exec(values.volleys) ?? [];
  if (values.seed === undefined || values.frames !== undefined || first === '' || !(+first <= +last)) {
    throw new Error('--volleys wants FIRST-LAST, the --seed beside it, and no --frames');
  }
  const most = MOST_FRAMES + WARM_UP_VOLLEYS;
  return { seed, first: whole('--volleys', first, most), last: whole('--volleys', last, most) };
}

function whole(name: string, text: string, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (value <= most) return value;
  throw new Error(`${name} wants a whole number up to ${most}, not "${text}"`);
}

async function fuzz({ seed, first, last }: Asked): Promise<boolean> {
  console.log(`seed ${seed}; ${(last - first + 1) * VOLLEY} frames against a server of its own`);
  const server = await ServerProcess.start({ env: FUZZED_ENV });
  try {
    const fuzzer = await Fuzzer.arrive(server, seed);
    // The last of all: nobody repeats these by a number that is also one of the run.
    await fuzzer.run(MOST_FRAMES + 1, MOST_FRAMES + WARM_UP_VOLLEYS);
    const before = await fuzzer.usage;
    fuzzer.forget();
    const began = performance.now();
    const talk = setInterval(() => console.log(progress(fuzzer, began)), 10_000);
    await fuzzer.run(first, last).finally(() => clearInterval(talk));
    const seconds = (performance.now() - began) / 1_000;
    const crashed = fuzzer.violations.some(({ what }) => what.startsWith('the process ended'));
    const after = crashed ? null : await fuzzer.settle(before);
    show(fuzzer, { before, after, seconds });
    for (const violation of fuzzer.violations) explain(fuzzer, violation, { first, last });
    return fuzzer.violations.length === 0;
  } finally {
    await server.stop();
  }
}

const sum = (counts: ReadonlyMap<unknown, number>): number =>
  [...counts.values()].reduce((all, count) => all + count, 0);

function progress({ sent }: Fuzzer, began: number): string {
  const seconds = (performance.now() - began) / 1_000;
  return `${sum(sent)} frames in ${seconds.toFixed(0)} s`;
}

interface Run {
  before: Usage;
  /** Null of a server that is gone. */
  after: Usage | null;
  seconds: number;
}

function show(fuzzer: Fuzzer, { before, after, seconds }: Run): void {
  const { sent, outcomes } = fuzzer;
  console.table(Object.fromEntries(KINDS.map((kind) => [kind, { sent: sent.get(kind) ?? 0 }])));
  const seen = [...outcomes].sort(([, one], [, other]) => other - one);
  console.table(Object.fromEntries(seen.map(([outcome, times]) => [outcome, { 'came back': times }])));
  const left = (of: 'sockets' | 'descriptors') => (after ? after[of] - before[of] : 'unknown');
  const facts = {
    frames: sum(sent),
    crashes: after ? 0 : 1,
    'handlers that threw': outcomes.get('INTERNAL') ?? 0,
    'sockets left': left('sockets'),
    'descriptors left': left('descriptors'),
    'resident memory before': `${megabytes(before.residentBytes)} MB`,
    'resident memory after': after ? `${megabytes(after.residentBytes)} MB` : 'unknown',
    'event loop delay, worst p99': `${fuzzer.loopDelayMs.toFixed(1)} ms`,
    seconds: seconds.toFixed(1),
    'frames a second': Math.round(sum(sent) / seconds),
    seed: fuzzer.seed,
    verdict: fuzzer.violations.length === 0 ? 'held' : 'BROKEN',
  };
  console.table(Object.fromEntries(Object.entries(facts).map(([what, is]) => [what, { is }])));
}

function explain(fuzzer: Fuzzer, { what, volleys }: Violation, all: Pick<Asked, 'first' | 'last'>): void {
  console.log(`\n✖ ${what}`);
  const [first, last] = volleys ?? [all.first, all.last];
  if (volleys) {
    mkdirSync(RESULTS, { recursive: true });
    const file = join(RESULTS, `${fuzzer.seed}-${first}-${last}.jsonl`);
    const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const lines = numbers.flatMap((number) => {
      const { via, user, pieces } = fuzzer.volley(number);
      return pieces.map(({ kind, bytes }) =>
        JSON.stringify({ volley: number, via, user, kind, bytes: bytes.toString('base64') }),
      );
    });
    writeFileSync(file, `${lines.join('\n')}\n`);
    console.log(`the frames: ${relative(process.cwd(), file)}`);
  }
  console.log(`again: npm run fuzz -- --seed ${fuzzer.seed} --volleys ${first}-${last}`);
}

try {
  const plan = asked();
  if (plan === 'help') console.log(USAGE);
  else process.exitCode = (await fuzz(plan)) ? 0 : 1;
} catch (reason) {
  console.error(`fuzz: ${reason instanceof Error ? reason.message : String(reason)}\n\n${USAGE}`);
  process.exitCode = 1;
}
