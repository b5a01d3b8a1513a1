/** S8, S12: who may open a socket at all, and what a handshake may cost. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { test } from 'node:test';
import { cpuSecondsOf } from '../bench/machine.ts';
import { RawSocket, UpgradeRefused } from '../support/raw-socket.ts';
import { ServerProcess } from '../support/server-process.ts';
import { Bystander } from './attacker.ts';

const APPID = 'wx0123456789abcdef';
const referer = (appid: string, version: string) =>
  `https://servicewechat.com/${appid}/${version}/page-frame.html`;

/** What is answered to a handshake with these headers. */
async function status(url: string, headers: Record<string, string>): Promise<number> {
  try {
    const socket = await RawSocket.open(url, { headers });
    await socket.cut();
    return 101;
  } catch (error) {
    if (error instanceof UpgradeRefused) return error.status;
    throw error;
  }
}

test('S8 in production a page of another origin, another mini-program and a trial are turned away', async (t) => {
  const server = await ServerProcess.start({
    env: {
      NODE_ENV: 'production',
      DEV_LOGIN: '0',
      JWT_KEYS: `k1:${randomBytes(32).toString('base64url')}`,
      ORIGINS: 'https://chat.example',
      WECHAT_APPID: APPID,
      WECHAT_SECRET: randomBytes(16).toString('hex'),
    },
  });
  t.after(() => server.stop());
  const expected: [headers: Record<string, string>, status: number][] = [
    [{}, 101],
    [{ Origin: 'https://chat.example' }, 101],
    [{ Origin: 'https://evil.example' }, 403],
    [{ Origin: server.url }, 403],
    [{ Referer: referer(APPID, '7') }, 101],
    [{ Referer: referer('wxffffffffffffffff', '7') }, 403],
    [{ Referer: referer(APPID, '0') }, 403],
    [{ Referer: referer(APPID, 'devtools') }, 403],
  ];
  for (const [headers, answer] of expected) {
    assert.equal(await status(server.url, headers), answer, JSON.stringify(headers));
  }
});

const heads: Record<string, string> = {
  'a thousand headers': Array.from({ length: 1_000 }, (_, n) => `X-${n}: y\r\n`).join(''),
  'a header of 64 KB': `X-Long: ${'y'.repeat(65_536)}\r\n`,
  // CVE-2024-37890 (headers past the limit), CVE-2021-32640 (blanks in Sec-WebSocket-Protocol)
  'a protocol with 32,000 blanks': `Sec-WebSocket-Protocol: b${' '.repeat(32_000)}x\r\n`,
};

/** Seconds of CPU are what is asked for here, not of a clock: how busy the machine is does not count. */
const MOST_CPU_SECONDS = 0.01;
const TIMES = 20;

for (const [what, head] of Object.entries(heads)) {
  test(`S12 ${what}: refused without work, and the others are served`, async (t) => {
    const server = await ServerProcess.start();
    t.after(() => server.stop());
    const bystander = await Bystander.arrive(server);
    const before = cpuSecondsOf([server.pid]);
    for (let count = 0; count < TIMES; count++) {
      const answer = await handshake(server.url, head);
      assert.doesNotMatch(answer, /^HTTP\/1.1 101/);
    }
    const spent = (cpuSecondsOf([server.pid]) - before) / TIMES;
    assert.ok(spent < MOST_CPU_SECONDS, `${spent} s of CPU a handshake`);
    await bystander.isServed();
  });
}

/** All that the server says until it hangs up, or until it has answered and is left. */
function handshake(url: string, head: string): Promise<string> {
  const { hostname, port, host } = new URL(url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => undefined); // hung up while we still spoke
    socket.on('close', () => resolve(answer));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.includes('\r\n\r\n')) socket.destroy();
    });
    socket.write(
      `GET /ws HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n${head}\r\n`,
    );
  });
}
