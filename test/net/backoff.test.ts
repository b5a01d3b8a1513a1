import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs } from '../../miniprogram/net/backoff.ts';

test('the longest wait doubles from half a second and stays at 30 s', () => {
  const longest = [0, 1, 2, 3, 4, 5, 6, 7, 100, 2_000].map((attempt) => backoffMs(attempt, 1));
  assert.deepEqual(longest, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
});

test('the jitter is full: any wait from nothing to the longest', () => {
  assert.equal(backoffMs(3, 0), 0);
  assert.equal(backoffMs(3, 0.25), 1_000);
});
