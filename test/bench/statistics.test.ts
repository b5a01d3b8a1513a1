import assert from 'node:assert/strict';
import { test } from 'node:test';
import { percentile, spreadOf } from './statistics.ts';

test('a spread is the median and the ends, whatever the order', () => {
  assert.deepEqual(spreadOf([3, 10, 1]), { median: 3, min: 1, max: 10 });
  assert.deepEqual(spreadOf([4]), { median: 4, min: 4, max: 4 });
});

test('a percentile is a value that occurred, by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  assert.equal(percentile(hundred, 0.5), 50);
  assert.equal(percentile(hundred, 0.99), 99);
  assert.equal(percentile(hundred, 1), 100);
  assert.equal(percentile([7], 0.5), 7);
  assert.throws(() => percentile([], 0.5), /no values/);
});
