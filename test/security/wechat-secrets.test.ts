/**
 * S28, S30, S31: what WeChat tells about people stays with the server. The fake's session_key, openids and unionids
 * are marks that are looked for in every answer, frame and log line; the log is also searched when the server stops.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SESSION_KEY } from '../support/fake-wechat/fake-wechat.ts';
import { loginWith, RawClient } from '../support/raw-client.ts';
import { mustHoldNoSecret } from '../support/secrets.ts';
import { openStage } from './wechat-stage.ts';

const MARKS = [SESSION_KEY, 'OPENID-MARKER', 'UNIONID-MARKER'];

function mustBearNoMark(what: string, text: string): void {
  for (const mark of MARKS) assert.ok(!text.includes(mark), `${what} holds ${mark}`);
}

test('S28, S30: neither session_key nor openid is in any answer or frame; the public id is another', async (t) => {
  const { server, arrive, room } = await openStage(t, { CONTENT_CHECK: 'after' });
  const [ann, ben] = [await arrive('ann'), await arrive('ben')];
  const id = await room([ann, ben]);
  await ann.client.sendText(id, 'c1', '喝茶');
  await ben.client.until('it came', () => ben.client.entries(id).some(({ cid }) => cid === 'c1'));
  const seen = [
    ann.login,
    ann.hello,
    ben.client.pushes,
    await ben.client.ask('room.members', { room: id }),
    await ben.client.ask('user.get', { users: [ann.login.user.id] }),
    await (
      await fetch(`${server.url}/v1/me`, { headers: { authorization: `Bearer ${ann.login.access}` } })
    ).json(),
  ];
  mustBearNoMark('what people get', JSON.stringify(seen));
  assert.ok(!ann.openid.includes(ann.login.user.id) && !ann.login.user.id.includes(ann.openid));
  mustBearNoMark('the log', server.logs.join('\n'));
});

test('S30: an openid is no identity: not to log in by, not to be found or written to by', async (t) => {
  const { server, arrive } = await openStage(t, { DEV_LOGIN: '0' });
  const [ann, ben] = [await arrive('ann'), await arrive('ben')];
  await assert.rejects(loginWith(server.url, { code: ann.openid }), /401/);
  await assert.rejects(loginWith(server.url, { dev: ann.openid }), /403/);
  assert.deepEqual((await ben.client.ask('user.get', { users: [ann.openid] })).users, []);
  await assert.rejects(ben.client.ask('room.open', { user: ann.openid }), /NOT_FOUND/);
});

test('S31: a code used twice, or never given, is 401 and makes no account', async (t) => {
  const { fake, server } = await openStage(t);
  const code = fake.login.code('OPENID-MARKER-eve');
  await loginWith(server.url, { code });
  await assert.rejects(loginWith(server.url, { code }), /status 401/);
  await assert.rejects(loginWith(server.url, { code: 'of-another-app' }), /status 401/);
});

test('S31: WeChat is down: logins are 503 with a time to come again, open sockets notice nothing', async (t) => {
  const { fake, server, arrive, room } = await openStage(t);
  const ann = await arrive('ann');
  const id = await room([ann]);
  for (const mood of ['busy', 'broken', { errcode: 45011 }] as const) {
    fake.moods.login = mood;
    const answer = await fetch(`${server.url}/v1/login`, {
      method: 'POST',
      body: JSON.stringify({ code: fake.login.code('OPENID-MARKER-late') }),
    });
    assert.equal(answer.status, typeof mood === 'object' ? 429 : 503);
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
    mustBearNoMark('a refusal', await answer.text());
  }
  await ann.client.sendText(id, 'c1', '还在');
  const back = await RawClient.connect(server.url);
  assert.equal((await back.hello({ token: ann.login.access })).user.id, ann.login.user.id);
});

test('S28: the search that ends every test finds what it should', () => {
  assert.throws(
    () => mustHoldNoSecret('a line', `{"key":"${SESSION_KEY}"}`),
    /holds what nobody may read there/,
  );
});
