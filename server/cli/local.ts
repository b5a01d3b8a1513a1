/** `chahua config` and `chahua store`: what works without a server. */
import type { Command } from 'commander';
import { clientFor, type Context, type LocalStore, type ServerOptions, type StorePage } from './context.ts';
import { Exit, Failure } from './exit.ts';
import { hasColour, oneLine, printFacts, printJson } from './print.ts';
import { examplesText, noun } from './verb.ts';

const PAGE = 20;

export function addConfig(program: Command, { io, local }: Context): void {
  const config = noun(
    program,
    'config',
    'the configuration, from the environment and .env; no server is asked',
  );
  config
    .command('check')
    .description('whether a server would start with it; every fault in one line')
    .option('--json', 'one JSON document')
    .addHelpText('after', examplesText(['config check']))
    .action(({ json }: { json?: true }) => {
      const faults = local.configFaults(io.env);
      if (json) printJson(io, { ok: faults.length === 0, faults });
      else if (faults.length === 0) io.out('the configuration is good\n');
      if (faults.length === 0) return;
      throw new Failure(Exit.REFUSED, json ? '' : faults.join('\n'));
    });
  config
    .command('print')
    .description('what it comes to, with defaults; secrets are masked')
    .option('--json', 'one JSON document')
    .addHelpText('after', examplesText(['config print', 'config print --json']))
    .action(({ json }: { json?: true }) => {
      const faults = local.configFaults(io.env);
      if (faults.length > 0) throw new Failure(Exit.REFUSED, faults.join('\n'));
      const found = local.config(io.env);
      if (json) return printJson(io, found);
      printFacts(
        io,
        Object.entries(found).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : JSON.stringify(value),
        ]),
      );
    });
}

export function addStore(program: Command, context: Context): void {
  const { io, local } = context;
  const store = noun(program, 'store', 'whether the store keeps its word; and its epoch, after a restore');
  store
    .command('check')
    .description(
      'every room gapless, every cid unique, every count right; by the server, or without one where none runs',
    )
    .option('--server <url>', 'the admin listener (CHAHUA_SERVER; default: that of this machine)')
    .option('--json', 'one JSON document')
    .addHelpText('after', examplesText(['store check', 'store check --json']))
    .action(async (options: ServerOptions) => {
      const faults: string[] = [];
      let rooms = 0;
      for await (const page of pages(context, options)) {
        faults.push(...page.faults);
        rooms += page.rooms;
        if (!options.json) for (const fault of page.faults) io.out(`${oneLine(fault)}\n`);
        if (hasColour(io, io.terminal.err)) io.err(`\r${rooms} rooms looked at, ${faults.length} faults`);
      }
      if (hasColour(io, io.terminal.err)) io.err('\r\u001b[K');
      if (options.json) printJson(io, { ok: faults.length === 0, rooms, faults });
      else
        io.out(`${rooms} rooms looked at: ${faults.length === 0 ? 'no fault' : `${faults.length} faults`}\n`);
      if (faults.length > 0) throw new Failure(Exit.REFUSED, '');
    });
  store
    .command('bump-epoch')
    .description(
      'another epoch: every client drops what it holds. After a backup was restored; the server must not run',
    )
    .option('--dry-run', 'say what would change, change nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'one JSON document')
    .addHelpText('after', examplesText(['store bump-epoch --yes']))
    .action(async ({ dryRun, yes, json }: { dryRun?: true; yes?: true; json?: true }) => {
      const what = 'give the store another epoch, so that every client drops what it holds';
      if (!dryRun && !yes) {
        if (!io.terminal.in) throw new Failure(Exit.REFUSED, `this would ${what}; give --yes if you mean it`);
        const answer = await io.readLine(`${what}? [y/N] `);
        if (!/^(y|yes|是)$/i.test(answer?.trim() ?? ''))
          throw new Failure(Exit.REFUSED, 'nothing was changed');
      }
      await withStore(context, async (open) => {
        const before = open.epoch;
        const after = dryRun ? before : await bumped(open);
        if (json) return printJson(io, { before, after, done: dryRun !== true });
        io.out(dryRun ? `would ${what} (now ${before})\n` : `epoch ${before} → ${after}\n`);
      });
    });

  async function bumped(open: LocalStore): Promise<string> {
    try {
      return await open.bumpEpoch();
    } catch (reason) {
      throw new Failure(Exit.REFUSED, reason instanceof Error ? reason.message : String(reason));
    }
  }

  /** From the server; where none answers and none was named, from the store itself. */
  async function* pages({ io: world }: Context, options: ServerOptions): AsyncGenerator<StorePage> {
    const isNamed = options.server !== undefined || Boolean(world.env.CHAHUA_SERVER);
    let after: string | undefined;
    const ask = (): Promise<StorePage> =>
      clientFor(context, options).get<StorePage>('/store/check', { after, limit: PAGE });
    let first: StorePage;
    try {
      first = await ask();
    } catch (reason) {
      if (isNamed || !(reason instanceof Failure) || reason.code !== Exit.NOT_REACHABLE) throw reason;
      world.err('no server runs here: the store is looked at without one\n');
      yield* withoutServer();
      return;
    }
    yield first;
    for (after = first.last; after !== undefined;) {
      const page = await ask();
      yield page;
      after = page.last;
    }
  }

  async function* withoutServer(): AsyncGenerator<StorePage> {
    const open = await opened(context);
    try {
      let after: string | undefined;
      do {
        if (io.interrupted.aborted) throw new Failure(Exit.INTERRUPTED, 'interrupted');
        const page = await open.checkRooms({ limit: PAGE, ...(after !== undefined && { after }) });
        yield page;
        after = page.last;
      } while (after !== undefined);
    } finally {
      await open.close();
    }
  }

  async function withStore(given: Context, run: (open: LocalStore) => Promise<void>): Promise<void> {
    const open = await opened(given);
    try {
      await run(open);
    } finally {
      await open.close();
    }
  }

  async function opened({ io: world }: Context): Promise<LocalStore> {
    const faults = local.configFaults(world.env);
    if (faults.length > 0) throw new Failure(Exit.REFUSED, faults.join('\n'));
    try {
      return await local.openStore(world.env);
    } catch (reason) {
      throw new Failure(Exit.REFUSED, reason instanceof Error ? reason.message : String(reason));
    }
  }
}
