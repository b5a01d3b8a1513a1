/** The raw client against a server that others wrote (`ws`), honest and not. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { Lost, RawClient } from './raw-client.ts';
import { RawSocket, UpgradeRefused } from './raw-socket.ts';

async function serve(t: TestContext, onText: (socket: WebSocket, frame: { id: number; op: string }) => void) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/ws' });
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) =>
      onText(socket, JSON.parse(data.toString()) as { id: number; op: string }),
    );
  });
  await once(server, 'listening');
  t.after(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

test('replies find their requests, pushes are kept in order', async (t) => {
  const { url } = await serve(t, (socket, { id, op }) => {
    socket.send(
      JSON.stringify({ op: 'entries', body: { room: 'r', entries: [{ seq: id }, { seq: id + 1 }] } }),
    );
    socket.send(JSON.stringify({ id, ok: true, body: { op } }));
  });
  const client = await RawClient.connect(url);
  const replies = await Promise.all(['a', 'b', 'c'].map((op) => client.request(op, {})));
  assert.deepEqual(
    replies.map((reply) => reply.ok && reply.body),
    [{ op: 'a' }, { op: 'b' }, { op: 'c' }],
  );
  assert.deepEqual(
    client.entries('r').map((entry) => entry.seq),
    [1, 2, 2, 3, 3, 4],
  );
  assert.equal((await client.close()).code, 1000);
});

test('a request whose socket ends is lost, and so is one made afterwards', async (t) => {
  const { url } = await serve(t, (socket) => socket.close(4401, 'no'));
  const client = await RawClient.connect(url);
  await assert.rejects(client.request('session.hello', {}), Lost);
  assert.deepEqual(await client.closed, { code: 4401, reason: 'no' });
  await assert.rejects(client.request('session.ping', {}), Lost);
});

test('a cut without a goodbye is 1006', async (t) => {
  const { url, server } = await serve(t, () => undefined);
  const client = await RawClient.connect(url);
  for (const socket of server.clients) socket.terminate();
  assert.equal((await client.closed).code, 1006);
});

test('a cut in the moment of a goodbye ends the socket, though the server does not let go of it', async (t) => {
  const { url } = await serve(t, (socket, { op }) => {
    socket.pause(); // the client's own goodbye is not heard
    socket.send(JSON.stringify({ op, body: {} }));
    socket.close(4401, 'no');
  });
  const client = await RawClient.connect(url);
  client.notify('typing', {});
  await client.until('typing', () => client.pushed('typing').length > 0);
  assert.equal((await client.cut()).code, 4401);
});

test('a paused reader gets everything once it reads again', async (t) => {
  const { url } = await serve(t, (socket, { id }) => {
    socket.send(JSON.stringify({ op: 'typing', body: { room: 'r', user: 'u' } }));
    socket.send(JSON.stringify({ id, ok: true, body: {} }));
  });
  const client = await RawClient.connect(url);
  client.socket.pause();
  const reply = client.request('x', {});
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(client.pushes.length, 0);
  client.socket.resume();
  assert.equal((await reply).ok, true);
  assert.equal(client.pushed('typing').length, 1);
});

test('what is not a 101 refuses the upgrade with its status', async (t) => {
  const { url } = await serve(t, () => undefined);
  await assert.rejects(RawSocket.open(url, { path: '/elsewhere' }), (error) => {
    return error instanceof UpgradeRefused && error.status === 400;
  });
});
