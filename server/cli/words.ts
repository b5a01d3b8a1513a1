/** `chahua words …` */
import { type Command, Option } from 'commander';
import { type Acts, perform } from './acts.ts';
import { type ActOptions, clientFor, type Context, type ServerOptions } from './context.ts';
import { Exit, Failure } from './exit.ts';
import { oneLine, paint, printJson, printTable, time } from './print.ts';
import { act, look, noun } from './verb.ts';

interface Rule {
  word: string;
  action: string;
  by: string;
  ts: number;
}
interface Tested {
  action: string;
  text: string;
  matches: { word: string; action: string; start: number; end: number }[];
}

/** As many as the server takes at once. */
const CHUNK = 500;

export function addWords(program: Command, context: Context): void {
  const { io } = context;
  const words = noun(program, 'words', 'what is not to be said: block, mask or flag it');

  look(words, 'list', 'the word list', ['words list', 'words list --json | jq -r .words[].word']).action(
    async (options: ServerOptions) => {
      const found = await clientFor(context, options).get<{ words: Rule[] }>('/words');
      if (options.json) return printJson(io, found);
      printTable(
        io,
        [
          { head: 'WORD', of: ({ word }) => word },
          { head: 'ACTION', of: ({ action }) => action },
          { head: 'SINCE', of: ({ ts }) => time(ts) },
          { head: 'BY', of: ({ by }) => by },
        ],
        found.words,
      );
    },
  );

  act(words, 'add WORD...', 'put words on the list; one that is there gets the new action', [
    'words add 赌场 --action block',
    'words add 傻瓜 笨蛋 --action mask',
    'words add $(cat words.txt) --action flag',
  ])
    .addOption(
      new Option(
        '--action <action>',
        'block: refused; mask: shown as ＊; flag: shown, and put into the queue of reports',
      )
        .choices(['block', 'mask', 'flag'])
        .default('block'),
    )
    .action(async (asked: string[], options: ActOptions & { action: string }) => {
      await inChunks(asked, options, {
        path: '/words/add',
        body: { action: options.action },
        says: (many) => `${options.action} ${many}`,
      });
    });

  act(words, 'remove WORD...', 'take words off the list', ['words remove 赌场 --yes']).action(
    async (asked: string[], options: ActOptions) => {
      await inChunks(asked, options, {
        path: '/words/remove',
        body: {},
        asks: true,
        says: (many) => `take ${many} off the list`,
      });
    },
  );

  look(words, 'test TEXT', 'what the list would do to a text, and what matched', [
    'words test "加 微—信"',
  ]).action(async (text: string, options: ServerOptions) => {
    const found = await clientFor(context, options).post<Tested>('/words/test', { text });
    if (options.json) return printJson(io, found);
    const verdict = found.action === 'pass' && found.text !== text ? 'mask' : found.action;
    io.out(`${paint(io, verdict === 'pass' ? 'green' : 'yellow', verdict)}  ${oneLine(found.text)}\n`);
    if (found.matches.length === 0) return;
    printTable(
      io,
      [
        { head: 'WORD', of: ({ word }) => word },
        { head: 'ACTION', of: ({ action }) => action },
        { head: 'MATCHED', of: ({ start, end }) => text.slice(start, end), wide: true },
      ],
      found.matches,
    );
  });

  async function inChunks(
    asked: readonly string[],
    options: ActOptions,
    doing: { path: string; body: object; asks?: boolean; says: (many: string) => string },
  ): Promise<void> {
    const client = clientFor(context, options);
    if (options.json && asked.length > CHUNK) {
      throw new Failure(Exit.USAGE, `WORD: with --json at most ${CHUNK} at once`);
    }
    for (let from = 0; from < asked.length; from += CHUNK) {
      const some = asked.slice(from, from + CHUNK);
      const many = some.length === 1 ? JSON.stringify(some[0]) : `${some.length} words`;
      const answer = await perform<Acts>(context, client, options, {
        path: doing.path,
        body: { ...doing.body, words: some },
        ...(doing.asks && { asks: true }),
        what: doing.says(many),
      });
      if (answer === null && !options.dryRun) return;
    }
  }
}
