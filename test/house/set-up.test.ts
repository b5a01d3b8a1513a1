/** What the scripts decide before anything is installed: which Node will do, and whether to install. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInstalled } from '../../scripts/installed.mjs';
import { isAtLeast, parseRelease, runsTheProject } from '../../scripts/release.mjs';
import { chooseTestFiles } from '../../scripts/test-files.mjs';

test('a release is read with and without its v, its minor and its suffix', () => {
  assert.deepEqual(parseRelease('v22.18.0'), [22, 18]);
  assert.deepEqual(parseRelease('9'), [9, 0]);
  assert.deepEqual(parseRelease('24.0.0-nightly'), [24, 0]);
  assert.throws(() => parseRelease('latest'), TypeError);
});

test('releases compare by number, not by letter', () => {
  assert.ok(isAtLeast('22.18', '22.9'));
  assert.ok(isAtLeast('v100.0.0', '22'));
  assert.ok(!isAtLeast('v9.9.9', '18'));
});

test('the project runs on Node 22.18 and later of its line, on nothing before or after', () => {
  const answers = ['v20.20.2', 'v22.17.1', 'v22.18.0', 'v22.23.3', 'v24.0.0', 'v26.1.0'].map(runsTheProject);
  assert.deepEqual(answers, [false, false, true, true, false, false]);
});

const wanted = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/pino': { version: '10.4.0', integrity: 'sha512-a' },
    'node_modules/fast-linux': { version: '1.0.0', integrity: 'sha512-b', optional: true, os: ['linux'] },
    'node_modules/fast-mac': { version: '1.0.0', integrity: 'sha512-c', optional: true, os: ['darwin'] },
  },
};
const pino = { version: '10.4.0', integrity: 'sha512-a' };
const fastLinux = { version: '1.0.0', integrity: 'sha512-b', os: ['linux'] };

test('an install with this platform alone, or with more than was asked for, is up to date', () => {
  const found = {
    'node_modules/pino': pino,
    'node_modules/fast-linux': fastLinux,
    'node_modules/mine': pino,
  };
  assert.ok(isInstalled(wanted, { packages: found }, 'linux'));
});

test('a missing, another or altered package asks for an install', () => {
  const installs = [
    {},
    { 'node_modules/pino': { ...pino, version: '10.3.0' } },
    { 'node_modules/pino': { ...pino, integrity: 'sha512-z' } },
  ];
  for (const packages of installs) assert.ok(!isInstalled(wanted, { packages }, 'linux'));
});

test('a folder copied from another platform asks for an install', () => {
  const found = { 'node_modules/pino': pino, 'node_modules/fast-linux': fastLinux };
  assert.ok(!isInstalled(wanted, { packages: found }, 'darwin'));
});

test('words choose test files by a piece of their path, options go on, no words choose all', () => {
  const files = ['test/net/backoff.test.ts', 'test/store/sqlite.test.ts'];
  assert.deepEqual(chooseTestFiles(files, []).files, files);
  assert.deepEqual(chooseTestFiles(files, ['./test/net', '--test-only']), {
    files: ['test/net/backoff.test.ts'],
    options: ['--test-only'],
  });
  assert.deepEqual(chooseTestFiles(files, ['nothing']).files, []);
});
