/**
 * `npm test`: the checks, then the tests. `npm test -- word…` runs only the test files whose path contains a
 * word (and hands options such as `--test-name-pattern=…` to Node's test runner). Owns the order and the
 * verdict: anything that fails, and finding no test at all, ends with a code other than 0.
 */
import { spawnSync } from 'node:child_process';
import { check } from './check.mjs';
import { root, setUp } from './set-up.mjs';
import { seconds } from './step.mjs';
import { chooseTestFiles, findTestFiles } from './test-files.mjs';

const began = Date.now();
const words = process.argv.slice(2);
const node = setUp();
const { files, options } = chooseTestFiles(findTestFiles(root), words);

/** @returns {boolean} whether every test passed */
function runTests() {
  const args = [
    '--disable-warning=ExperimentalWarning',
    '--import=./test/support/extensionless.mjs',
    '--test',
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...['--test-reporter=./scripts/empty-tests.mjs', '--test-reporter-destination=stdout'],
    ...['--test-reporter=./scripts/servers.mjs', '--test-reporter-destination=stdout'],
    // One more than two cores: tests wait for servers and disks more than they compute.
    '--test-concurrency=3',
    // A file that never ends, because something in it was left open, fails by itself.
    '--test-timeout=300000',
    ...options,
    ...files,
  ];
  return spawnSync(node, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

const failed = words.length === 0 ? await check(node) : [];
if (files.length === 0) {
  console.error(`No test file has any of these in its path: ${words.join(' ') || '*.test.ts'}`);
  failed.push('tests');
} else if (!runTests()) {
  failed.push('tests');
}

if (failed.length > 0) console.error(`\n✖ failed: ${failed.join(', ')} (${seconds(began)})`);
else console.log(`\n✔ all passed (${seconds(began)})`);
process.exitCode = failed.length > 0 ? 1 : 0;
