import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createSystemClock } from '../../miniprogram/net/system-clock.ts';

test('monotonic goes on with the wall clock, and stands still where that steps back', (context) => {
  const now = mock.method(Date, 'now', () => 1_000);
  context.after(() => now.mock.restore());
  const at = (ms: number): void => void now.mock.mockImplementation(() => ms);
  const clock = createSystemClock();
  at(1_500);
  assert.equal(clock.monotonic(), 500);
  at(200);
  assert.equal(clock.monotonic(), 500);
  at(300);
  assert.equal(clock.monotonic(), 600);
  assert.equal(clock.now(), 300);
});

test('a timer that was undone does not run', async () => {
  const clock = createSystemClock();
  const undo = clock.after(0, () => assert.fail('was undone'));
  undo();
  await new Promise<void>((resolve) => void clock.after(0, resolve));
});
