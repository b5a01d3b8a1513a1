/** Counterexamples first: what no index serves must be found out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Asked, askedIn, type Index, shapeOf, useOf } from './index-use.ts';

const INDEXES: Index[] = [
  { key: [['_id', 1]], unique: true },
  {
    key: [
      ['room', 1],
      ['grams', 1],
      ['stamp', -1],
    ],
    unique: false,
  },
];
const ask = (filter: object, sort: Asked['sort'] = [], isLimited = false): Asked => ({
  collection: 'search',
  filter,
  sort,
  isLimited,
});
const isServed = (asked: Asked): boolean => useOf(asked, INDEXES).served;

test('what no index begins with is a scan of the collection', () => {
  assert.equal(isServed(ask({ from: 'ann' })), false);
  assert.equal(isServed(ask({ grams: 'te', stamp: { $lt: 9 } })), false, 'the room is missing');
  assert.equal(isServed(ask({})), false, 'all of it');
  assert.equal(isServed(ask({ room: { $regex: 'a' } })), false);
  assert.equal(isServed(ask({ $or: [{ _id: 'a' }, { from: 'ann' }] })), false, 'one branch is enough');
});

test('an order that the index does not have in that place is sorted in memory', () => {
  assert.equal(isServed(ask({ room: 'r' }, [['stamp', -1]])), false, 'the grams are between');
  assert.equal(
    isServed(
      ask({ room: 'r', grams: 'te' }, [
        ['stamp', -1],
        ['_id', 1],
      ]),
    ),
    false,
  );
});

test('held fields, then one that is sorted by or ranges, are served, either way round', () => {
  const grams = { $all: ['te', 'ea'] };
  assert.equal(isServed(ask({ room: 'r', grams, stamp: { $lt: 9 } }, [['stamp', -1]])), true);
  assert.equal(isServed(ask({ room: { $in: ['r', 's'] }, grams }, [['stamp', 1]])), true);
  assert.equal(isServed(ask({ _id: { $gte: 'a', $lt: 'b' } }, [['_id', 1]])), true);
  assert.equal(isServed(ask({ $or: [{ _id: { $gt: 'a' } }, { _id: { $lt: 'c' } }] }, [['_id', 1]])), true);
  assert.equal(isServed(ask({}, [['_id', 1]], true)), true, 'the first of all');
});

test('what is only looked at is told, but not of a single document', () => {
  const many = { served: true, rest: ['from'], one: false };
  const one = { served: true, rest: [], one: true };
  assert.deepEqual(useOf(ask({ _id: { $gt: 'a' }, from: 'ann' }), INDEXES), many);
  assert.deepEqual(useOf(ask({ _id: 'a', rev: { $lt: 9 } }), INDEXES), one);
  assert.deepEqual(useOf(ask({ _id: 'a', $or: [{ n: 1 }, { rev: { $lt: 9 } }] }), INDEXES), one);
});

test('a command is read for what it asks, and commands that differ in values alone have one shape', () => {
  const update = (q: object) => ({
    name: 'update',
    collection: 'members',
    body: { update: 'members', updates: [{ q, u: {} }] },
  });
  const shapes = [update({ _id: 'a' }), update({ _id: 'b' })].flatMap(askedIn).map(shapeOf);
  assert.deepEqual(
    shapes,
    Array.from({ length: 2 }, () => 'members {"_id":"value"}'),
  );
  assert.deepEqual(askedIn({ name: 'insert', collection: 'members', body: {} }), []);
});
