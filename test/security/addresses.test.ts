/** S11: one address takes too much, behind a proxy that names it; those at other addresses notice nothing. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { RawSocket, UpgradeRefused } from '../support/raw-socket.ts';
import { ServerProcess } from '../support/server-process.ts';
import { Bystander } from './attacker.ts';

const MALLORY = '203.0.113.7';
const NEIGHBOUR = '203.0.113.8';

/** A socket from that address, or the status of the refusal. */
async function dial(url: string, from: string): Promise<RawSocket | number> {
  try {
    return await RawSocket.open(url, { headers: { 'X-Forwarded-For': from } });
  } catch (error) {
    if (error instanceof UpgradeRefused) return error.status;
    throw error;
  }
}

const start = (limits: string) =>
  ServerProcess.start({ env: { TRUST_PROXY: '1', ADDRESS_LIMITS: limits, LOG_LEVEL: 'trace' } });

async function turnedAway(server: ServerProcess, why: string): Promise<number> {
  const text = await (await fetch(`${server.admin}/metrics`)).text();
  return Number(new RegExp(`^chahua_turned_away_total\\{why="${why}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

test('S11 sockets past the limit of an address get 429, until one of them ends; others get in meanwhile', async (t) => {
  const server = await start('sockets=50');
  t.after(() => server.stop());
  const bystander = await Bystander.arrive(server);
  const answers = await Promise.all(Array.from({ length: 60 }, () => dial(server.url, MALLORY)));
  const sockets = answers.filter((answer) => typeof answer !== 'number');
  assert.equal(sockets.length, 50);
  assert.deepEqual(new Set(answers.filter((answer) => typeof answer === 'number')), new Set([429]));
  assert.equal(await turnedAway(server, 'sockets'), 10);
  // What a client writes before what the proxy adds does not count.
  assert.equal(await dial(server.url, `${NEIGHBOUR}, ${MALLORY}`), 429);
  const neighbour = await dial(server.url, NEIGHBOUR);
  assert.ok(typeof neighbour !== 'number');
  await bystander.isServed();

  await sockets[0]!.cut();
  await bystander.isServed(); // the end of the socket was seen before
  const again = await dial(server.url, MALLORY);
  assert.ok(typeof again !== 'number', 'a place was free');
  assert.equal(await dial(server.url, MALLORY), 429);
  await Promise.all([...sockets.slice(1), neighbour, again].map((socket) => socket.cut()));
});

test('S11 an IPv6 household is one address, however many it has', async (t) => {
  const server = await start('sockets=2');
  t.after(() => server.stop());
  const sockets = [await dial(server.url, '2001:db8:1:2::1'), await dial(server.url, '2001:db8:1:2:ffff::2')];
  assert.ok(sockets.every((socket) => typeof socket !== 'number'));
  assert.equal(await dial(server.url, '2001:db8:1:2::3'), 429);
  assert.ok(typeof (await dial(server.url, '2001:db8:1:3::1')) !== 'number');
});

test('S11 handshakes past the rate of an address get 429 with a time to wait, and the others are served', async (t) => {
  const server = await start('handshakes=1/20');
  t.after(() => server.stop());
  const bystander = await Bystander.arrive(server);
  let refused = 0;
  for (let count = 0; count < 200; count++) {
    const answer = await dial(server.url, MALLORY);
    if (typeof answer !== 'number') await answer.cut();
    else refused += 1;
    if (count % 50 === 0) await bystander.isServed();
  }
  assert.ok(refused > 100, `${refused} were refused`);
  assert.equal(await turnedAway(server, 'handshakes'), refused);
  const head = await headOf(server.url, MALLORY);
  assert.match(head, /^HTTP\/1\.1 429 Too Many Requests\r\n/);
  assert.match(head, /\r\nretry-after: 1\r\n/i);
  assert.ok(typeof (await dial(server.url, NEIGHBOUR)) !== 'number');
  assert.equal(
    server.logs.some((line) => line.includes(MALLORY)),
    false,
    'no address is in the log',
  );
});

test('S11 logins past the rate of an address get 429 with a time to wait', async (t) => {
  const server = await start('logins=1/5');
  t.after(() => server.stop());
  const attempt = (from: string) =>
    fetch(`${server.url}/v1/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
      body: '{"dev":"guess"}',
    });
  const answers = await Promise.all(Array.from({ length: 20 }, () => attempt(MALLORY)));
  const refused = answers.filter(({ status }) => status === 429);
  assert.ok(refused.length >= 10, `${refused.length} were refused`);
  assert.ok(refused.every(({ headers }) => Number(headers.get('retry-after')) >= 1));
  assert.equal((await attempt(NEIGHBOUR)).status, 200);
  assert.equal(await turnedAway(server, 'logins'), refused.length);
});

/** Of the answer to a handshake. */
function headOf(url: string, from: string): Promise<string> {
  const { hostname, port, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.once('error', reject).once('data', (chunk) => {
      socket.destroy();
      resolve(chunk.toString('latin1'));
    });
    socket.write(
      `GET /ws HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Forwarded-For: ${from}\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
  });
}
