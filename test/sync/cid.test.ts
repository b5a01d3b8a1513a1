import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CID_BYTES, makeCid } from '../../miniprogram/sync/cid.ts';

test('a cid has the form that the contract asks for, and all 64 characters occur', () => {
  const seen = new Set<string>();
  for (let start = 0; start < 256; start += 1) {
    const cid = makeCid(Uint8Array.from({ length: CID_BYTES }, (_, index) => start + index));
    assert.match(cid, /^[A-Za-z0-9_-]{22}$/);
    for (const character of cid) seen.add(character);
  }
  assert.equal(seen.size, 64);
});
