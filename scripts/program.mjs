/**
 * Runs a program of ours from a bare checkout: sets up first, then hands it the terminal, the signals and the last
 * word. `node scripts/program.mjs FILE [ARGUMENTS]` is what most npm commands are.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { argv } from 'node:process';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { root, setUp } from './set-up.mjs';

/** Node 22 says of its SQLite that it is an experiment; files of the mini-program are imported without an ending. */
const OPTIONS = ['--disable-warning=ExperimentalWarning', '--import=./test/support/extensionless.mjs'];
const PARENT_LOOK_MS = 250;

/**
 * @param {readonly string[]} command the file, and what it is told
 * @param {NodeJS.ProcessEnv} [env]
 * @param {readonly string[]} [options] of Node
 */
export function runProgram(command, env = process.env, options = []) {
  const node = setUp();
  const program = spawn(node, [...options, ...command], { cwd: root, env, stdio: 'inherit' });

  // Ctrl-C on a terminal reaches it without us; a second one from here would look like impatience.
  process.on('SIGINT', () => process.stdin.isTTY || program.kill('SIGINT'));
  process.on('SIGTERM', () => program.kill('SIGTERM'));
  whenNpmIsGone(() => program.kill('SIGTERM'));

  program.on('error', (error) => {
    console.error(`${command[0]} could not be started: ${error.message}`);
    process.exit(1);
  });
  program.on('exit', (code, signal) => {
    process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
  });
}

/**
 * npm that was killed, or whose shell between died of the signal that was meant for us, cannot pass on a word: nobody
 * would know of the program any more. Who starts a script without npm may leave it behind on purpose.
 *
 * @param {() => void} then
 */
function whenNpmIsGone(then) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    then();
  }, PARENT_LOOK_MS);
  looking.unref();
}

if (argv[1] === fileURLToPath(import.meta.url)) runProgram(argv.slice(2), process.env, OPTIONS);
