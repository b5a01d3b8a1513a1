import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RoomSummary } from '../../miniprogram/protocol/objects.ts';
import { catchUp, type Held } from '../../server/session/catch-up.ts';

const EPOCH = 'e1';
const room: RoomSummary = {
  id: 'r',
  kind: 'group',
  name: 'tea',
  head: 500,
  role: 'member',
  read: 0,
  unread: 0,
  members: 2,
};

test('a cursor before what is kept: reset; right before it: what is missing', () => {
  const trimmed = { ...room, begins: 400 };
  const held = (r: number) => catchUp(trimmed, { cursors: { r } }, EPOCH);
  assert.deepEqual(held(398), { summary: { ...trimmed, reset: true }, from: 500 });
  assert.deepEqual(held(399), { summary: trimmed, from: 399 });
});

const SITUATIONS: [string, Held, { from: number; marks: Partial<RoomSummary> }][] = [
  ['nothing held: live from the head on', {}, { from: 500, marks: {} }],
  ['another room held: live from the head on', { cursors: { other: 3 } }, { from: 500, marks: {} }],
  ['all held: nothing is missing', { cursors: { r: 500 } }, { from: 500, marks: {} }],
  ['one missing', { cursors: { r: 499 } }, { from: 499, marks: {} }],
  ['200 missing: the last that are sent unasked', { cursors: { r: 300 } }, { from: 300, marks: {} }],
  ['201 missing: behind', { cursors: { r: 299 } }, { from: 500, marks: { behind: true } }],
  ['a cursor at the very beginning: behind', { cursors: { r: 0 } }, { from: 500, marks: { behind: true } }],
  ['a cursor beyond the head: reset', { cursors: { r: 501 } }, { from: 500, marks: { reset: true } }],
  ['a negative cursor: reset', { cursors: { r: -1 } }, { from: 500, marks: { reset: true } }],
  ['the same epoch', { epoch: EPOCH, cursors: { r: 499 } }, { from: 499, marks: {} }],
  ['another epoch: reset', { epoch: 'e0', cursors: { r: 499 } }, { from: 500, marks: { reset: true } }],
  [
    'another epoch and far behind: reset',
    { epoch: 'e0', cursors: { r: 1 } },
    { from: 500, marks: { reset: true } },
  ],
  ['another epoch, but nothing held of the room', { epoch: 'e0', cursors: {} }, { from: 500, marks: {} }],
];

for (const [situation, held, { from, marks }] of SITUATIONS) {
  test(situation, () => {
    assert.deepEqual(catchUp(room, held, EPOCH), { summary: { ...room, ...marks }, from });
  });
}

test('a short room is sent from its first entry on', () => {
  assert.deepEqual(catchUp({ ...room, head: 3 }, { cursors: { r: 0 } }, EPOCH).from, 0);
});

test('a room named like something that every object has is not held because of that', () => {
  for (const id of ['constructor', 'toString', '__proto__']) {
    assert.equal(catchUp({ ...room, id }, { cursors: {} }, EPOCH).from, 500);
  }
});

test('a cursor under the name __proto__, as JSON may bear it, is a cursor', () => {
  const cursors = JSON.parse('{"__proto__": 499}') as Record<string, number>;
  assert.equal(catchUp({ ...room, id: '__proto__' }, { cursors }, EPOCH).from, 499);
});
