/** `chahua audit …` */
import type { Command } from 'commander';
import { clientFor, type Context, type ServerOptions } from './context.ts';
import { parseMoment } from './duration.ts';
import { Exit, Failure } from './exit.ts';
import { follow } from './follow.ts';
import { findRoom, findUser } from './lookup.ts';
import { parseCount } from './numbers.ts';
import { oneLine, paint, printJson, printJsonLine, printTable, time } from './print.ts';
import { LIMIT, look, noun } from './verb.ts';

interface Line {
  id: string;
  ts: number;
  actor: string;
  act: string;
  target: string;
  room: string;
  reason: string;
  before: unknown;
  after: unknown;
}
interface Page {
  records: Line[];
  people: Record<string, string>;
  more: boolean;
}
type Options = ServerOptions & {
  actor?: string;
  target?: string;
  since?: string;
  before?: string;
  limit?: string;
  looks?: true;
  follow?: true;
};

export function addAudit(program: Command, context: Context): void {
  const { io } = context;
  const audit = noun(program, 'audit', 'who did what, to whom and why');

  look(audit, 'list', 'the audit log, the newest first', [
    'audit list --since 2d',
    'audit list --target 小明',
    'audit list --actor 小红 --looks',
    'audit list --follow',
    'audit list --json > audit.json',
  ])
    .option('--actor <who>', 'by this moderator (id, or name of a user)')
    .option('--target <what>', 'on this user, room, ROOM/SEQ, report or key')
    .option('--since <moment>', 'ISO 8601, or a duration ago such as 2d')
    .option('--before <id>', 'those older than this record')
    .option('--looks', 'looks, listings and dry runs too')
    .addOption(LIMIT(500))
    .option('--follow', 'go on with what comes, until Ctrl-C; with --json one line each')
    .action(async (options: Options) => {
      const client = clientFor(context, options);
      const limit = parseCount(options.limit, '--limit', { unset: 50, most: 500 });
      const filter = {
        actor: await idOf(options.actor, options),
        target: await idOf(options.target, options),
        since: options.since === undefined ? undefined : parseMoment(options.since, '--since', io.now()),
        looks: options.looks,
      };
      const page = await client.get<Page>('/audit', { ...filter, before: options.before, limit });
      if (!options.follow) {
        if (options.json) return printJson(io, page);
        printPage(page);
        if (page.more) io.err(`more: --before ${page.records.at(-1)?.id ?? ''}\n`);
        return;
      }
      const print = (record: Line, people: Page['people']): void =>
        options.json ? printJsonLine(io, record) : printLine(record, people);
      for (const record of page.records.toReversed()) print(record, page.people);
      let after = page.records[0]?.id ?? '0';
      await follow(io, async () => {
        const next = await client.get<Page>('/audit', { ...filter, after, limit: 500 });
        for (const record of next.records) print(record, next.people);
        after = next.records.at(-1)?.id ?? after;
        return next.more;
      });
    });

  /** A name of a user or a room becomes its id; what is neither is taken as it is. */
  async function idOf(asked: string | undefined, options: Options): Promise<string | undefined> {
    if (asked === undefined || /^local-|\//.test(asked)) return asked;
    const client = clientFor(context, options);
    for (const find of [findUser, findRoom]) {
      try {
        return (await find(client, asked)).id;
      } catch (reason) {
        if (!(reason instanceof Failure) || reason.code !== Exit.NOT_FOUND) throw reason;
      }
    }
    return asked;
  }

  function printPage({ records, people }: Page): void {
    const named = (id: string): string => people[id] ?? id;
    printTable(
      io,
      [
        { head: 'AT', of: ({ ts }) => time(ts) },
        { head: 'ACTOR', of: ({ actor }) => named(actor) },
        { head: 'ACT', of: ({ act }) => act },
        {
          head: 'TARGET',
          of: ({ target, room }) =>
            named(target) + (room === '' || target.startsWith(room) ? '' : ` in ${room}`),
        },
        { head: 'REASON', of: ({ reason, after }) => reason || brief(after), wide: true },
      ],
      records,
    );
  }

  function printLine({ ts, actor, act, target, reason, after }: Line, people: Page['people']): void {
    const named = (id: string): string => oneLine(people[id] ?? id);
    io.out(
      `${paint(io, 'dim', time(ts))}  ${named(actor)}  ${act}  ${named(target)}  ${oneLine(reason || brief(after))}\n`,
    );
  }
}

function brief(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  if ('refused' in value) return `refused: ${String(value.refused)}`;
  return JSON.stringify(value).slice(0, 80);
}
