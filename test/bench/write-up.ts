/**
 * `npm run bench -- --write-up`: the newest result of each part into docs/benchmarks.md, between the marks that it
 * bears, with a chart beside it. Prose around the marks is ours to write and stays.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { barChart } from './chart.ts';
import { contenderNamed, ours } from './contenders.ts';
import type { Column, Part } from './part.ts';
import { parts } from './parts.ts';
import { RESULTS, type Result } from './run.ts';
import { spreadOf } from './statistics.ts';

const DOCS = join(import.meta.dirname, '../../docs');
const PAGE = join(DOCS, 'benchmarks.md');
const CHARTS = join(DOCS, 'benchmarks');

export async function writeUp(): Promise<void> {
  let page = readFileSync(PAGE, 'utf8');
  mkdirSync(CHARTS, { recursive: true });
  for (const part of parts) {
    const result = newest(part.name);
    const [from, to] = [`<!-- ${part.name} -->`, `<!-- /${part.name} -->`];
    const start = page.indexOf(from);
    const end = page.indexOf(to);
    if (start < 0 || end < 0) throw new Error(`docs/benchmarks.md has no ${from} … ${to}`);
    if (!result) {
      console.log(`${part.name}: no result`);
      continue;
    }
    page = `${page.slice(0, start + from.length)}\n\n${sectionOf(part, result)}\n${page.slice(end)}`;
    console.log(`${part.name}: ${result.began}`);
  }
  writeFileSync(PAGE, await format(page, { ...(await resolveConfig(PAGE)), filepath: PAGE }));
}

function newest(part: string): Result | undefined {
  const file = readdirSync(RESULTS)
    .filter((name) => name.endsWith(`-${part}.json`))
    .sort()
    .at(-1);
  return file === undefined ? undefined : (JSON.parse(readFileSync(join(RESULTS, file), 'utf8')) as Result);
}

function sectionOf(part: Part, result: Result): string {
  const { rounds, sockets, seconds, warmUpSeconds } = result.options;
  const command = `npm run bench -- --part ${part.name} --rounds ${rounds} --sockets ${sockets} --seconds ${seconds} --warm-up ${warmUpSeconds}`;
  const versions = Object.entries(result.versions).map(([name, version]) => `${name} ${version}`);
  return [
    chartsOf(part, result),
    markdownTable(result.table),
    '',
    `\`${command}\`, ${result.began.slice(0, 16).replace('T', ' ')} UTC, commit ${result.commit.slice(0, 10)}; ${result.machine}; ${versions.join(', ')}.`,
    '',
    roundsOf(part, result),
  ].join('\n');
}

/** A chart a shape of load, of the part's first column. */
function chartsOf(part: Part, result: Result): string {
  const [column] = part.columns;
  if (!column) return '';
  return shapesOf(result)
    .map((shape, index) => {
      const bars = namesOf(result).flatMap((name) => {
        const values = valuesOf(result, { contender: name, shape, column });
        if (values.length === 0) return [];
        const tone = name.startsWith(ours.name) ? ('ours' as const) : ('peer' as const);
        return [{ label: contenderNamed(name).title, spread: spreadOf(values), tone }];
      });
      const file = `${part.name}-${index + 1}.svg`;
      const title = `${column.title}, ${shape}`;
      writeFileSync(join(CHARTS, file), barChart(title, bars, shown(column)));
      return `![${title}](benchmarks/${file})\n`;
    })
    .join('\n');
}

/** Every round of the first column, so that nobody has to trust a median. */
function roundsOf(part: Part, result: Result): string {
  const [column] = part.columns;
  if (!column || result.options.rounds < 2) return '';
  const rows = namesOf(result).flatMap((contender) =>
    shapesOf(result).flatMap((shape) => {
      const values = valuesOf(result, { contender, shape, column });
      if (values.length === 0) return [];
      return [`${contenderNamed(contender).title}, ${shape}: ${values.map(shown(column)).join(' · ')}`];
    }),
  );
  const lines = rows.map((row) => `- ${row}`).join('\n');
  return `<details><summary>All rounds: ${column.title}</summary>\n\n${lines}\n\n</details>\n`;
}

const namesOf = (result: Result): string[] => [...new Set(result.sessions.map(({ contender }) => contender))];

const shapesOf = (result: Result): string[] => [
  ...new Set(result.sessions.flatMap(({ samples }) => samples.map(({ shape }) => shape))),
];

function valuesOf(
  result: Result,
  { contender, shape, column }: { contender: string; shape: string; column: Column },
): number[] {
  return result.sessions
    .filter((session) => session.contender === contender)
    .flatMap(({ samples }) => samples.filter((sample) => sample.shape === shape))
    .map(({ metrics }) => metrics[column.metric] ?? NaN);
}

const shown =
  ({ scale, digits }: Column) =>
  (value: number): string =>
    (value / scale).toFixed(digits);

function markdownTable(rows: readonly Record<string, string>[]): string {
  const [first] = rows;
  if (!first) return 'no rows';
  const titles = Object.keys(first);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(titles),
    line(titles.map(() => '---')),
    ...rows.map((row) => line(titles.map((title) => row[title] ?? ''))),
  ].join('\n');
}
