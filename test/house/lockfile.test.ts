/** The lockfile works wherever packages come from, and on every platform that the README names. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Lockfile {
  packages: Record<string, { resolved?: string; integrity?: string }>;
}

const text = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
const { packages } = JSON.parse(text) as Lockfile;
const installed = Object.entries(packages).filter(([path]) => path !== '');

test('no package is tied to the host it came from', () => {
  const tied = installed.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path);
  assert.deepEqual(tied, []);
});

test('every package is tied to its content', () => {
  const loose = installed.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path);
  assert.deepEqual(loose, []);
});

test('the compiler that comes as one package per platform is there for all of them', () => {
  for (const platform of ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64']) {
    assert.ok(packages[`node_modules/@esbuild/${platform}`], platform);
  }
});
