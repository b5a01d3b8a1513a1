/** S5, S10: deadlines that no attacker may outstay. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, describe, test, type TestContext } from 'node:test';
import { login, RawClient } from '../support/raw-client.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { ServerProcess } from '../support/server-process.ts';
import { startStill, type StillServer } from '../support/still-server.ts';
import { encodeText } from '../support/websocket-frames.ts';
import { Attacker } from './attacker.ts';
import { claimsOf, forge, KEYS } from './forged-token.ts';

const SILENT_SOCKETS = Number(process.env['SILENT_SOCKETS'] ?? 200);
const HELLO_LIMIT_MS = 10_000;
/** Deadlines are looked after at least once a second. */
const LOOK_MS = 1_000;

/** As protocol §3 bids. */
const PING_MS = 10_000;

test(`S10 ${SILENT_SOCKETS} sockets that say nothing live as long as the hello may take, and no longer`, async (t) => {
  const { url, clock } = await startStill(t);
  const sockets = await Promise.all(Array.from({ length: SILENT_SOCKETS }, () => RawSocket.open(url)));
  let ended = 0;
  for (const socket of sockets) void socket.closed.then(() => (ended += 1));
  clock.advance(HELLO_LIMIT_MS - 1);
  const { client } = await RawClient.arrive(url, 'alice');
  assert.equal(ended, 0);
  clock.advance(LOOK_MS);
  const ends = await Promise.all(sockets.map((socket) => socket.closed));
  assert.deepEqual(new Set(ends.map(({ code }) => code)), new Set([4408]));
  await client.ask('session.ping', {});
  await client.close();
});

test('S10 a hello of one byte a second is ended when its time is up', async (t) => {
  const { url, clock } = await startStill(t);
  const attacker = await Attacker.connect(url);
  const hello = encodeText(JSON.stringify({ id: 1, op: 'session.hello', body: { version: 1, token: 'x' } }));
  for (const byte of hello.subarray(0, (HELLO_LIMIT_MS + LOOK_MS) / 1_000)) {
    attacker.sendBytes(Buffer.of(byte));
    clock.advance(1_000);
  }
  assert.equal((await attacker.end()).code, 4408);
});

test('S10 a socket that was greeted lives as long as it says anything, and 2 × heartbeat after that', async (t) => {
  const { url, clock } = await startStill(t, { HEARTBEAT_MS: '8000' });
  const { client } = await RawClient.arrive(url, 'alice');
  const { client: other } = await RawClient.arrive(url, 'bob');
  for (let count = 0; count < 3; count++) {
    clock.advance(2 * 8_000 - 1);
    client.notify('room.typing', { room: 'none' });
    await other.ask('session.ping', {}); // by the time this is answered the other was heard
  }
  assert.equal(client.ended, false);
  clock.advance(2 * 8_000 + LOOK_MS);
  assert.equal((await client.closed).code, 4408);
});

/** The HTTP server's own clock cannot be moved: these wait for real, all at once. */
describe('S10 slow HTTP', { concurrency: true }, () => {
  const heads = {
    'a connection that says nothing': '',
    'an upgrade of one byte a second': 'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n',
    'a body of one byte a second': 'POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n',
  };
  /** 10 s; it looks every 4 s. */
  const limitMs = 14_000;

  for (const [what, head] of Object.entries(heads)) {
    test(`${what} is ended`, { timeout: 4 * limitMs }, async (t) => {
      const { hostname, port } = new URL(await sharedServer());
      const socket = connect({ host: hostname, port: Number(port) });
      t.after(() => socket.destroy());
      socket.on('error', () => undefined).resume();
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.write(head);
      const timer = setInterval(() => head && socket.writable && socket.write('x'), 1_000);
      t.after(() => clearInterval(timer));
      await closed;
    });
  }

  let shared: Promise<ServerProcess> | undefined;
  const sharedServer = async () => (await (shared ??= ServerProcess.start())).url;
  after(async () => (await shared)?.stop());
});

/** Somebody whose token expires after `seconds`. */
async function shortLived({ url, clock }: StillServer, seconds: number) {
  const { access } = await login(url, 'alice');
  const exp = Math.floor(clock.now() / 1_000) + seconds;
  const client = await RawClient.connect(url);
  const hello = await client.hello({ token: forge(access, { claims: { exp } }) });
  assert.equal(hello.expiresAt, exp * 1_000);
  return { client, access, expireIn: exp * 1_000 - clock.now() };
}

describe('S5 a token that expires during a session', () => {
  async function expired(t: TestContext) {
    const server = await startStill(t, { JWT_KEYS: KEYS });
    const { client, access, expireIn } = await shortLived(server, 60);
    const { room } = await client.ask('room.create', { kind: 'group', name: 'short' });
    await client.sendText(room.id, 'before', 'in time');
    for (let left = expireIn; left > 0; left -= PING_MS) {
      await client.ask('session.ping', {});
      server.clock.advance(Math.min(left, PING_MS));
    }
    return { ...server, client, access, room: room.id };
  }

  test('nothing is accepted after it, and nothing of it is stored', async (t) => {
    const { url, client, room } = await expired(t);
    const late = { room, cid: 'late', kind: 'text', body: { text: 'too late' } };
    for (const [op, body] of [
      ['message.send', late],
      ['message.history', { room }],
      ['room.list', {}],
      ['room.create', { kind: 'group', name: 'too late' }],
      ['session.ping', {}],
    ] as const) {
      const reply = await client.request(op, body);
      assert.equal(reply.ok || reply.error.code, 'UNAUTHORIZED', op);
    }
    await client.cut();
    const again = await RawClient.arrive(url, 'alice');
    const log = await again.client.history(room);
    assert.deepEqual(
      log.flatMap(({ cid }) => cid ?? []),
      ['before'],
    );
    await again.client.close();
  });

  test('a socket that stays without renewing is closed with 4401 at most 30 s after it', async (t) => {
    const { client, clock } = await expired(t);
    for (let waited = 0; waited < 30_000 && !client.ended; waited += 5_000) {
      // Silence would end it as well.
      await client.ask('session.ping', {}).catch(() => undefined);
      clock.advance(5_000);
    }
    assert.equal((await client.closed).code, 4401);
  });

  test('a socket that renews a little late goes on', async (t) => {
    const { client, access, clock } = await expired(t);
    clock.advance(5_000);
    await client.ask('session.renew', { token: access });
    const { rooms } = await client.ask('room.list', {});
    assert.ok(rooms.length > 0);
    await client.close();
  });

  test('a renewal with somebody else’s token is refused, one with one’s own prolongs the session', async (t) => {
    const server = await startStill(t, { JWT_KEYS: KEYS });
    const { client, access, expireIn } = await shortLived(server, 15);
    const mallory = await login(server.url, 'mallory');
    const stolen = await client.request('session.renew', { token: mallory.access });
    assert.equal(stolen.ok || stolen.error.code, 'UNAUTHORIZED');
    const { expiresAt } = await client.ask('session.renew', { token: access });
    assert.equal(expiresAt, Number(claimsOf(access)['exp']) * 1_000);
    server.clock.advance(expireIn + 1);
    const { rooms } = await client.ask('room.list', {});
    assert.ok(rooms.length > 0);
    await client.close();
  });
});
