/** S33: what we depend on is at or past the versions in which known holes were mended. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

const lockfile = JSON.parse(readFileSync(root + 'package-lock.json', 'utf8')) as {
  packages: Record<string, { version: string; dev?: true }>;
};

/** Every copy of the package, wherever it lies. */
const versions = (name: string): string[] =>
  Object.entries(lockfile.packages)
    .filter(([path]) => path.endsWith(`node_modules/${name}`))
    .map(([, { version }]) => version);

const atLeast = (version: string, least: string): boolean =>
  version.localeCompare(least, 'en', { numeric: true }) >= 0;

test('S33 jsonwebtoken and jws are past CVE-2025-65945', () => {
  const tokens = versions('jsonwebtoken');
  assert.ok(tokens.length > 0 && tokens.every((version) => atLeast(version, '9.0.3')), tokens.join());
  const signatures = versions('jws');
  const isMended = (version: string) =>
    version.startsWith('3.') ? atLeast(version, '3.2.3') : atLeast(version, '4.0.1');
  assert.ok(signatures.length > 0 && signatures.every(isMended), signatures.join());
});

test('S33 uWebSockets.js is past CVE-2021-45945', () => {
  // The alias has a version of its own. Builds for the interface of Node 22 (127) exist since core 20.44; the hole was
  // mended in 20.9.
  const built = globSync('node_modules/uWebSockets.js/dist/**/uws_linux_x64_127.node', { cwd: root });
  assert.equal(built.length, 1);
});
