/**
 * Owns everything that must be there before the project runs: the packages, and the Node it runs on. Needs
 * nothing but Node 18.17 and its npm. Silent when all is there; says what it does when it does something; when
 * it cannot, says in one line what to do, and ends the process. Never touches anything outside node_modules.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isUpToDate } from './installed.mjs';
import { isAtLeast, runsTheProject } from './release.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const modules = join(root, 'node_modules');
const pinnedNode = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** @returns {string} the path of the Node to run the project with */
export function setUp() {
  if (!isAtLeast(process.version, '18.17')) {
    stop(
      `Node ${process.version} is too old to set up Chahua: install Node 22 (https://nodejs.org), then try again.`,
    );
  }
  const fresh = !isUpToDate(root);
  if (fresh) install();
  const node = projectNode();
  if (fresh && process.version !== versionOf(node)) {
    say(`Running on the project's own Node ${versionOf(node)}; this machine's is ${process.version}.`);
  }
  return node;
}

/** The pinned one. A machine's own Node 22 will do where install scripts are switched off. */
function projectNode() {
  if (existsSync(pinnedNode)) return pinnedNode;
  if (runsTheProject(process.version)) return process.execPath;
  return stop(
    "The project's own Node was not installed, because install scripts are switched off here: " +
      'run "npm rebuild node --ignore-scripts=false" or use Node 22.18 or later of the 22 line, then try again.',
  );
}

function install() {
  const npm = npmOfThisRun();
  if (npm.release !== null && !isAtLeast(npm.release, '9')) {
    stop(`npm ${npm.release} is too old: run "npm install --global npm@11", then try again.`);
  }
  // Windows does not let go of a running program, and `npm ci` deletes them all: there, only what differs.
  const inUse = process.platform === 'win32' && process.execPath.startsWith(modules);
  const verb = inUse ? ['install', '--no-save'] : ['ci'];
  // Warnings are of no use to a reader here: most are about the Node that is about to be replaced.
  const args = [...npm.args, ...verb, '--include=dev', '--no-fund', '--no-audit', '--loglevel=error'];

  say(`Installing packages (npm ${verb[0]}), about half a minute …`);
  const began = Date.now();
  const { status } = spawnSync(npm.command, args, { cwd: root, stdio: 'inherit', shell: npm.shell });
  if (status !== 0) {
    stop(`The packages could not be installed: see npm's message above, mend that, then run "npm ci".`);
  }
  say(`Installed in ${Math.round((Date.now() - began) / 1000)} s.`);
}

/**
 * The npm that started this run, with the Node that it runs on, so that no shell has to find it; else the
 * one on the PATH, which on Windows is a script and needs a shell.
 *
 * @returns {{command: string, args: string[], shell: boolean, release: string | null}}
 */
function npmOfThisRun() {
  const { npm_execpath: script, npm_node_execpath: node, npm_config_user_agent: agent } = process.env;
  if (script && /npm-cli\.c?js$/.test(script)) {
    const release = /^npm\/(\S+)/.exec(agent ?? '')?.[1] ?? null;
    return { command: node ?? process.execPath, args: [script], shell: false, release };
  }
  return { command: 'npm', args: [], shell: process.platform === 'win32', release: null };
}

/** @param {string} node */
function versionOf(node) {
  return node === process.execPath
    ? process.version
    : spawnSync(node, ['--version']).stdout.toString().trim();
}

/** @param {string} line */
function say(line) {
  console.log(line);
}

/**
 * @param {string} line
 * @returns {never}
 */
function stop(line) {
  console.error(line);
  process.exit(1);
}
