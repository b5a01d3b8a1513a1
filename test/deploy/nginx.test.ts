/**
 * The nginx configuration of deploy/ before a real server: TLS, the upgrade, what the server is told of the client,
 * and a node that is gone. Wants nginx and openssl on the PATH; in CI they are there.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { freePort } from '../support/free-port.ts';
import { startNginx } from '../support/nginx.ts';
import { login } from '../support/raw-client.ts';
import { startServer } from '../support/server.ts';

/** Through nginx, by a client that takes its certificate on trust. */
function get(port: number, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { port, path, host: '127.0.0.1', rejectUnauthorized: false, headers: { 'X-Forwarded-For': '6.6.6.6' } },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    asked.on('error', reject).end();
  });
}

test('a phone reaches the server over TLS: health, the upgrade, hello; a dead node is passed over', async (t) => {
  const server = await startServer(t);
  const dead = await freePort();
  const port = await startNginx(t, [dead, Number(new URL(server.url).port)]);
  if (port === null) return;
  for (let i = 0; i < 4; i += 1) assert.equal((await get(port, '/healthz')).status, 200);
  assert.equal((await get(port, '/metrics')).status, 404, 'the admin listener is not passed on');

  const { access } = await login(server.url, 'ann');
  const socket = new WebSocket(`wss://127.0.0.1:${port}/ws`, { rejectUnauthorized: false });
  t.after(() => socket.terminate());
  await once(socket, 'open');
  const answered = once(socket, 'message') as Promise<[Buffer]>;
  socket.send(JSON.stringify({ id: 1, op: 'session.hello', body: { version: 1, token: access } }));
  const [reply] = await answered;
  assert.equal((JSON.parse(reply.toString()) as { ok: boolean }).ok, true);
  assert.equal(socket.extensions, '', 'nothing was negotiated on the way');
});

test('the server is told the client’s own address, and not what the client claims', async (t) => {
  const heard: IncomingHttpHeaders[] = [];
  const node = createServer((incoming, response) => {
    heard.push(incoming.headers);
    response.end('{}');
  });
  node.listen(0, '127.0.0.1');
  await once(node, 'listening');
  t.after(() => node.close());
  const port = await startNginx(t, [(node.address() as AddressInfo).port]);
  if (port === null) return;
  await get(port, '/v1/me');
  assert.equal(heard[0]?.['x-forwarded-for'], '127.0.0.1');
  assert.equal(heard[0]?.['x-forwarded-proto'], 'https');
});
