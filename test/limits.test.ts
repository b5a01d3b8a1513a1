/** LIMITS: what a person may send, or faults in one line each. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '../miniprogram/protocol/limits.ts';
import { readConfig } from '../server/config.ts';
import { assertFault } from './support/config-faults.ts';

test('limits that are not named keep their default', () => {
  assert.deepEqual(readConfig({ LIMITS: 'text=50' }).limits, { ...DEFAULT_LIMITS, text: 50 });
});

test('frames that are smaller than the default text make the default text smaller, as the client is told', () => {
  assert.deepEqual(readConfig({ LIMITS: 'frame=8192' }).limits, {
    ...DEFAULT_LIMITS,
    frame: 8_192,
    text: 1_920,
  });
  assert.equal(readConfig({ LIMITS: 'frame=1000' }).limits.text, 122);
  assert.equal(readConfig({ LIMITS: 'frame=65536' }).limits.text, 2_000);
});

test('a limit that is unknown, doubled, malformed or out of range is refused by name', () => {
  const cases: [string, RegExp][] = [
    ['colour=3', /"colour=3" is not known; allowed: sends, frame, /],
    ['__proto__=3', /"__proto__=3" is not known/],
    ['text=5,text=6', /"text=6" is there twice/],
    ['text', /"text" is not known/],
    ['text=', /"text=" is out of range; allowed: 1 to 20000/],
    ['text=5=6', /"text=5=6" is out of range/],
    ['page=0', /"page=0" is out of range; allowed: 1 to 1000/],
    ['sends=10', /"sends=10" is wrong; allowed: sends=PER_SECOND\/BURST/],
    ['sends=0/5', /"sends=0\/5" is wrong/],
    ['sends=9/8', /"sends=9\/8" is wrong/],
    ['sends=1/100001', /"sends=1\/100001" is wrong/],
    ['sends=1/2/3', /"sends=1\/2\/3" is wrong/],
    ['frame=999', /"frame=999" is out of range; allowed: 1000 to 1048576/],
    ['text=20000', /text=20000 does not fit into frame=65536; allowed there: text up to 16256/],
  ];
  for (const [LIMITS, sentence] of cases) {
    assertFault({ LIMITS }, new RegExp(`^LIMITS: ${sentence.source}`));
  }
});
