/**
 * The nginx configuration of deploy/ before a real server: TLS, the upgrade, what the server is told of the client,
 * and a node that is gone. Wants nginx and openssl on the PATH; in CI they are there.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { freePort } from '../support/free-port.ts';
import { login } from '../support/raw-client.ts';
import { startServer } from '../support/server.ts';

const DEPLOY = new URL('../../deploy/nginx/', import.meta.url);
const WITHOUT = 'no nginx: put nginx and openssl on the PATH (Debian: apt-get install nginx openssl)';

function isInstalled(): boolean {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' });
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** nginx with the project's configuration before these nodes; null where the test was skipped. Gives its TLS port. */
async function startNginx(t: TestContext, nodes: readonly number[]): Promise<number | null> {
  if (!isInstalled()) {
    if (process.env['CI'] === 'true') throw new Error(`${WITHOUT}; in CI nothing is skipped`);
    t.skip(WITHOUT);
    return null;
  }
  const version = /\d+(\.\d+)+/.exec(execFileSync('sh', ['-c', 'nginx -v 2>&1'], { encoding: 'utf8' }))?.[0];
  t.diagnostic(`against nginx ${version}`);
  const folder = await mkdtemp(join(tmpdir(), 'chahua-nginx-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const subject = ['-subj', '/CN=chat.example.com', '-days', '1'];
  const keys = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...keys, ...subject], {
    stdio: 'ignore',
  });
  const [plain, tls] = [await freePort(), await freePort()];
  const site = (await readFile(new URL('chahua.conf', DEPLOY), 'utf8'))
    .replace('listen 80;', `listen 127.0.0.1:${plain};`)
    .replace('listen 443 ssl', `listen 127.0.0.1:${tls} ssl`)
    .replace('/etc/nginx/tls/chat.example.com.pem', join(folder, 'cert.pem'))
    .replace('/etc/nginx/tls/chat.example.com.key', join(folder, 'key.pem'));
  const upstream = (await readFile(new URL('upstream.conf', DEPLOY), 'utf8')).replace(
    / {2}server 127\.0\.0\.1:8080 (.*)\n/,
    nodes.map((port) => `  server 127.0.0.1:${port} ${'$1'}\n`).join(''),
  );
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (what) => `${what}_temp_path ${join(folder, what)};`,
  );
  const file = join(folder, 'nginx.conf');
  await writeFile(
    file,
    `daemon off; pid ${join(folder, 'pid')}; error_log ${join(folder, 'error.log')};
     events {} http { access_log off; ${paths.join(' ')}\n${upstream}\n${site} }`,
  );
  execFileSync('nginx', ['-t', '-q', '-c', file]);
  const nginx = spawn('nginx', ['-c', file], { stdio: 'ignore' });
  t.after(async () => {
    if (nginx.exitCode !== null) return;
    const exited = once(nginx, 'exit');
    nginx.kill('SIGTERM');
    await exited;
  });
  while (!(await listens(tls))) assert.equal(nginx.exitCode, null, 'nginx runs');
  return tls;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection(port, '127.0.0.1');
    probe.once('connect', () => (probe.destroy(), resolve(true)));
    probe.once('error', () => setTimeout(resolve, 20, false));
  });
}

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
