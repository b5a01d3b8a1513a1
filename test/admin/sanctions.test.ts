/** A moderator's sanctions on a whole server: what the person sees, and what gets in afterwards. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { adminOf } from '../support/admin.ts';
import { login, RawClient } from '../support/raw-client.ts';
import { startServer } from '../support/server.ts';

async function setUp(t: TestContext) {
  const server = await startServer(t);
  const mod = adminOf(server, 'moderator');
  const { client: noisy, login: tokens, hello } = await RawClient.arrive(server.url, 'noisy');
  const room = hello.rooms[0]!.id;
  const { client: quiet } = await RawClient.arrive(server.url, 'quiet');
  return { server, mod, noisy, tokens, room, quiet };
}

test('S6 a ban closes every socket with 4501, reason and until, and nothing gets in afterwards', async (t) => {
  const { server, mod, noisy, tokens, room, quiet } = await setUp(t);
  const second = await RawClient.arrive(server.url, 'noisy');
  const user = tokens.user.id;
  const began = Date.now();
  const { status, body } = await mod.post(`/users/${user}/ban`, { reason: '刷屏', seconds: 600 });
  assert.equal(status, 200);
  for (const client of [noisy, second.client]) {
    assert.equal((await client.closed).code, 4501);
    const [bye] = client.pushed('session.bye');
    assert.equal(bye?.reason, '刷屏');
    assert.ok(bye.until! > began + 590_000 && bye.until! < Date.now() + 601_000);
  }
  assert.ok(Date.now() - began < 2_000, 'within 2 s');
  assert.deepEqual(
    (body.acts as { act: string; done: boolean }[]).map(({ act, done }) => [act, done]),
    [['user.ban', true]],
  );

  await assert.rejects(login(server.url, 'noisy'), /403 .*BANNED.*"until":.*刷屏/);
  const call = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, init);
  const refreshed = await call('/v1/refresh', {
    method: 'POST',
    body: JSON.stringify({ refresh: tokens.refresh }),
  });
  assert.equal(refreshed.status, 403);
  const me = await call('/v1/me', { headers: { authorization: `Bearer ${tokens.access}` } });
  assert.equal(me.status, 403);
  const back = await RawClient.connect(server.url);
  const hello = await back.request('session.hello', { version: 1, token: tokens.access });
  assert.equal(hello.ok === false && hello.error.code, 'BANNED');
  assert.equal(hello.ok === false && hello.error.reason, '刷屏');
  assert.equal((await back.closed).code, 4501);

  await quiet.sendText(room, 'c1', 'still here');
  assert.equal((await mod.post(`/users/${user}/unban`, {})).status, 200);
  const again = await RawClient.arrive(server.url, 'noisy');
  await again.client.sendText(room, 'c2', 'sorry');
});

test('a mute everywhere shows at once, refuses with reason and until, and a lift frees at once', async (t) => {
  const { mod, noisy, tokens, room } = await setUp(t);
  const user = tokens.user.id;
  await noisy.sendText(room, 'before', 'hello');
  await mod.post(`/users/${user}/mute`, { reason: 'too loud', seconds: 600 });
  await noisy.until('told of the mute', () =>
    noisy.pushed('room').some(({ room: { id, mutedUntil, muteReason } }) => {
      return id === room && mutedUntil !== undefined && muteReason === 'too loud';
    }),
  );
  const refused = await noisy.request('message.send', { room, cid: 'c1', kind: 'text', body: { text: 'x' } });
  assert.ok(!refused.ok);
  assert.deepEqual(
    [refused.error.code, refused.error.reason, typeof refused.error.until],
    ['MUTED', 'too loud', 'number'],
  );
  const resent = await noisy.ask('message.send', { room, cid: 'before', kind: 'text', body: { text: 'x' } });
  assert.equal(resent.repeated, true, 'what was stored before is told so');
  await mod.post(`/users/${user}/unmute`, {});
  await noisy.until('told of the lift', () => noisy.pushed('room').at(-1)?.room.mutedUntil === undefined);
  await noisy.sendText(room, 'c1', 'x');
});

test('a ban from a room takes out and keeps out, and other rooms stay open', async (t) => {
  const { mod, noisy, quiet, tokens, room } = await setUp(t);
  const user = tokens.user.id;
  await mod.post(`/users/${user}/ban`, { room, reason: 'off topic' });
  await noisy.until('gone', () => noisy.pushed('gone').length > 0);
  assert.deepEqual(noisy.pushed('gone'), [{ room, reason: 'removed' }]);
  await quiet.sendText(room, 'c1', 'peace');
  const join = await noisy.request('room.join', { room });
  assert.ok(!join.ok);
  assert.deepEqual([join.error.code, join.error.reason], ['FORBIDDEN', 'off topic']);
  assert.deepEqual(
    noisy.entries(room).filter(({ kind }) => kind === 'text'),
    [],
    'S19 nothing after the removal',
  );
  const own = await noisy.ask('room.create', { kind: 'group', name: 'mine' });
  await noisy.sendText(own.room.id, 'c2', 'here I may');
});

test('a kick from everywhere ends the logins; from a room it lets come back', async (t) => {
  const { server, mod, noisy, tokens, room } = await setUp(t);
  const user = tokens.user.id;
  await mod.post(`/users/${user}/kick`, { room, reason: 'cool down' });
  await noisy.until('gone', () => noisy.pushed('gone').length > 0);
  await noisy.ask('room.join', { room });
  await mod.post(`/users/${user}/kick`, { reason: 'cool down' });
  assert.equal((await noisy.closed).code, 4401);
  const refreshed = await fetch(`${server.url}/v1/refresh`, {
    method: 'POST',
    body: JSON.stringify({ refresh: tokens.refresh }),
  });
  assert.equal(refreshed.status, 401);
  await RawClient.arrive(server.url, 'noisy');
});

test('a dry run says what would change and changes nothing', async (t) => {
  const { mod, noisy, tokens, room } = await setUp(t);
  const user = tokens.user.id;
  const { body } = await mod.post(`/users/${user}/ban`, { reason: 'try', dryRun: true });
  const [act] = body.acts as { done: boolean; after: object }[];
  assert.equal(act?.done, false);
  await noisy.sendText(room, 'c1', 'unharmed');
  assert.deepEqual((await mod.get('/sanctions')).body.sanctions, []);
  assert.deepEqual((await mod.get('/audit')).body.records, []);
});

test('every act is in the audit log with actor, target, reason, before and after', async (t) => {
  const { mod, tokens } = await setUp(t);
  const user = tokens.user.id;
  await mod.post(`/users/${user}/mute`, { reason: 'first', seconds: 60 });
  await mod.post(`/users/${user}/mute`, { reason: 'second' });
  await mod.post(`/users/${user}/unmute`, { reason: 'calm' });
  const { body } = await mod.get(`/audit?target=${user}`);
  const records = body.records as {
    act: string;
    actor: string;
    reason: string;
    before: unknown;
    after: unknown;
  }[];
  assert.deepEqual(
    records.map(({ act, actor, reason }) => [act, actor, reason]),
    [
      ['user.unmute', 'local-test', 'calm'],
      ['user.mute', 'local-test', 'second'],
      ['user.mute', 'local-test', 'first'],
    ],
  );
  assert.equal((records[1]?.before as { reason: string }).reason, 'first');
  assert.equal((records[0]?.before as { reason: string }).reason, 'second');
  assert.equal(records[0]?.after, null);
});
