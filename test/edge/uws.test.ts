/**
 * What the rest of the server believes of sockets (server/session/peer.ts), tried on real ones: order between topics
 * and frames of one's own, ends, slow readers; and that no frame and no moment of closing brings the server down.
 */
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { DEFAULT_LIMITS } from '../../miniprogram/protocol/limits.ts';
import type { Incoming } from '../../server/commands/dispatch.ts';
import { systemClock } from '../../server/clock.ts';
import { UwsServer } from '../../server/edge/uws.ts';
import { Session } from '../../server/session/session.ts';
import { login, RawClient } from '../support/raw-client.ts';
import { RawSocket, type Closed } from '../support/raw-socket.ts';
import { startServer } from '../support/server.ts';
import { ServerProcess } from '../support/server-process.ts';
import { encodeFrame, Opcode } from '../support/websocket-frames.ts';

const MAX_BACKLOG = 256 * 1024;

/** The edge alone: sessions that do nothing with what they hear but write it down. */
async function edge(t: TestContext) {
  const sessions: Session[] = [];
  const heard: Incoming[] = [];
  const bugs: unknown[] = [];
  const ended: number[] = [];
  const hub = new UwsServer();
  const listener = await hub
    .openSockets('/ws', {
      limits: { ...DEFAULT_LIMITS, frame: 4_096 },
      maxBacklog: MAX_BACKLOG,
      admit: () => ({ leave: () => undefined }),
      accept: (peer) => {
        const session = new Session(peer, {
          clock: systemClock,
          heartbeatMs: 10_000,
          maxRequests: 32,
          maxBacklog: MAX_BACKLOG,
          onClosed: () => undefined,
        });
        sessions.push(session);
        return session;
      },
      dispatcher: {
        dispatch: (_, request) => heard.push(request),
        turnDown: () => undefined,
        close: () => Promise.resolve(),
      },
      onClosed: (code) => ended.push(code),
      onBug: (reason) => bugs.push(reason),
    })
    .listen('127.0.0.1', 0);
  t.after(() => listener.close());

  async function connect() {
    const got: string[] = [];
    const socket = await RawSocket.open(`http://127.0.0.1:${listener.port}`, {
      onText: (text) => got.push(text),
    });
    const session = sessions.at(-1)!;
    /** All that was sent so far has arrived when this has. */
    const arrived = async (): Promise<string[]> => {
      session.peer.send('that was all');
      while (got.at(-1) !== 'that was all') await new Promise((resolve) => setImmediate(resolve));
      return got.slice(0, -1);
    };
    return { socket, session, peer: session.peer, got, arrived };
  }
  return { hub, connect, heard, bugs, ended };
}

test('a frame published before a socket leaves the topic in the same moment arrives, one published after does not', async (t) => {
  const { hub, connect } = await edge(t);
  for (const others of [[], ['another']]) {
    const { peer, arrived } = await connect();
    for (const topic of ['room', ...others]) peer.subscribe(topic);
    hub.publish('room', 'before');
    peer.unsubscribe('room');
    hub.publish('room', 'after');
    assert.deepEqual(await arrived(), ['before'], others.length === 0 ? 'its only topic' : 'one of two');
  }
});

test('a frame published before a socket joins does not arrive, one published after does', async (t) => {
  const { hub, connect } = await edge(t);
  const { peer, arrived } = await connect();
  hub.publish('room', 'before');
  peer.subscribe('room');
  hub.publish('room', 'after');
  assert.deepEqual(await arrived(), ['after']);
});

