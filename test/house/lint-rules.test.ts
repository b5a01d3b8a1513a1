/**
 * The house's own lint rules can fail: each is given one text that breaks it, under the name of a file where
 * it holds, and one place where the same text is allowed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const eslint = new ESLint({
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  // The files exist by name only, so no type is known; the rules in question need none.
  overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }],
});

const house: [situation: string, rule: string, source: string, refused: string, allowed: string | null][] = [
  ['a file named utils', 'house/file-name', 'export {};', 'server/utils.ts', 'server/outbox.ts'],
  [
    'a file named index',
    'house/file-name',
    'export {};',
    'miniprogram/net/index.ts',
    'miniprogram/net/net.ts',
  ],
  ['301 lines', 'max-lines', '// a line\n'.repeat(301), 'server/long.ts', 'test/long.test.ts'],
  ['any', '@typescript-eslint/no-explicit-any', 'export const a = (b: any) => b;', 'server/a.ts', null],
  ['an enum', 'no-restricted-syntax', 'export enum A { B }', 'server/a.ts', null],
  [
    'an enum in the protocol',
    'no-restricted-syntax',
    'export enum A { B }',
    'miniprogram/protocol/a.ts',
    null,
  ],
  [
    'a request of uWebSockets.js in an async function',
    'no-restricted-syntax',
    'export const a = (request: { b(): string }) => async () => request.b();',
    'server/edge/uws.ts',
    'server/edge/http.ts',
  ],
  ['@ts-ignore', '@typescript-eslint/ban-ts-comment', '// @ts-ignore\nexport {};', 'server/a.ts', null],
  ['process', 'no-restricted-globals', 'process.exit(1);', 'server/config.ts', 'server/main.ts'],
  [
    'process in the cli',
    'no-restricted-globals',
    'process.exit(1);',
    'server/cli/print.ts',
    'server/cli/main.ts',
  ],
  [
    'globalThis.process',
    'no-restricted-properties',
    'globalThis.process.exit(1);',
    'server/log.ts',
    'server/main.ts',
  ],
  [
    'node:process',
    'no-restricted-imports',
    `import { env } from 'node:process'; env.A = '';`,
    'server/a.ts',
    'server/main.ts',
  ],
  [
    'a value imported by the protocol',
    'no-restricted-syntax',
    `import { a } from './b'; a();`,
    'miniprogram/protocol/a.ts',
    'miniprogram/net/a.ts',
  ],
  [
    'a value re-exported by the protocol',
    'no-restricted-syntax',
    `export { a } from './b';`,
    'miniprogram/protocol/a.ts',
    'miniprogram/net/a.ts',
  ],
  [
    'an extension in the mini-program',
    'no-restricted-imports',
    `import { a } from './b.ts'; a();`,
    'miniprogram/net/a.ts',
    'server/a.ts',
  ],
  [
    'wx in sync',
    'no-restricted-globals',
    'wx.getStorageSync("a");',
    'miniprogram/sync/outbox.ts',
    'miniprogram/sync/wx-storage.ts',
  ],
  [
    'wx.connectSocket',
    'no-restricted-properties',
    'wx.connectSocket({ url: "" });',
    'miniprogram/app.ts',
    'miniprogram/net/wx-socket.ts',
  ],
  [
    'getApp in a component',
    'no-restricted-globals',
    'getApp();',
    'miniprogram/components/a/a.ts',
    'miniprogram/pages/a/a.ts',
  ],
];

for (const [situation, rule, source, refused, allowed] of house) {
  test(`${situation} is refused in ${refused}`, async () => {
    assert.ok((await rulesThatSpeak(source, refused)).includes(rule));
    if (allowed)
      assert.ok(!(await rulesThatSpeak(source, allowed)).includes(rule), `refused in ${allowed} too`);
  });
}

async function rulesThatSpeak(source: string, filePath: string) {
  const [result] = await eslint.lintText(source, { filePath });
  assert.ok(result, `${filePath} is not linted at all`);
  return result.messages.map(({ ruleId }) => ruleId);
}
