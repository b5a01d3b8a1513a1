/** ADDRESS_LIMITS: what one address may have, or faults in one line each. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigFault, readConfig } from '../server/config.ts';

const limits = (ADDRESS_LIMITS?: string) => readConfig({ ADDRESS_LIMITS }).addressLimits;

test('unset, an address may have as much as a campus needs', () => {
  assert.deepEqual(limits(), {
    sockets: 5_000,
    handshakes: { perSecond: 100, burst: 5_000 },
    logins: { perSecond: 2, burst: 100 },
  });
});

test('what is named is changed, the rest keeps its default', () => {
  assert.deepEqual(limits('sockets=10, handshakes=1/2'), {
    sockets: 10,
    handshakes: { perSecond: 1, burst: 2 },
    logins: { perSecond: 2, burst: 100 },
  });
});

test('what is wrong is refused by name, with what is allowed', () => {
  for (const [text, fault] of [
    ['sockets=0', /"sockets=0" is out of range; allowed: 1 to 1000000/],
    ['sockets=many', /is out of range/],
    ['handshakes=5', /is wrong; allowed: handshakes=PER_SECOND\/BURST/],
    ['logins=5/1', /is wrong; allowed: logins=PER_SECOND\/BURST/],
    ['logins=0/1', /is wrong/],
    ['sends=1/2', /is not known; allowed: sockets, handshakes, logins/],
    ['sockets=1,sockets=2', /is there twice/],
    [',', /is not known/],
  ] as const) {
    assert.throws(
      () => limits(text),
      (reason: unknown) =>
        reason instanceof ConfigFault &&
        /^ADDRESS_LIMITS: /.test(reason.message) &&
        fault.test(reason.message),
      text,
    );
  }
});
