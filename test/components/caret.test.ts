import assert from 'node:assert/strict';
import { test } from 'node:test';
import { put, rubOut } from '../../miniprogram/components/composer/caret.ts';

test('something is put in where the caret is, or at the end where none is known', () => {
  assert.deepEqual(put('早安', 1, '👍'), { text: '早👍安', caret: 3 });
  assert.deepEqual(put('早', -1, '安'), { text: '早安', caret: 2 });
  assert.deepEqual(put('早', 99, '安'), { text: '早安', caret: 2 });
});

const signs = ['a', '早', '👍', '👍🏽', '❤️', '👨‍👩‍👧', '🇨🇳', '\n'];
for (const sign of signs) {
  test(`rubbing out takes ${JSON.stringify(sign)} away as one`, () => {
    assert.deepEqual(rubOut(`x${sign}y`, 1 + sign.length), { text: 'xy', caret: 1 });
  });
}

test('at the beginning there is nothing to rub out', () => {
  assert.deepEqual(rubOut('abc', 0), { text: 'abc', caret: 0 });
});
