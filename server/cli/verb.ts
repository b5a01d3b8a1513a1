/** How verbs are declared: the options that all of them share, said once, and examples under the help of each. */
import { type Command, Option } from 'commander';
import type { ActOptions, Context, ServerOptions } from './context.ts';

/** A noun, with its verbs under it. */
export function noun(program: Command, name: string, about: string): Command {
  return program.command(name).description(about).helpCommand(true);
}

/** A verb that looks. */
export function look(parent: Command, usage: string, about: string, examples: readonly string[]): Command {
  return parent
    .command(usage)
    .description(about)
    .addOption(
      new Option('--server <url>', 'the admin listener (CHAHUA_SERVER; default: that of this machine)'),
    )
    .option('--json', 'one JSON document instead of a table')
    .addHelpText('after', examplesText(examples));
}

/** A verb that acts. */
export function act(parent: Command, usage: string, about: string, examples: readonly string[]): Command {
  return look(parent, usage, about, examples)
    .option('--reason <text>', 'why; kept in the audit log, shown to the person where the app shows why')
    .option('--dry-run', 'say what would change, change nothing')
    .option('--yes', 'do not ask');
}

export const examplesText = (examples: readonly string[]): string =>
  examples.length === 0 ? '' : `\nExamples:\n${examples.map((line) => `  $ chahua ${line}`).join('\n')}\n`;

/** What a verb does with its arguments and options. */
export type Run<O extends ServerOptions | ActOptions> = (context: Context, options: O) => Promise<void>;

/** For `--limit` and the like. */
export const LIMIT = (most: number): Option => new Option('--limit <n>', `at most so many (1–${most})`);
