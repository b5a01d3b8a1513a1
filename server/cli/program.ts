/** The command line as a whole: its verbs, and how it ends. Knows no process: main.ts gives it one, tests their own. */
import { Command, CommanderError } from 'commander';
import { addAudit } from './audit.ts';
import { addCompletion } from './completion.ts';
import type { Context } from './context.ts';
import { Exit, Failure } from './exit.ts';
import { addExport } from './export.ts';
import { addConfig, addStore } from './local.ts';
import { addMessage } from './message.ts';
import { addKey, addStatus, addToken } from './operations.ts';
import { hasColour } from './print.ts';
import { addReport } from './report.ts';
import { addRoom } from './room.ts';
import { addUser } from './user.ts';
import { examplesText } from './verb.ts';
import { addWords } from './words.ts';

const TOUR = `
Where and who:
  The server is --server, or CHAHUA_SERVER, or this machine's own (ADMIN_PORT). The token is CHAHUA_TOKEN; on the
  server's own machine it is not needed, the key in DATA_DIR signs one for five minutes.

Durations are 10m, 2h, 7d or forever; moments are ISO 8601 or such a duration ago. People and rooms are given by id,
or by name where it is unique. NO_COLOR turns colours off.

Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 not found, 4 not allowed, 5 server not reachable.
`;

/** @returns the exit status */
export async function run(context: Context, args: readonly string[]): Promise<number> {
  const { io } = context;
  const program = build(context);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return Exit.DONE;
  } catch (reason) {
    if (reason instanceof CommanderError) return reason.exitCode === 0 ? Exit.DONE : Exit.USAGE;
    if (!(reason instanceof Failure)) throw reason;
    if (reason.message !== '') {
      const [on, off] = hasColour(io, io.terminal.err) ? ['\u001b[31m', '\u001b[39m'] : ['', ''];
      io.err(`${on}chahua: ${reason.message}${off}\n`);
    }
    return reason.code;
  }
}

function build(context: Context): Command {
  const { io } = context;
  const program = new Command('chahua')
    .description('Chahua 茶话: the moderator’s command line')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      getOutHelpWidth: () => io.columns(),
      getErrHelpWidth: () => io.columns(),
      getOutHasColors: () => hasColour(io, io.terminal.out),
      getErrHasColors: () => hasColour(io, io.terminal.err),
    })
    .showHelpAfterError('(chahua help VERB has examples)')
    .addHelpText(
      'after',
      examplesText([
        'status',
        'user mute 小明 --for 10m --reason 刷屏',
        'report list --open',
        'help user mute',
      ]) + TOUR,
    );
  addStatus(program, context);
  addRoom(program, context);
  addUser(program, context);
  addMessage(program, context);
  addReport(program, context);
  addWords(program, context);
  addAudit(program, context);
  addExport(program, context);
  addKey(program, context);
  addToken(program, context);
  addConfig(program, context);
  addStore(program, context);
  addCompletion(program, context);
  addHelp(program, context);
  return program;
}

/** `help user mute`, where commander's own takes one word. */
function addHelp(program: Command, { io }: Context): void {
  program.helpCommand(false);
  program
    .command('help')
    .argument('[verb...]')
    .description('this, or the help of a verb, with examples')
    .action((path: string[]) => {
      let command = program;
      for (const word of path) {
        const next = command.commands.find((sub) => sub.name() === word);
        if (!next) {
          const known = command.commands.map((sub) => sub.name()).join(', ');
          throw new Failure(Exit.USAGE, `there is no ${[...path].join(' ')}; known here: ${known}`);
        }
        command = next;
      }
      io.out(helpOf(command));
    });
}

function helpOf(command: Command): string {
  let text = '';
  const { writeOut, ...others } = command.configureOutput();
  command.configureOutput({ ...others, writeOut: (part) => (text += part) });
  command.outputHelp();
  command.configureOutput({ ...others, ...(writeOut && { writeOut }) });
  return text;
}
