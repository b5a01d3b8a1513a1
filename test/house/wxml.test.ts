/** The wxml check can fail: each fault that WeChat's compiler rejects, in a folder of its own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../scripts/check-wxml.mjs', import.meta.url));

test('a folder without templates passes and says so', () => {
  const { status, output } = check({});
  assert.equal(output, '0 files\n');
  assert.equal(status, 0);
});

test('sound templates pass, a component named from the root among them', () => {
  const { status, output } = check({
    'pages/chat/chat.json': '{"usingComponents":{"avatar":"/components/avatar/avatar"}}',
    'pages/chat/chat.wxml': '<wxs src="./time.wxs" module="time"/><avatar/><view>{{time.show(1)}}</view>',
    'pages/chat/time.wxs': 'module.exports = { show: function (t) { return t } }',
    'components/avatar/avatar.wxml': '<image src="{{src}}"/>',
  });
  assert.equal(output, '3 files\n');
  assert.equal(status, 0);
});

const broken = {
  'an unclosed tag': { 'a.wxml': '<view><text>a</view>' },
  'a broken expression': { 'a.wxml': '<view class="{{a ? b : }}"/>' },
  'an arrow function in wxs': {
    'a.wxml': '<wxs src="./b.wxs" module="b"/>',
    'b.wxs': 'module.exports = { a: () => 1 }',
  },
  'a constant in wxs that no template uses': { 'b.wxs': 'const a = 1; module.exports = { a: a }' },
};
for (const [fault, files] of Object.entries(broken)) {
  test(`${fault} fails, and the message names the file`, () => {
    const { status, output } = check(files);
    assert.equal(status, 1, output);
    assert.match(output, /[ab]\.wx(ml|s)/);
  });
}

function check(files: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'chahua-wxml-test-'));
  try {
    for (const [file, source] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), source);
    }
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
    return { status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
