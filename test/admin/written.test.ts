/** Every call to the admin API is in the audit log: what was done, what was refused, what was looked at. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../server/clock.ts';
import { keptKeys } from '../../server/keys.ts';
import { createTokens } from '../../server/session/tokens.ts';
import { type Admin, adminOf, adminWith } from '../support/admin.ts';
import { login, RawClient } from '../support/raw-client.ts';
import { startServer, type TestServer } from '../support/server.ts';

interface Line {
  actor: string;
  act: string;
  target: string;
  after: { refused?: string } | null;
}

/** Oldest first. */
async function written(by: Admin, query = ''): Promise<Line[]> {
  return ((await by.get(`/audit?${query}`)).body.records as Line[]).toReversed();
}
const inShort = ({ actor, act, target, after }: Line): unknown[] => [
  actor,
  act,
  target,
  after?.refused ?? null,
];

async function moderator(server: TestServer, name: string): Promise<{ id: string; mod: Admin }> {
  const { user } = await login(server.url, name);
  const { body } = await adminOf(server).post('/tokens', { user: user.id, role: 'moderator', seconds: 600 });
  return { id: user.id, mod: adminWith(server.adminUrl, String(body.token)) };
}

test('what was refused is written with the code: wrong role, unknown person, no reason', async (t) => {
  const server = await startServer(t);
  const { id, mod } = await moderator(server, 'mod');
  await mod.post('/keys', { name: 'b', rooms: ['r'] });
  await mod.post('/users/nobody/mute', { reason: 'x' });
  await mod.post(`/users/${id}/ban`, {});
  const lines = await written(adminOf(server), `actor=${id}`);
  assert.deepEqual(lines.map(inShort), [
    [id, 'key.issue', '', 'FORBIDDEN'],
    [id, 'user.mute', 'nobody', 'NOT_FOUND'],
    [id, 'user.ban', id, 'BAD_REQUEST'],
  ]);
});

test('a token of ours that opens nothing is written with its owner; one that nobody signed is not', async (t) => {
  const server = await startServer(t);
  const { user, access } = await login(server.url, 'ann');
  await adminWith(server.adminUrl, access).post(`/users/${user.id}/ban`, { reason: 'x' });
  const hourAgo = { ...systemClock, now: () => systemClock.now() - 3_600_000 };
  const old = createTokens({ keys: keptKeys(server.dataDir), clock: hourAgo });
  const { token } = old.signAdmin({ actor: 'local-old', role: 'operator' }, 600);
  await adminWith(server.adminUrl, token).post('/words/add', { words: ['x'], action: 'block' });
  await adminWith(server.adminUrl, `${token}x`).post('/words/add', { words: ['x'], action: 'block' });
  assert.deepEqual((await written(adminOf(server))).map(inShort), [
    [user.id, 'user.ban', user.id, 'UNAUTHORIZED'],
    ['local-old', 'words.add', '', 'UNAUTHORIZED'],
  ]);
});

test('looks, listings and dry runs are written once in ten minutes, and listed if asked; no text is among them', async (t) => {
  const server = await startServer(t);
  const { id, mod } = await moderator(server, 'mod');
  const { client, hello } = await RawClient.arrive(server.url, 'ann');
  const room = hello.rooms[0]!.id;
  await client.sendText(room, 'c1', 'private words');
  for (let i = 0; i < 2; i += 1) {
    await mod.get('/users');
    await mod.get(`/users/${hello.user.id}`);
    await mod.get(`/rooms/${room}/members`);
    await mod.get('/search?query=private');
    await mod.post('/words/test', { text: 'private words' });
    await mod.post(`/users/${hello.user.id}/mute`, { reason: 'x', dryRun: true });
    await mod.get('/users/nobody');
  }
  assert.deepEqual(await written(adminOf(server), `actor=${id}`), []);
  const lines = await written(adminOf(server), `actor=${id}&looks=true`);
  assert.deepEqual(
    lines.map(inShort),
    [
      ['user.list', '', null],
      ['user.show', hello.user.id, null],
      ['room.members', room, null],
      ['message.search', 'everywhere', null],
      ['words.test', '', null],
      ['user.mute.dry-run', hello.user.id, null],
      ['user.show', 'nobody', 'NOT_FOUND'],
    ].map((line) => [id, ...line]),
  );
  assert.doesNotMatch(JSON.stringify(lines), /private/);
});

test('revoking ends all tokens of one person and of nobody else', async (t) => {
  const server = await startServer(t);
  const operator = adminOf(server);
  const lost = await moderator(server, 'lost');
  const other = await moderator(server, 'other');
  assert.equal((await lost.mod.get('/users')).status, 200);
  assert.equal((await other.mod.post('/tokens/revoke', { user: lost.id })).status, 403);
  assert.equal((await operator.post('/tokens/revoke', { user: lost.id, dryRun: true })).status, 200);
  assert.equal((await lost.mod.get('/users')).status, 200);
  assert.equal((await operator.post('/tokens/revoke', { user: lost.id, reason: 'lost' })).status, 200);
  assert.equal((await lost.mod.get('/users')).status, 401);
  assert.equal((await other.mod.get('/users')).status, 200);
  const acts = (await written(operator, `target=${lost.id}`)).map(({ act }) => act);
  assert.deepEqual(acts, ['token.issue', 'token.revoke']);
});
