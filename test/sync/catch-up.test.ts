import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RoomSummary } from '../../miniprogram/protocol/objects.ts';
import { MOST_PAGED, planCatchUp } from '../../miniprogram/sync/catch-up.ts';

const room = (head: number, more: Partial<RoomSummary> = {}): RoomSummary => ({
  id: 'r',
  kind: 'group',
  name: 'r',
  head,
  role: 'member',
  read: 0,
  unread: 0,
  members: 2,
  ...more,
});

function plan(summary: RoomSummary, held: { cursor: number; open: boolean } | null, epoch = 'e1') {
  const map = new Map(held ? [['r', held]] : []);
  return planCatchUp({ epoch: 'e1', rooms: [summary] }, map, epoch).plans.get('r');
}

test('nothing held: goes on after the head, history is for who looks', () => {
  assert.equal(plan(room(120), null), 'drop');
});

test('a little is missing: kept, for the server sends the rest by itself', () => {
  assert.equal(plan(room(120), { cursor: 100, open: false }), 'keep');
  assert.equal(plan(room(120), { cursor: 120, open: true }), 'keep');
});

test('too much is missing: paged through where somebody looks, dropped where nobody does', () => {
  assert.equal(plan(room(10_000, { behind: true }), { cursor: 0, open: true }), 'page');
  assert.equal(plan(room(10_000, { behind: true }), { cursor: 0, open: false }), 'drop');
});

test('more than a person would ever read through is dropped even where somebody looks', () => {
  const head = MOST_PAGED + 100;
  assert.equal(plan(room(head, { behind: true }), { cursor: 100, open: true }), 'page');
  assert.equal(plan(room(head, { behind: true }), { cursor: 99, open: true }), 'drop');
});

test('a reset, another epoch, or a cursor beyond the head: dropped', () => {
  assert.equal(plan(room(120, { reset: true }), { cursor: 100, open: true }), 'drop');
  assert.equal(plan(room(120), { cursor: 100, open: true }, 'e0'), 'drop');
  assert.equal(plan(room(99), { cursor: 100, open: true }), 'drop');
});

test('held rooms that are not in the list are gone', () => {
  const held = new Map([
    ['r', { cursor: 1, open: false }],
    ['left', { cursor: 7, open: true }],
  ]);
  assert.deepEqual(planCatchUp({ epoch: 'e1', rooms: [room(1)] }, held, 'e1').gone, ['left']);
});
