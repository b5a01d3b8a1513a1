/**
 * Acts: what would change is found out first by a dry run, said, and, where it cannot be undone or strikes hard, asked
 * about; then it is done and said again. `--dry-run` ends after the first step, `--yes` begins with the second.
 */
import type { Client } from './client.ts';
import type { ActOptions, Context } from './context.ts';
import { Exit, Failure } from './exit.ts';
import { oneLine, paint, printJson, time } from './print.ts';

export interface Act {
  act: string;
  target: string;
  room: string;
  before: unknown;
  after: unknown;
  done: boolean;
}

export interface Acts {
  acts: Act[];
}

export interface Doing {
  path: string;
  body: object;
  /** Asks before it is done. */
  asks?: boolean;
  /** The sentence, such as `ban Ann (x1)`; without it the acts are told one by one. */
  what: string;
  /** What is done was shown before, one by one: the sentence is enough. */
  isShown?: true;
}

/** @returns what the server answered, or null after a dry run and after a No */
export async function perform<T extends Acts>(
  context: Context,
  client: Client,
  options: ActOptions,
  doing: Doing,
): Promise<T | null> {
  const { io } = context;
  const body = { ...doing.body, ...(options.reason !== undefined && { reason: options.reason }) };
  if (options.dryRun) {
    const planned = await client.post<T>(doing.path, { ...body, dryRun: true });
    tell(context, options, planned, { sentence: `would ${doing.what}`, ...doing });
    return null;
  }
  if (doing.asks && !options.yes) {
    if (!io.terminal.in) {
      throw new Failure(
        Exit.REFUSED,
        `this would ${doing.what}; there is no terminal to ask: give --yes if you mean it`,
      );
    }
    await client.post<T>(doing.path, { ...body, dryRun: true });
    if (!(await isSure(context, doing.what))) throw new Failure(Exit.REFUSED, 'nothing was changed');
  }
  const answer = await client.post<T>(doing.path, body);
  tell(context, options, answer, { sentence: `done: ${doing.what}`, ...doing });
  return answer;
}

async function isSure({ io }: Context, what: string): Promise<boolean> {
  const answer = await io.readLine(`${oneLine(what)}? [y/N] `);
  return /^(y|yes|是)$/i.test(answer?.trim() ?? '');
}

function tell(
  { io }: Context,
  { json }: ActOptions,
  answer: Acts,
  { sentence, isShown }: { sentence: string; isShown?: true },
): void {
  if (json) return printJson(io, answer);
  const isPlan = answer.acts.every(({ done }) => !done);
  io.out(`${paint(io, isPlan ? 'yellow' : 'green', oneLine(sentence))}\n`);
  for (const { act, target, before, after } of isShown ? [] : answer.acts) {
    io.out(`  ${act} ${oneLine(target)}: ${shown(before)} → ${shown(after)}\n`);
  }
}

/** A small object as words: `until 2026-…, reason spam`. */
function shown(value: unknown): string {
  if (typeof value !== 'object' || value === null) return 'nothing';
  const parts = Object.entries(value).map(([name, inner]) => `${name} ${words(name, inner)}`);
  return oneLine(parts.join(', ')) || 'nothing';
}

/** 9999-12-31: the server's word for no end. */
const NO_END = 253_402_300_799_000;

function words(name: string, value: unknown): string {
  if (typeof value === 'number' && (name === 'until' || name === 'ts' || name.endsWith('At'))) {
    return value >= NO_END ? 'lifted' : time(value);
  }
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.map(String).join(' ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** @throws Failure USAGE: the manual wants to know why */
export function mustHaveReason({ reason }: ActOptions): void {
  if (reason === undefined || reason.trim() === '') {
    throw new Failure(
      Exit.USAGE,
      '--reason TEXT is required: it is kept in the audit log and may be shown to the person',
    );
  }
}
