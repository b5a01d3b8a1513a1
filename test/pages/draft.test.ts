import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as drafts from '../../miniprogram/pages/chat/draft.ts';

test('an answer is begun and given up, the text stays', () => {
  const begun = drafts.answer(drafts.write(drafts.NOTHING, '好'), 7);
  assert.deepEqual(begun, { text: '好', reply: 7 });
  assert.deepEqual(drafts.drop(begun), { text: '好' });
});

test('while one edits, what was begun stands aside, and comes back', () => {
  const begun = drafts.answer(drafts.write(drafts.NOTHING, '好'), 7);
  const editing = drafts.write(drafts.edit(begun, 3, '旧'), '新');
  assert.deepEqual([editing.text, editing.edit, editing.reply], ['新', 3, undefined]);
  assert.deepEqual(drafts.drop(editing), begun);
  assert.deepEqual(drafts.sent(editing), begun);
});

test('an edit begun during another edit leaves what stands aside as it was', () => {
  const begun = drafts.write(drafts.NOTHING, '好');
  const second = drafts.edit(drafts.edit(begun, 3, '旧'), 4, '更旧');
  assert.deepEqual(drafts.drop(second), begun);
});

test('an answer begun during an edit leaves the edit', () => {
  const editing = drafts.edit(drafts.write(drafts.NOTHING, '好'), 3, '旧');
  assert.deepEqual(drafts.answer(editing, 9), { text: '好', reply: 9 });
});

test('those are called whose names still stand in the text', () => {
  const both = drafts.call(drafts.call(drafts.NOTHING, 'u2', '小红'), 'u3', '老王');
  assert.deepEqual(drafts.addressed(drafts.write(both, '@小红 早')), { mentions: ['u2'] });
  assert.deepEqual(drafts.addressed(drafts.write(both, '早')), {});
  const all = drafts.write(drafts.call(both, 'all', '所有人'), '@所有人 @小红');
  assert.deepEqual(drafts.addressed(all), { mentions: 'all' });
});
