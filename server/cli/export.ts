/**
 * `chahua export`: a room's whole log into a file. Written beside its place and moved there when it is whole, so that
 * neither Ctrl-C nor a server that goes away leaves half a file; what stood there before stays until then.
 */
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { type Client, segment } from './client.ts';
import { clientFor, type Context, type ServerOptions } from './context.ts';
import { Exit, Failure } from './exit.ts';
import { FORMATS, type Format } from './formats.ts';
import { findRoom, type Named } from './lookup.ts';
import type { Page } from './message.ts';
import { hasColour, printJson } from './print.ts';
import { look } from './verb.ts';

const PAGE = 500;

export function addExport(program: Command, context: Context): void {
  const { io } = context;
  look(program, 'export ROOM', 'a room’s log as a file: jsonl, csv or html', [
    'export 大厅 --out 大厅.jsonl',
    'export 大厅 --out 大厅.html --format html',
    'export 大厅 --out - --format csv | head',
  ])
    .addOption(new Option('--out <file>', 'where to; - for stdout').makeOptionMandatory())
    .addOption(new Option('--format <format>', 'how').choices(['jsonl', 'csv', 'html']).default('jsonl'))
    .action(async (asked: string, options: ServerOptions & { out: string; format: Format }) => {
      const client = clientFor(context, options);
      const room = await findRoom(client, asked);
      if (options.out === '-') {
        await write(client, room, { format: options.format, put: (text) => Promise.resolve(io.out(text)) });
        return;
      }
      const entries = await intoFile(options.out, (put) =>
        write(client, room, { format: options.format, put }),
      );
      if (options.json) printJson(io, { room, file: options.out, format: options.format, entries });
      else io.err(`${entries} entries of ${room.name} in ${options.out}\n`);
    });

  async function write(
    client: Client,
    room: Named,
    { format, put }: { format: Format; put: (text: string) => Promise<void> },
  ): Promise<number> {
    const { head, line, foot } = FORMATS[format];
    const hasProgress = hasColour(io, io.terminal.err);
    await put(head(room, io.now()));
    let last = 0;
    for (let more = true; more;) {
      if (io.interrupted.aborted) throw new Failure(Exit.INTERRUPTED, 'interrupted; no file was written');
      const page = await client.get<Page>(`/rooms/${segment(room.id)}/entries`, {
        after: last,
        limit: PAGE,
        as: 'export',
      });
      await put(page.entries.map((entry) => line(entry, page.people)).join(''));
      last = page.entries.at(-1)?.seq ?? last;
      more = page.more;
      if (hasProgress) io.err(`\r${last} of ${page.head}`);
    }
    if (hasProgress) io.err('\r\u001b[K');
    await put(foot(last));
    return last;
  }
}

/** The file is there whole or not at all. */
async function intoFile(
  path: string,
  fill: (put: (text: string) => Promise<void>) => Promise<number>,
): Promise<number> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
  let file;
  try {
    file = await open(temporary, 'wx', 0o600);
  } catch (reason) {
    throw new Failure(Exit.REFUSED, `--out: ${reason instanceof Error ? reason.message : String(reason)}`);
  }
  try {
    const handle = file;
    const count = await fill(async (text) => {
      await handle.write(text);
    });
    await file.sync();
    await file.close();
    await rename(temporary, path);
    return count;
  } catch (reason) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw reason;
  }
}
