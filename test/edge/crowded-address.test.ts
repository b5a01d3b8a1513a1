/** Through the real server: how often one address may log in, and what a proxy's word changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer } from '../support/server.ts';

test('an address that logs in too often is told to wait, its neighbour is not, and this machine never', async (t) => {
  const server = await startServer(t, { env: { TRUST_PROXY: '1' } });
  const attempt = async (from?: string): Promise<number> => {
    const response = await fetch(`${server.url}/v1/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(from !== undefined && { 'x-forwarded-for': from }) },
      body: '{}',
    });
    return response.status;
  };
  const statuses: number[] = [];
  while (statuses.length < 1_000 && !statuses.includes(429)) statuses.push(await attempt('203.0.113.7'));
  assert.ok(statuses.length > 100, 'a burst passes');
  assert.equal(statuses.at(-1), 429);
  assert.equal(
    await attempt('203.0.113.7, 203.0.113.8'),
    400,
    'what a client writes before it does not count',
  );
  for (let i = 0; i < 150; i += 1) assert.equal(await attempt(), 400);
});