test('published frames and frames of one’s own arrive in the order in which they were sent', async (t) => {
  const { hub, connect } = await edge(t);
  const { peer, arrived } = await connect();
  const sent: string[] = [];
  for (let i = 0; i < 50; i++) {
    sent.push(`reply ${i}`, `own ${i}`, `another reply ${i}`, `published ${i}`);
    peer.sendSoon(`reply ${i}`);
    peer.send(`own ${i}`);
    peer.sendSoon(`another reply ${i}`);
    if (i === 0) peer.subscribe('room');
    hub.publish('room', `published ${i}`);
    if (i % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(await arrived(), sent);
});

test('what was published and sent before the end arrives before it', async (t) => {
  const { hub, connect } = await edge(t);
  const { socket, session, peer, got } = await connect();
  peer.subscribe('room');
  hub.publish('room', 'published');
  peer.send('own');
  peer.sendSoon('reply');
  session.hangUp(4501, 'banned');
  assert.deepEqual(await socket.closed, { code: 4501, reason: 'banned' });
  assert.deepEqual(got.slice(0, 3), ['published', 'own', 'reply']);
  assert.equal(got.length, 4, 'and the bye');
});

test('after the end nothing that is done to a socket has an effect', async (t) => {
  const { hub, connect, bugs, ended } = await edge(t);
  const mine = await connect();
  const theirs = await connect();
  mine.session.hangUp(1012, 'bye');
  await theirs.socket.cut();
  while (ended.length < 2) await new Promise((resolve) => setImmediate(resolve));
  for (const { peer } of [mine, theirs]) {
    peer.send('late');
    peer.subscribe('room');
    peer.unsubscribe('room');
    assert.equal(peer.buffered(), 0);
    peer.end(1012, 'again');
  }
  hub.publish('room', 'late');
  assert.equal(theirs.session.isClosed, true);
  assert.deepEqual(bugs, []);
});

test('a request is heard as it was sent, with its text copied', async (t) => {
  const { connect, heard } = await edge(t);
  const { socket, arrived } = await connect();
  for (let id = 1; id <= 3; id++) {
    socket.sendText(JSON.stringify({ id, op: 'room.join', body: { room: `room-${id}` } }));
  }
  while (heard.length < 3) await arrived();
  assert.deepEqual(
    heard.map(({ body }) => body),
    [{ room: 'room-1' }, { room: 'room-2' }, { room: 'room-3' }],
  );
});

test('a ping or pong of the WebSocket proves life like any other frame', async (t) => {
  const { connect } = await edge(t);
  const { socket, session, arrived } = await connect();
  let heard = 0;
  t.mock.method(session, 'heard', () => void (heard += 1));
  for (const opcode of [Opcode.PING, Opcode.PONG]) {
    socket.sendBytes(encodeFrame({ opcode, payload: Buffer.from('alive') }));
  }
  while (heard < 2) await arrived();
});

test('a reader that has stopped reading is ended when its buffer is full; who reads gets everything', async (t) => {
  const { hub, connect } = await edge(t);
  const slow = await connect();
  const quick = await connect();
  for (const { peer } of [slow, quick]) peer.subscribe('room');
  slow.socket.pause();
  const frame = 'x'.repeat(50_000);
  let published = 0;
  while (!slow.session.isClosed && published < 2_000) {
    hub.publish('room', `${frame}${published}`);
    published += 1;
    await quick.arrived();
    quick.got.length = Math.min(quick.got.length, published);
    if (!slow.session.isClosed) assert.ok(slow.peer.buffered() <= MAX_BACKLOG + 2 * frame.length);
  }
  assert.ok(slow.session.isClosed, 'no hole in a live socket');
  assert.equal(quick.got.filter((text) => text.startsWith('x')).length, published);
  slow.socket.resume();
  assert.equal((await slow.socket.closed).code, 1006);
});

/** Frames that are none, and how the socket may end: uWS cuts the connection where others say 1007 or 1009. */
const BAD_FRAMES: [string, Buffer, number[]][] = [
  ['binary', encodeFrame({ opcode: Opcode.BINARY, payload: '{"id":1,"op":"session.ping"}' }), [4400]],
  ['not JSON', encodeFrame({ opcode: Opcode.TEXT, payload: 'hello' }), [4400]],
  ['larger than allowed', encodeFrame({ opcode: Opcode.TEXT, payload: ' '.repeat(4_097) }), [1009, 1006]],
  ['not UTF-8', encodeFrame({ opcode: Opcode.TEXT, payload: Buffer.from([0x22, 0xff, 0x22]) }), [1007, 1006]],
];

for (const [what, bytes, codes] of BAD_FRAMES) {
  test(`a frame that is ${what} ends its socket and no other`, async (t) => {
    const { connect, heard, bugs } = await edge(t);
    const bad = await connect();
    const good = await connect();
    bad.socket.sendBytes(bytes);
    const { code } = await bad.socket.closed;
    assert.ok(codes.includes(code), String(code));
    good.socket.sendText('{"id":1,"op":"session.ping"}');
    while (heard.length === 0) await good.arrived();
    assert.equal(heard.length, 1);
    assert.deepEqual(bugs, []);
  });
}

test('a frame of exactly the size allowed is heard', async (t) => {
  const { connect, heard } = await edge(t);
  const { socket, arrived } = await connect();
  const text = '{"id":1,"op":"session.ping"}';
  socket.sendText(text + ' '.repeat(4_096 - text.length));
  while (heard.length === 0) await arrived();
});

test('sockets that are cut in every moment of their requests leave a server that is well', async (t) => {
  const server = await startServer(t, { env: { LIMITS: 'sockets=100' } });
  const { access } = await login(server.url, 'hasty');
  const steady = await RawClient.arrive(server.url, 'steady');
  const room = steady.hello.rooms[0]!.id;
  const requests = [
    { op: 'session.hello', body: { version: 1, token: access, cursors: { [room]: 0 } } },
    { op: 'message.send', body: { room, cid: 'c', kind: 'text', body: { text: 'x' }, reply: 1 } },
    { op: 'message.history', body: { room } },
    { op: 'room.members', body: { room } },
    { op: 'room.create', body: { kind: 'group' } },
    { op: 'session.renew', body: { token: access } },
    { op: 'room.read', body: { room, seq: 1 } },
  ];
  const closings: Promise<Closed>[] = [];
  for (let turns = 0; turns < 40; turns++) {
    const socket = await RawSocket.open(server.url);
    requests.forEach(({ op, body }, i) => socket.sendText(JSON.stringify({ id: i + 1, op, body })));
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    closings.push(turns % 2 === 0 ? socket.cut() : socket.close());
  }
  await Promise.all(closings);
  await steady.client.sendText(room, 'still', 'here');
  const troubles = server.logs.filter((line) => /"level":"(error|fatal)"/.test(line));
  assert.deepEqual(troubles, []);
});

test('a port that somebody has is refused in the form of a fault of its variable', async (t) => {
  const { url } = await startServer(t);
  const port = Number(new URL(url).port);
  for (const name of ['PORT', 'ADMIN_PORT']) {
    await assert.rejects(new UwsServer().listen('127.0.0.1', port, { name }), {
      message: `${name}: cannot listen on 127.0.0.1:${port}; is the port taken? allowed: a free port, on an address of this machine`,
    });
  }
});

test('who asks for the head of an answer gets its length and no body, and the connection serves on', async (t) => {
  const { url } = await startServer(t);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const ask = (method: string, path: string) =>
    new Promise<{ status?: number; length: number; body: string; reused: boolean }>((resolve, reject) => {
      const asked = request(new URL(path, url), { method, agent }, (response) => {
        const { statusCode: status, headers } = response;
        const length = Number(headers['content-length']);
        text(response).then(
          (body) => resolve({ ...(status && { status }), length, body, reused: asked.reusedSocket }),
          reject,
        );
      });
      asked.on('error', reject).end();
    });
  for (const [path, status] of [
    ['/healthz', 200],
    ['/nowhere', 404],
    ['/v1/login', 405],
  ] as const) {
    const head = await ask('HEAD', path);
    assert.deepEqual([head.status, head.body], [status, ''], path);
    assert.ok(head.length > 0);
    const { reused, body } = await ask('GET', '/healthz');
    assert.deepEqual([reused, body], [true, '{"alive":true}'], path);
  }
});

test('a server that stops says goodbye to everybody and logs no trouble', async (t) => {
  const server = await startServer(t);
  const people = await Promise.all(['ann', 'bob'].map((name) => RawClient.arrive(server.url, name)));
  await server.stop();
  for (const { client } of people) {
    assert.equal((await client.closed).code, 1012);
    assert.equal(client.pushed('session.bye')[0]?.code, 1012);
  }
  assert.deepEqual(
    server.logs.filter((line) => /"level":"(warn|error|fatal)"/.test(line)),
    [],
  );
});

test('who talks until the last moment hears the goodbye all the same', async (t) => {
  const server = await ServerProcess.start();
  t.after(() => server.stop());
  const people = await Promise.all(
    Array.from({ length: 30 }, (_, i) => RawClient.arrive(server.url, `talker ${i}`)),
  );
  const room = people[0]!.hello.rooms[0]!.id;
  const typing = JSON.stringify({ op: 'room.typing', body: { room, pad: 'x'.repeat(2_000) } });
  const talk = setInterval(() => {
    for (const { client } of people) for (let i = 0; i < 40; i++) client.socket.sendText(typing);
  }, 1);
  const closed = Promise.all(people.map(({ client }) => client.closed));
  assert.equal(await server.sigterm(), 0);
  const codes = (await closed).map(({ code }) => code);
  clearInterval(talk);
  assert.deepEqual([...new Set(codes)], [1012]);
});
