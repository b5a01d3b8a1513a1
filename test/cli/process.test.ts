/** The command line as a process of its own: the launcher, this machine's configuration and store, Ctrl-C. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { newId } from '../../server/ids.ts';
import { systemClock } from '../../server/clock.ts';
import { openStore } from '../../server/store/open.ts';
import { startServer } from '../support/server.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** In a folder of its own, so that no `.env` speaks. */
function chahua(cwd: string, env: Record<string, string>, ...args: string[]): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  const launcher = join(root, 'scripts', 'chahua.mjs');
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'chahua-cli-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('on the server’s own machine no token is needed: the key in DATA_DIR signs one, and the exit status comes through', async (t) => {
  const server = await startServer(t);
  const env = { DATA_DIR: server.dataDir, ADMIN_PORT: new URL(server.adminUrl).port };
  const status = await chahua(server.dataDir, env, 'status', '--json');
  assert.deepEqual([status.code, status.err], [0, '']);
  assert.equal((JSON.parse(status.out) as { store: { up: boolean } }).store.up, true);
  assert.equal((await chahua(server.dataDir, env, 'user', 'show', 'nobody')).code, 3);
});

test('looking for a token makes no key, no folder and no store', async (t) => {
  const folder = folderFor(t);
  const { code, err } = await chahua(folder, { DATA_DIR: join(folder, 'data') }, 'status');
  assert.equal(code, 4);
  assert.match(err, /there is no token/);
  assert.deepEqual(readdirSync(folder), []);
});

test('config check says every fault, config print masks every secret', async (t) => {
  const folder = folderFor(t);
  const bad = await chahua(folder, { PORT: 'x', LIMITS: 'text=0' }, 'config', 'check');
  assert.equal(bad.code, 1);
  assert.match(bad.err, /PORT: .*allowed[^]*LIMITS: .*allowed/);
  const secrets = {
    JWT_KEYS: 'k1:uE3x9sVq-L0aPz7RwK2mT5yHcN8dJf1B',
    WECHAT_APPID: 'wx0123456789abcdef',
    WECHAT_SECRET: '5f0a9b7c3d1e4f6a8b2c0d9e7f5a3b1c',
  };
  assert.equal((await chahua(folder, secrets, 'config', 'check')).code, 0);
  for (const args of [
    ['config', 'print'],
    ['config', 'print', '--json'],
  ]) {
    const { code, out } = await chahua(folder, secrets, ...args);
    assert.equal(code, 0);
    assert.ok(out.includes('k1') && out.includes('wx0123456789abcdef'));
    assert.ok(!out.includes('uE3x9sVq') && !out.includes('5f0a9b7c'), args.join(' '));
  }
});

test('store check looks without a server where none runs, and bump-epoch refuses while one does', async (t) => {
  const server = await startServer(t);
  const env = { DATA_DIR: server.dataDir, ADMIN_PORT: new URL(server.adminUrl).port };
  const running = await chahua(server.dataDir, env, 'store', 'bump-epoch', '--yes');
  assert.equal(running.code, 1);
  assert.match(running.err, /another server holds it; stop that one first/);
  assert.match((await chahua(server.dataDir, env, 'store', 'check')).out, /^1 rooms looked at: no fault\n$/);

  const folder = folderFor(t);
  const own = {
    DATA_DIR: join(folder, 'data'),
    ADMIN_PORT: '1',
    JWT_KEYS: 'k1:uE3x9sVq-L0aPz7RwK2mT5yHcN8dJf1B',
  };
  const store = await openStore({ dataDir: own.DATA_DIR, clock: systemClock, newId });
  const before = store.epoch;
  await store.close();
  const { code, out, err } = await chahua(folder, own, 'store', 'check', '--json');
  assert.equal(code, 0, err);
  assert.deepEqual(JSON.parse(out), { ok: true, rooms: 0, faults: [] });
  assert.match(err, /no server runs here/);
  assert.equal((await chahua(folder, own, 'store', 'bump-epoch', '--yes')).code, 0);
  const reopened = await openStore({ dataDir: own.DATA_DIR, clock: systemClock, newId });
  assert.notEqual(reopened.epoch, before);
  await reopened.close();
  assert.ok(existsSync(join(own.DATA_DIR, 'chahua.db')));
});
