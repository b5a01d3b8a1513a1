/** Who gets through the door of the admin API, and by which listener. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forge, hmac, KEYS } from '../security/forged-token.ts';
import { adminOf, adminWith } from '../support/admin.ts';
import { login, RawClient } from '../support/raw-client.ts';
import { startServer } from '../support/server.ts';

test('S4 a user’s token opens no admin call, an admin’s token no socket and no public call', async (t) => {
  const server = await startServer(t);
  const { access } = await login(server.url, 'ann');
  assert.equal((await adminWith(server.adminUrl, access).get('/status')).status, 401);
  for (const token of ['', 'x', access.replace(/.$/, 'A')]) {
    const { status, body } = await adminWith(server.adminUrl, token).get('/status');
    assert.deepEqual([status, body.error?.code], [401, 'UNAUTHORIZED']);
  }
  const { token } = adminOf(server);
  const client = await RawClient.connect(server.url);
  const hello = await client.request('session.hello', { version: 1, token });
  assert.equal(!hello.ok && hello.error.code, 'UNAUTHORIZED');
  assert.equal((await client.closed).code, 4401);
  const me = await fetch(`${server.url}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(me.status, 401);
});

test('an access token of the contract whose role is moderator or operator opens the admin listener, and no socket', async (t) => {
  const server = await startServer(t, { env: { JWT_KEYS: KEYS } });
  const ann = await login(server.url, 'ann');
  const made = (claims: object, header = {}) => forge(ann.access, { claims: { ...claims }, header });
  const status = async (token: string, path = '/status') =>
    (await adminWith(server.adminUrl, token).get(path)).status;
  assert.equal(await status(made({ role: 'moderator' })), 200);
  assert.equal(await status(made({ role: 'moderator' }), '/keys'), 403);
  assert.equal(await status(made({ role: 'operator' }), '/keys'), 200);
  assert.equal(await status(made({ role: 'operator', sid: undefined })), 200);
  const refused = {
    user: made({ role: 'user' }),
    'no role': made({ role: undefined }),
    'another role': made({ role: 'admin' }),
    'another audience': made({ role: 'operator', aud: 'chahua-files' }),
    'the audience of the other kind': made({ role: 'operator', aud: 'chahua-admin' }),
    'another type': made({ role: 'operator' }, { typ: 'rt+jwt' }),
    'the type of the other kind': made({ role: 'operator' }, { typ: 'chahua-admin+jwt' }),
    expired: made({ role: 'operator', exp: Math.floor(Date.now() / 1_000) - 1 }),
    'a login that is not': made({ role: 'operator', sid: 'x' }),
    'the login of another': made({ role: 'operator', sub: 'x' }),
    'another key': forge(ann.access, { claims: { role: 'operator' }, sign: hmac('x'.repeat(43)) }),
  };
  for (const [why, token] of Object.entries(refused)) assert.equal(await status(token), 401, why);

  const token = made({ role: 'moderator' });
  const client = await RawClient.connect(server.url);
  const hello = await client.request('session.hello', { version: 1, token });
  assert.equal(!hello.ok && hello.error.code, 'UNAUTHORIZED');
  await fetch(`${server.url}/v1/logout`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refresh: ann.refresh }),
  });
  assert.equal(await status(token), 401, 'it ends with its login');
});

test('S34 the public listener knows no admin call, whatever the token', async (t) => {
  const server = await startServer(t);
  const there = adminWith(server.url, adminOf(server).token);
  assert.equal((await there.get('/status')).status, 404);
  assert.equal((await there.post('/users/x/ban', { reason: 'x' })).status, 404);
  assert.equal(new URL(server.adminUrl).hostname, '127.0.0.1');
  assert.equal((await adminOf(server).get('/status')).status, 200);
});

test('a moderator has what concerns people and messages, keys and tokens are the operator’s', async (t) => {
  const server = await startServer(t);
  const mod = adminOf(server, 'moderator');
  for (const path of ['/status', '/rooms', '/users', '/reports', '/words', '/audit', '/sanctions']) {
    assert.equal((await mod.get(path)).status, 200, path);
  }
  for (const path of ['/keys', '/store/check']) {
    const { status, body } = await mod.get(path);
    assert.deepEqual([status, body.error?.code], [403, 'FORBIDDEN'], path);
  }
  for (const path of ['/keys', '/tokens']) assert.equal((await mod.post(path)).status, 403, path);
});

test('the token of a moderator who is banned opens nothing any more', async (t) => {
  const server = await startServer(t);
  const operator = adminOf(server);
  const { user } = await login(server.url, 'mod');
  const issued = await operator.post('/tokens', { user: user.id, role: 'moderator', seconds: 600 });
  const mod = adminWith(server.adminUrl, String(issued.body.token));
  assert.equal((await mod.get('/status')).status, 200);
  await operator.post(`/users/${user.id}/ban`, { reason: 'went rogue' });
  assert.equal((await mod.get('/status')).status, 403);
});

test('looks at messages are written down, once in ten minutes for the same thing, and listed if asked', async (t) => {
  const server = await startServer(t);
  const mod = adminOf(server, 'moderator');
  const { client, hello } = await RawClient.arrive(server.url, 'ann');
  const room = hello.rooms[0]!.id;
  const { seq } = await client.sendText(room, 'c1', 'private words');
  for (let i = 0; i < 3; i += 1) await mod.get(`/rooms/${room}/entries`);
  await mod.get(`/rooms/${room}/entries/${seq}`);
  assert.deepEqual((await mod.get('/audit')).body.records, []);
  const { records } = (await mod.get('/audit?looks=true')).body as {
    records: { act: string; target: string }[];
  };
  assert.deepEqual(
    records.map(({ act, target }) => [act, target]),
    [
      ['audit.list', ''],
      ['message.show', `${room}/${seq}`],
      ['message.list', room],
    ],
  );
  assert.ok(!JSON.stringify(records).includes('private words'));
  assert.ok(!server.logs.join('').includes('private words'));
});

test('a wrong field is named with what is allowed; an unknown user, room or message is NOT_FOUND', async (t) => {
  const server = await startServer(t);
  const mod = adminOf(server);
  const { client, hello } = await RawClient.arrive(server.url, 'ann');
  const room = hello.rooms[0]!.id;
  const wrong: [path: string, body: object, message: RegExp][] = [
    [`/users/${hello.user.id}/mute`, {}, /^reason: is required/],
    [`/users/${hello.user.id}/mute`, { reason: 'x', seconds: -1 }, /^seconds: must be an integer from 1/],
    [`/rooms/${room}/slow`, { seconds: 'often' }, /^seconds: must be/],
    [`/rooms/${room}/recall`, { reason: 'x', seqs: [] }, /^seqs: must be a list of 1 to 500/],
    [`/rooms/${room}/role`, { user: hello.user.id, role: 'king' }, /^role: must be/],
  ];
  for (const [path, body, message] of wrong) {
    const answer = await mod.post(path, body);
    assert.equal(answer.status, 400, path);
    assert.match(answer.body.error?.message ?? '', message);
  }
  for (const path of ['/users/nobody', '/rooms/none', `/rooms/${room}/entries/99`, '/reports/none']) {
    assert.equal((await mod.get(path)).status, 404, path);
  }
  const { seq } = await client.sendText(room, 'c1', 'x');
  const some = await mod.post(`/rooms/${room}/recall`, { reason: 'x', seqs: [seq, 999] });
  assert.equal(some.status, 404);
  const { entries } = await client.ask('message.history', { room });
  assert.equal(entries.at(-1)?.recalled, undefined, 'all of them or none');
});

test('rooms are made, renamed, slowed, filled, emptied and closed, each with its record', async (t) => {
  const server = await startServer(t);
  const mod = adminOf(server);
  const { client, hello } = await RawClient.arrive(server.url, 'ann');
  const { user: bob } = await login(server.url, 'bob');
  const made = await mod.post('/rooms', { name: '茶馆', owner: hello.user.id });
  const room = (made.body.acts as { target: string }[])[0]!.target;
  await client.until('shown', () => client.pushed('room').some((push) => push.room.id === room));
  const steps: [verb: string, body: object][] = [
    ['rename', { name: '新茶馆' }],
    ['slow', { seconds: 5 }],
    ['add', { users: [bob.id] }],
    ['role', { user: bob.id, role: 'admin' }],
    ['remove', { user: bob.id }],
    ['close', { reason: '打烊' }],
  ];
  for (const [verb, body] of steps)
    assert.equal((await mod.post(`/rooms/${room}/${verb}`, body)).status, 200, verb);
  await client.until('closed', () => client.entries(room).length === 6);
  const { body } = await mod.get(`/rooms/${room}`);
  const facts = body.room as Record<string, unknown>;
  assert.deepEqual(
    [facts.name, facts.closed, facts.slowSeconds, facts.members, facts.head],
    ['新茶馆', true, 5, 1, 7],
  );
  const { records } = (await mod.get(`/audit?target=${room}`)).body as { records: { act: string }[] };
  assert.deepEqual(records.map(({ act }) => act).reverse(), [
    'room.create',
    'room.rename',
    'room.slow',
    'room.add',
    'room.role',
    'room.remove',
    'room.close',
  ]);
});
