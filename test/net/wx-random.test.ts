import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWxRandom } from '../../miniprogram/net/wx-random.ts';
import type { WxRandom } from '../../miniprogram/net/wx-random.ts';

/** Bytes 0, 1, 2 … so that one given out twice shows. */
function setUp() {
  let next = 0;
  const calls: (() => void)[] = [];
  const getRandomValues = (option: WechatMiniprogram.GetRandomValuesOption): void => {
    const bytes = Uint16Array.from({ length: option.length }, () => next++);
    calls.push(() => {
      option.success?.({ randomValues: new Uint8Array(bytes).buffer, errMsg: '' });
      option.complete?.({ errMsg: '' });
    });
  };
  return { random: createWxRandom({ getRandomValues } as unknown as WxRandom), calls };
}

test('bytes come from the platform, fetched ahead, none twice', () => {
  const { random, calls } = setUp();
  calls.shift()!();
  assert.deepEqual([...random(3), ...random(3)], [0, 1, 2, 3, 4, 5]);
});

test('more are fetched before they run out, one call at a time', () => {
  const { random, calls } = setUp();
  calls.shift()!();
  for (let count = 0; count < 20; count += 1) random(22);
  assert.equal(calls.length, 1);
});

test('before the platform has answered, and where it has no such function, bytes are made up', () => {
  for (const random of [setUp().random, createWxRandom({})]) {
    const seen = new Set(Array.from({ length: 200 }, () => random(22).join()));
    assert.equal(seen.size, 200);
    assert.equal(random(22).length, 22);
  }
});
