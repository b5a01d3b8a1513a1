/** Where a request comes from, and that nobody says so for themselves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAddressOf, householdOf, isLoopback } from '../../server/edge/address.ts';

test('with no proxy to trust, it is the other end of the socket, whatever a header says', () => {
  const addressOf = createAddressOf({ hops: 0 });
  assert.equal(addressOf('203.0.113.7', '198.51.100.1'), '203.0.113.7');
  assert.equal(addressOf('203.0.113.7', undefined), '203.0.113.7');
});

test('behind one proxy it is what that proxy wrote, and not what the client wrote before it', () => {
  const addressOf = createAddressOf({ hops: 1 });
  assert.equal(addressOf('10.0.0.1', '198.51.100.1'), '198.51.100.1');
  assert.equal(addressOf('10.0.0.1', '6.6.6.6, 198.51.100.1'), '198.51.100.1');
  assert.equal(addressOf('10.0.0.1', ''), '10.0.0.1');
  assert.equal(addressOf('10.0.0.1', 'unknown'), '10.0.0.1');
});

test('behind two it is what the first of them wrote', () => {
  const addressOf = createAddressOf({ hops: 2 });
  assert.equal(addressOf('10.0.0.1', '6.6.6.6, 198.51.100.1, 10.0.0.2'), '198.51.100.1');
  assert.equal(addressOf('10.0.0.1', '198.51.100.1'), '198.51.100.1');
});

test('proxies that are known by address are followed as far as they go', () => {
  const addressOf = createAddressOf({ networks: ['10.0.0.0/8', '192.0.2.5', 'fd00::/8'] });
  assert.equal(addressOf('10.0.0.1', '6.6.6.6, 198.51.100.1, 192.0.2.5, fd00::1'), '198.51.100.1');
  assert.equal(addressOf('203.0.113.7', '198.51.100.1'), '203.0.113.7', 'not a proxy of ours');
});

test('an address is one address, however it is written', () => {
  const addressOf = createAddressOf({ hops: 1 });
  for (const [written, plain] of [
    ['::ffff:198.51.100.1', '198.51.100.1'],
    ['0000:0000:0000:0000:0000:ffff:c633:6401', '198.51.100.1'],
    ['198.51.100.1:4711', '198.51.100.1'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['0000:0000:0000:0000:0000:0000:0000:0001', '::1'],
  ] as const) {
    assert.equal(addressOf('10.0.0.1', written), plain);
  }
});

test('of IPv6 a household is counted, of IPv4 an address', () => {
  assert.equal(householdOf('2001:db8:1:2:3:4:5:6'), householdOf('2001:0DB8:1:2::9'));
  assert.notEqual(householdOf('2001:db8:1:2::'), householdOf('2001:db8:1:3::'));
  assert.equal(householdOf('198.51.100.1'), '198.51.100.1');
});

test('this machine is known by either of its names', () => {
  assert.deepEqual(['127.0.0.1', '127.8.9.1', '::1', '128.0.0.1', '10.127.0.1'].map(isLoopback), [
    true,
    true,
    true,
    false,
    false,
  ]);
});
