/**
 * nginx with the project's own configuration before nodes of a test. Wants nginx and openssl on the PATH: where they
 * are not, the test is skipped in words that say how to have them; in CI it fails.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from './free-port.ts';

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
export async function startNginx(t: TestContext, nodes: readonly number[]): Promise<number | null> {
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
