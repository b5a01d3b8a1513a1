/** `chahua message …` */
import type { Command } from 'commander';
import type { Entry } from '../../miniprogram/protocol/objects.ts';
import { mustHaveReason, perform } from './acts.ts';
import { type Client, segment } from './client.ts';
import { type ActOptions, clientFor, type Context, type ServerOptions } from './context.ts';
import { nameOf, type People, wordsOf } from './entry.ts';
import { follow } from './follow.ts';
import { findRoom, findUser } from './lookup.ts';
import { parseCount, parseSeq, parseSeqs } from './numbers.ts';
import { oneLine, paint, printFacts, printJson, printJsonLine, printTable, time } from './print.ts';
import { act, LIMIT, look, noun } from './verb.ts';

export interface Page {
  room: { id: string; name: string };
  entries: Entry[];
  head: number;
  more: boolean;
  people: People;
}
interface Hits {
  hits: { room: string; entry: Entry }[];
  more: boolean;
  next?: string;
  people: People;
  rooms: Record<string, string>;
}

const MOST_AT_ONCE = 500;

export function addMessage(program: Command, context: Context): void {
  const { io } = context;
  const message = noun(program, 'message', 'read, follow, search and recall messages');

  look(message, 'list ROOM', 'the newest messages of a room, oldest first', [
    'message list 大厅',
    'message list 大厅 --before 120 --limit 20',
    'message list 大厅 --follow',
    'message list 大厅 --follow --json | jq -r .body.text',
  ])
    .option('--before <seq>', 'those before this one')
    .addOption(LIMIT(MOST_AT_ONCE))
    .option('--follow', 'go on with what comes, until Ctrl-C; with --json one line each')
    .action(
      async (asked: string, options: ServerOptions & { before?: string; limit?: string; follow?: true }) => {
        const client = clientFor(context, options);
        const { id } = await findRoom(client, asked);
        const limit = parseCount(options.limit, '--limit', { unset: 20, most: MOST_AT_ONCE });
        const before = options.before === undefined ? undefined : parseSeq(options.before, '--before');
        const page = await client.get<Page>(`/rooms/${segment(id)}/entries`, { before, limit });
        if (!options.follow) {
          if (options.json) return printJson(io, page);
          return page.entries.forEach((entry) => printEntry(entry, page.people));
        }
        const print = (entry: Entry, people: People): void =>
          options.json ? printJsonLine(io, entry) : printEntry(entry, people);
        page.entries.forEach((entry) => print(entry, page.people));
        await followRoom(client, id, { head: page.head, print });
      },
    );

  look(message, 'show ROOM SEQ', 'one message', ['message show 大厅 120']).action(
    async (asked: string, text: string, options: ServerOptions) => {
      const client = clientFor(context, options);
      const { id } = await findRoom(client, asked);
      const found = await client.get<{ room: { name: string }; entry: Entry; people: People }>(
        `/rooms/${segment(id)}/entries/${parseSeq(text)}`,
      );
      if (options.json) return printJson(io, found);
      const { entry, people, room } = found;
      printFacts(io, [
        ['room', `${room.name} (${id})`],
        ['seq', entry.seq],
        ['from', entry.from === '' ? 'the server' : `${nameOf(entry.from, people)} (${entry.from})`],
        ['at', time(entry.ts)],
        ['kind', entry.kind],
        ['says', wordsOf(entry, people)],
      ]);
    },
  );

  act(message, 'recall ROOM SEQ...', 'take messages back: erased everywhere, for good', [
    'message recall 大厅 120 --reason 广告',
    'message recall 大厅 120-129 --reason 刷屏 --dry-run',
    'message recall 大厅 120-129 140 --reason 刷屏 --yes',
  ]).action(async (asked: string, texts: string[], options: ActOptions) => {
    mustHaveReason(options);
    const seqs = parseSeqs(texts, MOST_AT_ONCE);
    const client = clientFor(context, options);
    const { id, name } = await findRoom(client, asked);
    const isShown = !options.json && !options.yes && (await preview(client, id, seqs));
    await perform(context, client, options, {
      path: `/rooms/${segment(id)}/recall`,
      body: { seqs },
      asks: true,
      ...(isShown && { isShown }),
      what: `recall ${seqs.length === 1 ? `message ${seqs[0]}` : `${seqs.length} messages`} in ${name} (${id})`,
    });
  });

  look(message, 'search QUERY', 'find what was said, the newest first', [
    'message search 加微信',
    'message search 加微信 --room 大厅 --from 小明',
  ])
    .option('--room <room>', 'in this room')
    .option('--from <user>', 'by this person')
    .option('--after <mark>', 'go on where a page ended')
    .addOption(LIMIT(MOST_AT_ONCE))
    .action(
      async (
        query: string,
        options: ServerOptions & { room?: string; from?: string; after?: string; limit?: string },
      ) => {
        const client = clientFor(context, options);
        const room = options.room === undefined ? undefined : (await findRoom(client, options.room)).id;
        const from = options.from === undefined ? undefined : (await findUser(client, options.from)).id;
        const limit = parseCount(options.limit, '--limit', { unset: 50, most: MOST_AT_ONCE });
        const found = await client.get<Hits>('/search', { query, room, from, after: options.after, limit });
        if (options.json) return printJson(io, found);
        printTable(
          io,
          [
            { head: 'ROOM', of: (hit) => found.rooms[hit.room] || hit.room },
            { head: 'SEQ', of: ({ entry }) => entry.seq, right: true },
            { head: 'AT', of: ({ entry }) => time(entry.ts) },
            { head: 'FROM', of: ({ entry }) => nameOf(entry.from, found.people) },
            { head: 'SAYS', of: ({ entry }) => wordsOf(entry, found.people), wide: true },
          ],
          found.hits,
        );
        if (found.more) io.err(`more: --after ${found.next ?? ''}\n`);
      },
    );

  function printEntry(entry: Entry, people: People): void {
    const head = `${String(entry.seq).padStart(5)}  ${time(entry.ts)}  `;
    io.out(
      `${paint(io, 'dim', head)}${oneLine(nameOf(entry.from, people))}: ${oneLine(wordsOf(entry, people))}\n`,
    );
  }

  /** What is about to be erased, on stderr: whoever is asked has read it. False where it is too much to show. */
  async function preview(client: Client, room: string, seqs: readonly number[]): Promise<boolean> {
    const [first, last] = [Math.min(...seqs), Math.max(...seqs)];
    if (last - first >= MOST_AT_ONCE) return false;
    const range = { after: first - 1, limit: last - first + 1 };
    const page = await client.get<Page>(`/rooms/${segment(room)}/entries`, range);
    for (const entry of page.entries.filter(({ seq }) => seqs.includes(seq))) {
      io.err(`${lineOf(entry, page.people)}\n`);
    }
    return true;
  }

  const lineOf = (entry: Entry, people: People): string =>
    `${String(entry.seq).padStart(5)}  ${oneLine(nameOf(entry.from, people))}: ${oneLine(wordsOf(entry, people))}`;

  async function followRoom(
    client: Client,
    room: string,
    { head, print }: { head: number; print: (entry: Entry, people: People) => void },
  ): Promise<void> {
    let last = head;
    await follow(io, async () => {
      const page = await client.get<Page>(`/rooms/${segment(room)}/entries`, {
        after: last,
        limit: MOST_AT_ONCE,
      });
      for (const entry of page.entries) print(entry, page.people);
      last = page.entries.at(-1)?.seq ?? last;
      return page.more;
    });
  }
}
