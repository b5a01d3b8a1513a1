import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowActions, type Standing } from '../../miniprogram/pages/chat/row-actions.ts';
import { row, unsent } from '../support/page-app.ts';

const mine = row(5, { mine: true, from: 'u1' });
const standing = (fields: Partial<Standing> = {}): Standing => ({
  role: 'member',
  now: mine.ts + 60_000,
  recallSeconds: 120,
  ...fields,
});

test('one’s own message can be copied and, in time, taken back', () => {
  assert.deepEqual(rowActions(mine, standing()), ['copy', 'recall']);
});

test('a recall is offered until its time is over and not a moment longer', () => {
  assert.deepEqual(rowActions(mine, standing({ now: mine.ts + 119_999 })), ['copy', 'recall']);
  assert.deepEqual(rowActions(mine, standing({ now: mine.ts + 120_000 })), ['copy']);
});

test('while the server has not told its limit, it decides', () => {
  assert.deepEqual(rowActions(mine, standing({ now: mine.ts + 1e9, recallSeconds: undefined })), [
    'copy',
    'recall',
  ]);
});

test('another’s message is taken back by owners and admins only, at any time', () => {
  const late = { now: mine.ts + 1e9 };
  assert.deepEqual(rowActions(row(5), standing(late)), ['copy']);
  assert.deepEqual(rowActions(row(5), standing({ ...late, role: 'admin' })), ['copy', 'recall']);
  assert.deepEqual(rowActions(row(5), standing({ ...late, role: 'owner' })), ['copy', 'recall']);
});

test('a failed message can be sent again or dropped, one on its way cannot', () => {
  assert.deepEqual(rowActions(unsent('a', 'failed'), standing({ role: 'owner' })), [
    'copy',
    'resend',
    'discard',
  ]);
  assert.deepEqual(rowActions(unsent('a', 'sending'), standing({ role: 'owner' })), ['copy']);
});

test('what is no text is not copied', () => {
  assert.deepEqual(rowActions(row(5, { kind: 'image', body: {} }), standing()), []);
});

test('a notice and a message taken back have nothing to do', () => {
  assert.deepEqual(
    rowActions(row(5, { kind: 'sys', body: { action: 'closed' } }), standing({ role: 'owner' })),
    [],
  );
  assert.deepEqual(rowActions(row(5, { recalled: true, body: {} }), standing({ role: 'owner' })), []);
});
