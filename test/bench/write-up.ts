/**
 * `npm run bench -- --write-up`: the newest result of each part into docs/benchmarks.md, between the marks that it
 * bears, with a chart beside it. Prose around the marks is ours to write and stays, and so does what is there of parts
 * that were not run here.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { barChart } from './chart.ts';
import { isOurs } from './contenders/kind.ts';
import { goalTable, NOT_MEASURED } from './goals.ts';
import type { Column, Part } from './part.ts';
import { verdictOf } from './report.ts';
import { parts } from './parts.ts';
import { RESULTS, type Result } from './run.ts';
import { spreadOf } from './statistics.ts';

const DOCS = join(import.meta.dirname, '../../docs');
const PAGE = join(DOCS, 'benchmarks.md');
const CHARTS = join(DOCS, 'benchmarks');

export async function writeUp(): Promise<void> {
  let page = readFileSync(PAGE, 'utf8');
  mkdirSync(CHARTS, { recursive: true });
  const results = new Map<string, Result>();
  for (const part of parts) {
    const result = newest(part.name);
    if (result) {
      results.set(part.name, result);
      page = between(page, part.name, sectionOf(part, result));
    }
    console.log(`${part.name}: ${result?.began ?? 'no result'}`);
  }
  const before = goalsOn(page);
  const goals = goalTable(results, 'all').map((row) => {
    const known = before.get(row[''] ?? '');
    return row['ours'] === NOT_MEASURED && known ? { ...row, ...known } : row;
  });
  page = between(page, 'goals', markdownTable(goals));
  writeFileSync(PAGE, await format(page, { ...(await resolveConfig(PAGE)), filepath: PAGE }));
}

/** What the page says of each goal: the figures, not the goal itself. */
function goalsOn(page: string): Map<string, Record<'ours' | 'met' | 'peers', string>> {
  const rows = page.split('\n').filter((line) => /^\| G\d/.test(line));
  return new Map(
    rows.map((row) => {
      const [id = '', , ours = '', met = '', peers = ''] = row
        .split('|')
        .slice(1)
        .map((cell) => cell.trim());
      return [id, { ours, met, peers }];
    }),
  );
}

/** `page` with `text` in the place of what stood between the marks of that name. */
function between(page: string, name: string, text: string): string {
  const [from, to] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const start = page.indexOf(from);
  const end = page.indexOf(to);
  if (start < 0 || end < 0) throw new Error(`docs/benchmarks.md has no ${from} … ${to}`);
  return `${page.slice(0, start + from.length)}\n\n${text}\n${page.slice(end)}`;
}

/** A quick look is none. */
function newest(part: string): Result | undefined {
  const names = existsSync(RESULTS) ? readdirSync(RESULTS) : [];
  return names
    .filter((name) => name.endsWith(`-${part}.json`))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(RESULTS, name), 'utf8')) as Result)
    .findLast(({ isQuick }) => isQuick !== true);
}

function sectionOf(part: Part, result: Result): string {
  const { rounds, sockets, seconds, warmUpSeconds, entries } = result.options;
  const more = entries === undefined ? '' : ` --entries ${entries}`;
  const command = `npm run bench -- --part ${part.name} --rounds ${rounds} --sockets ${sockets} --seconds ${seconds} --warm-up ${warmUpSeconds}${more}`;
  const proof = result.generator ? verdictOf(part, result.generator, result.sessions) : [];
  const versions = Object.entries(result.versions).map(([name, version]) => `${name} ${version}`);
  return [
    chartsOf(part, result),
    markdownTable(result.table),
    '',
    `\`${command}\`, ${result.began.slice(0, 16).replace('T', ' ')} UTC, commit ${result.commit.slice(0, 10)}; ${result.machine}; ${versions.join(', ')}.`,
    '',
    ...proof.map((line) => `- ${line}`),
    '',
    roundsOf(part, result),
  ].join('\n');
}

/** A chart a shape of load, of the part's first column. */
function chartsOf(part: Part, result: Result): string {
  const [column] = part.columns;
  if (!column) return '';
  // Each shape of the store is a thing of its own, and of ours alone: nothing to hold against each other.
  if (part.name === 'store') return '';
  return shapesOf(result)
    .map((shape, index) => {
      const bars = namesOf(result).flatMap((name) => {
        const values = valuesOf(result, { contender: name, shape, column });
        if (values.length === 0) return [];
        const tone = isOurs({ name }) ? ('ours' as const) : ('peer' as const);
        return [{ label: titleOf(result, name), spread: spreadOf(values), tone }];
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
      return [`${titleOf(result, contender)}, ${shape}: ${values.map(shown(column)).join(' · ')}`];
    }),
  );
  const lines = rows.map((row) => `- ${row}`).join('\n');
  return `<details><summary>All rounds: ${column.title}</summary>\n\n${lines}\n\n</details>\n`;
}

const namesOf = (result: Result): string[] => [...new Set(result.sessions.map(({ contender }) => contender))];

const titleOf = (result: Result, name: string): string =>
  result.sessions.find(({ contender }) => contender === name)?.title ?? name;

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
    Number.isNaN(value) ? '–' : (value / scale).toFixed(digits);

function markdownTable(rows: readonly Record<string, string>[]): string {
  if (rows.length === 0) return 'no rows';
  // A row of what could not be measured has a note alone, which others may not have.
  const titles = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(titles),
    line(titles.map(() => '---')),
    ...rows.map((row) => line(titles.map((title) => row[title] ?? ''))),
  ].join('\n');
}
