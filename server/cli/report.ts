/** `chahua report …` */
import { type Command, Option } from 'commander';
import type { Entry } from '../../miniprogram/protocol/objects.ts';
import { mustHaveReason, perform } from './acts.ts';
import { segment } from './client.ts';
import { type ActOptions, clientFor, type Context, type ServerOptions } from './context.ts';
import { parseDuration } from './duration.ts';
import { nameOf, type People, wordsOf } from './entry.ts';
import { parseCount } from './numbers.ts';
import { oneLine, paint, printFacts, printJson, printTable, time } from './print.ts';
import { act, LIMIT, look, noun } from './verb.ts';

interface Report {
  id: string;
  room: string;
  target: number;
  against: string;
  reporter: string;
  reason: string;
  note: string;
  ts: number;
  resolved?: { action: string; by: string; ts: number; reason: string };
}

export function addReport(program: Command, context: Context): void {
  const { io } = context;
  const report = noun(program, 'report', 'what members and the word list have pointed at');

  look(report, 'list', 'reports, the newest first', ['report list --open', 'report list --json'])
    .option('--open', 'only those that wait')
    .option('--before <id>', 'those older than this one')
    .addOption(LIMIT(500))
    .action(async (options: ServerOptions & { open?: true; before?: string; limit?: string }) => {
      const limit = parseCount(options.limit, '--limit', { unset: 50, most: 500 });
      const page = await clientFor(context, options).get<{
        reports: (Report & { message: Entry | null })[];
        people: People;
        more: boolean;
      }>('/reports', { open: options.open, before: options.before, limit });
      if (options.json) return printJson(io, page);
      printTable(
        io,
        [
          { head: 'REPORT', of: ({ id }) => id },
          { head: 'AT', of: ({ ts }) => time(ts) },
          {
            head: 'BY',
            of: ({ reporter }) => (reporter === '' ? 'the server' : nameOf(reporter, page.people)),
          },
          { head: 'AGAINST', of: ({ against }) => nameOf(against, page.people) },
          { head: 'REASON', of: ({ reason }) => reason },
          { head: 'STATE', of: ({ resolved }) => resolved?.action ?? 'open' },
          {
            head: 'MESSAGE',
            of: ({ message }) => (message ? wordsOf(message, page.people) : ''),
            wide: true,
          },
        ],
        page.reports,
      );
      if (page.more) io.err(`more: --before ${page.reports.at(-1)?.id ?? ''}\n`);
    });

  look(report, 'show ID', 'a report, with the messages around as they were when it was made', [
    'report show 7hGk2mQx',
  ]).action(async (id: string, options: ServerOptions) => {
    const found = await clientFor(context, options).get<{
      report: Report & { context: Entry[] };
      roomName: string;
      recalledSince: boolean;
      people: People;
    }>(`/reports/${segment(id)}`);
    if (options.json) return printJson(io, found);
    const { report: one, people, roomName, recalledSince } = found;
    const { resolved } = one;
    printFacts(io, [
      ['report', one.id],
      ['room', `${roomName} (${one.room})`],
      ['against', `${nameOf(one.against, people)} (${one.against})`],
      ['by', one.reporter === '' ? 'the server' : `${nameOf(one.reporter, people)} (${one.reporter})`],
      ['at', time(one.ts)],
      ['reason', one.note === '' ? one.reason : `${one.reason}: ${one.note}`],
      [
        'state',
        resolved ? `${resolved.action} by ${resolved.by}, ${time(resolved.ts)}: ${resolved.reason}` : 'open',
      ],
      ...(recalledSince ? ([['since', 'the message was recalled']] as const) : []),
    ]);
    io.out('\n');
    for (const entry of one.context) {
      const line = `${String(entry.seq).padStart(5)}  ${time(entry.ts)}  ${oneLine(nameOf(entry.from, people))}: ${oneLine(wordsOf(entry, people))}`;
      io.out(entry.seq === one.target ? `${paint(io, 'red', `> ${line}`)}\n` : `  ${line}\n`);
    }
  });

  act(report, 'resolve ID', 'deal with a report, and all others of that message; who reported is told', [
    'report resolve 7hGk2mQx --action none',
    'report resolve 7hGk2mQx --action recall --reason 广告',
    'report resolve 7hGk2mQx --action mute --for 1d --reason 辱骂 --yes',
  ])
    .addOption(
      new Option('--action <action>', 'what to do')
        .choices(['none', 'recall', 'mute', 'ban'])
        .makeOptionMandatory(),
    )
    .option('--for <duration>', 'of a mute or a ban: 10m, 2h, 7d or forever', 'forever')
    .action(async (id: string, options: ActOptions & { action: string; for: string }) => {
      if (options.action !== 'none') mustHaveReason(options);
      const seconds = parseDuration(options.for, '--for');
      const isSanction = options.action === 'mute' || options.action === 'ban';
      await perform(context, clientFor(context, options), options, {
        path: `/reports/${segment(id)}/resolve`,
        body: { action: options.action, ...(isSanction && seconds !== null && { seconds }) },
        asks: options.action !== 'none',
        what: `resolve report ${id} by ${options.action}`,
      });
    });
}
