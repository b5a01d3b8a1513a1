import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byName, find, letterOf, sections } from '../miniprogram/directory.ts';

const people = ['王芳', 'bob', '阿明', '7up', 'Alice', '李雷', '👍', '张三', '贾小贤'].map((name) => ({
  name,
}));

test('a name stands under the letter it begins with, a Chinese one under its pinyin', () => {
  const letters = ['alice', 'Bob', '阿明', '王芳', '李雷', '张三', '欧阳', '小明', '黄河'].map(letterOf);
  assert.deepEqual(letters, ['A', 'B', 'A', 'W', 'L', 'Z', 'O', 'X', 'H']);
});

test('what begins with no letter stands under #, which is the last', () => {
  assert.deepEqual(['7up', '👍', 'Ünal', 'שלום', '', '\u200b'].map(letterOf), ['#', '#', '#', '#', '#', '#']);
  assert.equal(sections(people).at(-1)?.letter, '#');
});

test('sections come in the order of the alphabet, and nobody is lost', () => {
  const all = sections(people);
  assert.deepEqual(
    all.map(({ letter }) => letter),
    ['A', 'B', 'J', 'L', 'W', 'Z', '#'],
  );
  assert.equal(all.flatMap((section) => section.people).length, people.length);
});

test('the order of names does not change what it is given', () => {
  const given = [{ name: 'b' }, { name: 'a' }];
  assert.deepEqual(byName(given), [{ name: 'a' }, { name: 'b' }]);
  assert.equal(given[0]?.name, 'b');
});

test('somebody is found by any part of the name, in whatever case', () => {
  assert.deepEqual(find(people, ' LIC '), [{ name: 'Alice' }]);
  assert.deepEqual(find(people, '小贤'), [{ name: '贾小贤' }]);
  assert.equal(find(people, '  ').length, people.length);
  assert.deepEqual(find(people, 'nobody'), []);
});
