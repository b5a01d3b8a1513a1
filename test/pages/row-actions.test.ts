import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayReact, offerOf, rowActions, type Standing } from '../../miniprogram/pages/chat/row-actions.ts';
import { EMPTY_STATE } from '../../miniprogram/store/state.ts';
import { room, row, unsent } from '../support/page-app.ts';

const mine = row(5, { mine: true, from: 'u1' });
const standing = (fields: Partial<Standing> = {}): Standing => ({
  role: 'member',
  now: mine.ts + 60_000,
  recallSeconds: 120,
  mayWrite: true,
  isDirect: false,
  ...fields,
});

test('one’s own message can be answered, copied, edited and, in time, taken back', () => {
  assert.deepEqual(rowActions(mine, standing()), ['reply', 'copy', 'edit', 'recall']);
});

test('a recall is offered until its time is over and not a moment longer', () => {
  const offered = (now: number) => rowActions(mine, standing({ now })).includes('recall');
  assert.equal(offered(mine.ts + 119_999), true);
  assert.equal(offered(mine.ts + 120_000), false);
});

test('while the server has not told its limit, it decides', () => {
  const late = standing({ now: mine.ts + 1e9, recallSeconds: undefined });
  assert.ok(rowActions(mine, late).includes('recall'));
});

test('another’s message is taken back, and its sender muted, by owners and admins only', () => {
  const late = { now: mine.ts + 1e9 };
  assert.deepEqual(rowActions(row(5), standing(late)), ['reply', 'copy', 'report']);
  for (const role of ['admin', 'owner'] as const) {
    const offered = rowActions(row(5), standing({ ...late, role }));
    assert.deepEqual(offered, ['reply', 'copy', 'recall', 'mute', 'report']);
  }
});

test('in a direct chat nobody is muted', () => {
  const offered = rowActions(row(5), standing({ role: 'owner', isDirect: true }));
  assert.equal(offered.includes('mute'), false);
});

test('where nothing can be written nothing is answered or edited', () => {
  assert.deepEqual(rowActions(mine, standing({ mayWrite: false })), ['copy', 'recall']);
  assert.equal(mayReact(mine, standing({ mayWrite: false })), false);
  assert.equal(mayReact(mine, standing()), true);
});

test('a failed message can be sent again or dropped, one on its way cannot', () => {
  const offered = rowActions(unsent('a', 'failed'), standing({ role: 'owner' }));
  assert.deepEqual(offered, ['resend', 'copy', 'discard']);
  assert.deepEqual(rowActions(unsent('a', 'sending'), standing({ role: 'owner' })), ['copy']);
});

test('what is no text is neither copied nor edited', () => {
  const image = row(5, { kind: 'image', body: {}, mine: true, from: 'u1' });
  assert.deepEqual(rowActions(image, standing()), ['reply', 'recall']);
});

test('a notice and a message taken back have nothing to do', () => {
  const notice = row(5, { kind: 'sys', body: { action: 'closed' } });
  assert.deepEqual(rowActions(notice, standing({ role: 'owner' })), []);
  assert.deepEqual(rowActions(row(5, { recalled: true, body: {} }), standing({ role: 'owner' })), []);
  assert.equal(mayReact(notice, standing()), false);
});

test('the sheet offers emoji, those of one’s own marked, and marks what cannot be undone', () => {
  const state = {
    ...EMPTY_STATE,
    rooms: { hall: room({ id: 'hall', role: 'owner' }) },
  };
  const reactions = [{ emoji: '👍', count: 1, mine: true }];
  const sheet = offerOf(row(5, { reactions }), state, 'hall');
  assert.deepEqual(
    sheet.reactions.filter(({ mine: own }) => own).map(({ emoji }) => emoji),
    ['👍'],
  );
  assert.deepEqual(
    sheet.actions.filter(({ isGrave }) => isGrave).map(({ words }) => words),
    ['撤回', '举报'],
  );
  assert.deepEqual(offerOf(row(5), { ...state, rooms: {} }, 'hall').reactions, []);
});
