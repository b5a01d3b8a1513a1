import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { buildBundle, type Bundle } from './bundle.ts';

const fixture = fileURLToPath(new URL('../fixture/', import.meta.url));

function load(script: string): Bundle {
  const scope: { chahuaBundle?: Bundle } = {};
  runInNewContext(script, scope);
  assert.ok(scope.chahuaBundle);
  // What another realm made has another realm's arrays; functions in it are not looked at.
  return JSON.parse(
    JSON.stringify(scope.chahuaBundle, (_, value: unknown) => (typeof value === 'function' ? null : value)),
  ) as Bundle;
}

describe('a build of a mini-program', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chahua-bundle-'));
    await cp(fixture, folder, { recursive: true });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('holds its pages, components, templates, styles and modules', async () => {
    const { script, problems } = await buildBundle(fixture);
    assert.deepEqual(problems, []);
    const bundle = load(script);
    assert.deepEqual(bundle.manifest.pages, ['pages/first/first', 'pages/second/second']);
    assert.deepEqual(Object.keys(bundle.configs).sort(), ['components/tick/tick', ...bundle.manifest.pages]);
    assert.deepEqual(Object.keys(bundle.modules).sort(), [
      'app',
      'components/tick/tick',
      'greeting',
      ...bundle.manifest.pages,
    ]);
    assert.deepEqual(bundle.prefixes, { 'components/tick/tick': 'tick' });
    assert.equal(bundle.styles[0]?.path, 'app');
    assert.ok(bundle.manifest.pages.every((path) => path in bundle.templates));
  });

  it('names what is wrong, by file, and is a bundle all the same', async () => {
    await writeFile(join(folder, 'pages/first/first.wxml'), '<view><text>a</txt></view>\n<map />');
    await writeFile(
      join(folder, 'pages/first/first.json'),
      '{"usingComponents": {"gone": "/components/gone/gone"}}',
    );
    await writeFile(join(folder, 'greeting.ts'), 'export const = 1;');
    const { script, problems } = await buildBundle(folder);
    const told = problems.join('\n');
    assert.match(told, /pages\/first\/first\.wxml:1: /);
    assert.match(told, /pages\/first\/first\.wxml: <map> is unknown to the preview/);
    assert.match(told, /pages\/first\/first\.json: <gone> is "\/components\/gone\/gone", which is not here/);
    assert.match(told, /greeting\.ts:1: /);
    assert.equal(load(script).manifest.pages.length, 2);
  });
});
