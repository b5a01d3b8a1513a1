/** TRUST_PROXY: how many proxies, or which, or a fault in one line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigFault, readConfig } from '../server/config.ts';

test('TRUST_PROXY is a number of proxies or a list of their addresses and networks', () => {
  const trusted = (TRUST_PROXY?: string) => readConfig({ TRUST_PROXY }).trustProxy;
  assert.deepEqual(trusted(), { hops: 0 });
  assert.deepEqual(trusted('2'), { hops: 2 });
  assert.deepEqual(trusted('10.0.0.0/8, ::1'), { networks: ['10.0.0.0/8', '::1'] });
});

test('what is neither is refused by name', () => {
  for (const TRUST_PROXY of [
    '10',
    '-1',
    'all',
    '10.0.0.0/33',
    '10.0.0',
    '::1/129',
    '10.0.0.1/8/8',
    '10.0.0.1,,',
  ]) {
    assert.throws(
      () => readConfig({ TRUST_PROXY }),
      (reason: unknown) =>
        reason instanceof ConfigFault && /^TRUST_PROXY: ".*" is no address; allowed: /.test(reason.message),
      TRUST_PROXY,
    );
  }
});
