/** THE list, as a list: who may ask what, and what it is charged. A row that is new is to be decided here. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Op } from '../../miniprogram/protocol/frames.ts';
import { SCHEMAS } from '../../server/edge/schemas.ts';
import { setUp } from './stage.ts';

const ROWS: { [O in Op]: [access: string, cost: string] } = {
  'session.hello': ['anyone', 'read'],
  'session.renew': ['anyone', 'read'],
  'session.ping': ['anyone', 'read'],
  'room.list': ['user', 'read'],
  'room.create': ['user', 'send'],
  'room.open': ['user', 'send'],
  'room.join': ['user', 'send'],
  'room.leave': ['member', 'send'],
  'room.members': ['reader', 'read'],
  'room.manage': ['member', 'send'],
  'room.read': ['member', 'read'],
  'room.typing': ['member', 'read'],
  'room.prefs': ['member', 'read'],
  'message.send': ['member', 'send'],
  'message.recall': ['member', 'send'],
  'message.edit': ['member', 'send'],
  'message.react': ['member', 'send'],
  'message.history': ['reader', 'read'],
  'message.search': ['user', 'search'],
  'message.report': ['member', 'report'],
  'file.get': ['user', 'read'],
  'user.get': ['user', 'read'],
};

test('every op of the protocol has a row, with its access and its cost', () => {
  const { table } = setUp();
  const rows = Object.entries(table).map(([op, { access, cost }]) => [op, [access, cost]]);
  assert.deepEqual(Object.fromEntries(rows), ROWS);
  assert.deepEqual(Object.keys(table).toSorted(), Object.keys(SCHEMAS).toSorted());
});

test('what names a room is asked by its members only, but for the joining of it, and hints where a file or a word is', () => {
  const ofRooms = Object.entries(SCHEMAS).filter(([, schema]) => JSON.stringify(schema).includes('"room":'));
  const open = ofRooms.map(([op]) => op as Op).filter((op) => !['member', 'reader'].includes(ROWS[op][0]));
  assert.deepEqual(open.toSorted(), ['file.get', 'message.search', 'room.join']);
});
