/**
 * `npm run check`: what can be said about the sources without running them. Owns the list of checks, longest
 * first so that two cores end together. Each is a tool's own command line; none changes a file. The formatter
 * that does is `npm run format`.
 */
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { runSteps } from './step.mjs';
import { setUp } from './set-up.mjs';

const tsc = 'node_modules/typescript/bin/tsc';
const depcruise = 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs';

/** @type {readonly import('./step.mjs').Step[]} */
const checks = [
  { name: 'lint', args: ['node_modules/eslint/bin/eslint.js', '--max-warnings=0', '.'] },
  { name: 'format', args: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'] },
  { name: 'types of test/', args: [tsc, '-p', 'test'] },
  { name: 'types of test/simulator/', args: [tsc, '-p', 'test/simulator'] },
  { name: 'types of server/', args: [tsc, '-p', 'server'] },
  { name: 'types of miniprogram/', args: [tsc, '-p', 'miniprogram'] },
  { name: 'import rules', args: [depcruise, '--config', '.dependency-cruiser.mjs', 'miniprogram', 'server'] },
  { name: 'wxml and wxs', args: ['scripts/check-wxml.mjs', 'miniprogram'] },
];

/**
 * @param {string} node
 * @returns {Promise<string[]>} the names of the checks that failed
 */
export async function check(node) {
  return runSteps(node, checks);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  check(setUp()).then((failed) => {
    if (failed.length > 0) console.error(`\n✖ failed: ${failed.join(', ')}`);
    process.exitCode = failed.length > 0 ? 1 : 0;
  });
}
