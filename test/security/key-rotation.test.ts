/** S7, M24, and of S6 the key that is withdrawn: keys change in their file while everybody talks, without a restart. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { JwtKey } from '../../server/config.ts';
import { login, RawClient } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';

/** Looked at once a second; sockets are looked after once a second; and a busy machine. */
const WITHIN_MS = 10_000;

const newKey = (kid: string): JwtKey => ({ kid, secret: randomBytes(32).toString('base64url') });

/** Whole or not at all, as an operator's `mv` does. */
function write(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
const writeKeys = (path: string, keys: readonly JwtKey[]) => write(path, JSON.stringify({ keys }));

const kidOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as { kid: string }).kid;

/** Who logs in until they are given a token of that key, so many times in a row: on every worker. */
async function untilSignedBy(url: string, kid: string, times: number): Promise<void> {
  const due = performance.now() + WITHIN_MS;
  for (let row = 0; row < times;) {
    row = kidOf((await login(url, 'bob')).access) === kid ? row + 1 : 0;
    if (row === 0) assert.ok(performance.now() < due, `nothing is signed by ${kid}`);
    if (row === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function rotation(t: TestContext, { server, path }: { server: ServerProcess; path: string }) {
  const old = (JSON.parse(readFileSync(path, 'utf8')) as { keys: JwtKey[] }).keys[0]!;
  const next = newKey('next');
  const { client: alice, login: hers } = await RawClient.arrive(server.url, 'alice');
  const { client: renewing, login: carols } = await RawClient.arrive(server.url, 'carol');
  assert.equal(kidOf(hers.access), old.kid);
  const { room } = await alice.ask('room.create', { kind: 'group', name: 'tea' });
  let said = 0;
  let isTalking = true;
  const talk = (async () => {
    while (isTalking) await alice.sendText(room.id, `c-${++said}`, 'still here');
  })();

  writeKeys(path, [next, old]);
  await untilSignedBy(server.url, next.kid, 20);
  const bob = await RawClient.arrive(server.url, 'bob');
  assert.equal(kidOf(bob.login.access), next.kid);
  const before = said;
  const again = await RawClient.connect(server.url);
  await again.hello({ token: hers.access });
  // A phone renews before its token ends; so it comes over to the new key.
  const { access } = await refreshed(server.url, carols.refresh);
  assert.equal(kidOf(access), next.kid);
  await renewing.ask('session.renew', { token: access });
  assert.deepEqual(
    [alice.ended, renewing.ended, bob.client.ended, again.ended],
    [false, false, false, false],
  );
  isTalking = false;
  await talk;
  assert.ok(said > before, 'talked all through the overlap');

  write(path, '{"keys": [');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  assert.equal(alice.ended, false, 'half a file withdraws nothing');

  writeKeys(path, [next]);
  const withdrawn = await Promise.all([alice.closed, again.closed]);
  assert.deepEqual(
    withdrawn.map(({ code }) => code),
    [4401, 4401],
  );
  await Promise.all([renewing.ask('session.ping', {}), bob.client.ask('session.ping', {})]);
  const late = await RawClient.connect(server.url);
  await assert.rejects(late.hello({ token: hers.access }), /UNAUTHORIZED/);
  const back = await RawClient.connect(server.url);
  await back.hello({ token: (await refreshed(server.url, hers.refresh)).access });
  assert.equal((await back.history(room.id)).filter(({ cid }) => cid?.startsWith('c-')).length, said);
  t.diagnostic(`${said} messages`);
  const log = server.logs.join('\n');
  for (const { secret } of [old, next]) assert.equal(log.includes(secret), false, 'a key is in the log');
  assert.match(log, /the keys stay as they are/);
}

async function refreshed(url: string, refresh: string): Promise<{ access: string; refresh: string }> {
  const response = await fetch(`${url}/v1/refresh`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refresh }),
  });
  assert.equal(response.status, 200);
  return (await response.json()) as { access: string; refresh: string };
}

test('S7 M24 both keys hold in the overlap and no socket is dropped; without the old one its sockets end', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'chahua-keys-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'keys.json');
  writeKeys(path, [newKey('first')]);
  const server = await ServerProcess.start({
    env: { JWT_KEYS_FILE: path, LIMITS: 'sends=10000/10000' },
  });
  t.after(() => server.stop());
  await rotation(t, { server, path });
});

test(
  'S7 M24 the same with the keys that the server keeps itself, in every worker',
  { skip: process.platform !== 'linux' && 'workers are for Linux' },
  async (t) => {
    const server = await ServerProcess.start({
      env: { LIMITS: 'sends=10000/10000' },
      args: ['--workers', '2'],
    });
    t.after(() => server.stop());
    await rotation(t, { server, path: join(server.dataDir, 'keys.json') });
  },
);

test('S7 a file that is not there, or holds a weak key, does not start a server', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chahua-keys-'));
  const path = join(folder, 'keys.json');
  const start = () => ServerProcess.start({ env: { JWT_KEYS_FILE: path } });
  await assert.rejects(start(), /is not there/);
  writeKeys(path, [{ kid: 'k', secret: 'short' }]);
  await assert.rejects(start(), /has 5 bytes/);
  rmSync(folder, { recursive: true, force: true });
});
