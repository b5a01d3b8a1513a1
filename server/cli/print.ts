/**
 * Output for people: tables aligned by what characters take on a screen, colour only on a terminal and without
 * NO_COLOR, times in the local zone. What other people wrote is made harmless first: a terminal obeys control
 * characters, and a name must not turn the line around.
 */
import Table from 'cli-table3';
import widthOf from 'string-width';
import type { Io } from './io.ts';

export interface Column<Row> {
  head: string;
  of: (row: Row) => string | number;
  /** Takes the width that is left, and is cut there. One column at most. */
  wide?: true;
  right?: true;
}

const GAP = 2;
const LEAST_WIDE = 16;
/** No frame: what is piped into another program is not drawn around. */
const NOTHING = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

export function printTable<Row>(io: Io, columns: readonly Column<Row>[], rows: readonly Row[]): void {
  const shown = rows.map((row) => columns.map(({ of }) => oneLine(String(of(row)))));
  const left = widthLeft(io, columns, shown);
  const table = new Table({
    head: columns.map(({ head }) => head),
    chars: NOTHING,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP, compact: true },
    colWidths: columns.map(({ wide }) => (wide && io.terminal.out ? left : null)),
    colAligns: columns.map(({ right }) => (right ? 'right' : 'left')),
  });
  table.push(...shown);
  const [head = '', ...lines] = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  io.out([paint(io, 'bold', head), ...lines].join('\n') + '\n');
}

/** `name  value` lines of one thing. */
export function printFacts(io: Io, facts: readonly (readonly [string, string | number])[]): void {
  const widest = Math.max(...facts.map(([name]) => widthOf(name)));
  for (const [name, value] of facts) {
    const padded = name + ' '.repeat(widest - widthOf(name));
    io.out(`${paint(io, 'dim', padded)}  ${oneLine(String(value))}\n`);
  }
}

export const printJson = (io: Io, value: unknown): void => io.out(`${JSON.stringify(value, null, 2)}\n`);
export const printJsonLine = (io: Io, value: unknown): void => io.out(`${JSON.stringify(value)}\n`);

const PAINTS = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

export function paint(io: Io, how: keyof typeof PAINTS, text: string): string {
  const [on, off] = PAINTS[how];
  return hasColour(io, io.terminal.out) ? `\u001b[${on}m${text}\u001b[${off}m` : text;
}

/** NO_COLOR counts where it is set to anything (no-color.org). */
export const hasColour = ({ env }: Io, isTerminal: boolean): boolean =>
  isTerminal && !env.NO_COLOR && env.TERM !== 'dumb';

/** Controls, what turns the direction of writing, and lone surrogates, as their numbers. */
const HARMFUL = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

export function oneLine(text: string): string {
  return text.replace(/\r?\n/g, '⏎').replace(HARMFUL, (sign) => {
    const point = sign.codePointAt(0) ?? 0;
    return `\\u{${point.toString(16)}}`;
  });
}

/** `2026-11-25 08:00:00`, local. */
export function time(ms: number | null): string {
  if (ms === null) return '-';
  const at = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

export const until = (ms: number | null): string => (ms === null ? 'for good' : `until ${time(ms)}`);

/** What the wide column may take of the line, so that nothing wraps. */
function widthLeft<Row>(io: Io, columns: readonly Column<Row>[], rows: readonly string[][]): number {
  const taken = columns.map(({ head, wide }, i) =>
    wide ? 0 : Math.max(widthOf(head), ...rows.map((cells) => widthOf(cells[i] ?? ''))),
  );
  const sum = taken.reduce((total, width) => total + width + GAP, 0);
  return Math.max(LEAST_WIDE, io.columns() - sum);
}
