/** Reports, the word list and bots on a whole server. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { adminOf, type Answer } from '../support/admin.ts';
import { RawClient } from '../support/raw-client.ts';
import { startServer } from '../support/server.ts';

async function setUp(t: TestContext) {
  const server = await startServer(t);
  const admin = adminOf(server);
  const { client: ann, hello } = await RawClient.arrive(server.url, 'ann');
  const room = hello.rooms[0]!.id;
  const { client: bob } = await RawClient.arrive(server.url, 'bob');
  return { server, admin, ann, bob, room };
}

const firstReport = async (admin: { get(path: string): Promise<Answer> }) =>
  (
    (await admin.get('/reports?open=true')).body.reports as { id: string; reason: string; target: number }[]
  )[0];

test('a report keeps the message as it was, also when it was recalled since; its reporter is told', async (t) => {
  const { admin, ann, bob, room } = await setUp(t);
  const { seq: target } = await bob.sendText(room, 'b1', 'buy my pills');
  await ann.ask('message.report', { room, target, reason: 'spam', note: '广告' });
  await ann.ask('message.report', { room, target, reason: 'abuse' });
  await bob.ask('message.recall', { room, cid: 'b2', target });
  const report = await firstReport(admin);
  assert.equal(report?.reason, 'spam');
  const { body } = await admin.get(`/reports/${report.id}`);
  const { context, note } = body.report as { context: { seq: number; body: object }[]; note: string };
  assert.deepEqual(context.find(({ seq }) => seq === target)?.body, { text: 'buy my pills' });
  assert.deepEqual([note, body.recalledSince], ['广告', true]);
  const resolved = await admin.post(`/reports/${report.id}/resolve`, { action: 'recall', reason: 'spam' });
  assert.equal(resolved.status, 200);
  await ann.until('told', () => ann.pushed('report').length > 0);
  assert.deepEqual(ann.pushed('report'), [{ room, target, action: 'recall' }]);
  assert.equal(await firstReport(admin), undefined);
  const again = await admin.post(`/reports/${report.id}/resolve`, { action: 'none' });
  assert.equal(again.status, 409);
});

test('a reason that our clients do not give is kept in its own words', async (t) => {
  const { admin, ann, bob, room } = await setUp(t);
  for (const [cid, note] of [
    ['b1', undefined],
    ['b2', '昨天也是'],
  ] as const) {
    const { seq: target } = await bob.sendText(room, cid, 'buy my pills');
    await ann.ask('message.report', { room, target, reason: '广告', ...(note && { note }) });
    const { body } = await admin.get(`/reports/${(await firstReport(admin))?.id}`);
    const report = body.report as { reason: string; note: string };
    assert.deepEqual([report.reason, report.note], ['other', note ? `广告: ${note}` : '广告']);
    await admin.post(`/reports/${(await firstReport(admin))?.id}/resolve`, { action: 'none' });
  }
});

test('who was away is told after the next hello, once', async (t) => {
  const { server, admin, ann, bob, room } = await setUp(t);
  const { seq: target } = await bob.sendText(room, 'b1', 'rude words');
  await ann.ask('message.report', { room, target, reason: 'abuse' });
  await ann.close();
  const report = await firstReport(admin);
  await admin.post(`/reports/${report?.id}/resolve`, { action: 'mute', seconds: 60, reason: 'rude' });
  const refused = await bob.request('message.send', { room, cid: 'b2', kind: 'text', body: { text: 'x' } });
  assert.equal(!refused.ok && refused.error.code, 'MUTED');
  const back = await RawClient.arrive(server.url, 'ann');
  await back.client.until('told', () => back.client.pushed('report').length > 0);
  await back.client.close();
  const third = await RawClient.arrive(server.url, 'ann');
  await third.client.ask('session.ping', {});
  await third.client.sendText(room, 'a1', 'hello');
  assert.deepEqual(third.client.pushed('report'), []);
});

test('what is no message, one’s own, recalled, or elsewhere is not reported; too many reports wait', async (t) => {
  const { ann, bob, room } = await setUp(t);
  const { seq } = await bob.sendText(room, 'b1', 'x');
  const codeOf = async (client: RawClient, body: object) => {
    const reply = await client.request('message.report', { room, reason: 'spam', ...body });
    return reply.ok ? 'ok' : reply.error.code;
  };
  assert.equal(await codeOf(bob, { target: seq }), 'BAD_REQUEST');
  assert.equal(await codeOf(ann, { target: 1 }), 'BAD_REQUEST');
  assert.equal(await codeOf(ann, { target: 999 }), 'NOT_FOUND');
  assert.equal(await codeOf(ann, { target: seq, room: 'elsewhere' }), 'NOT_FOUND');
  assert.equal(await codeOf(ann, { target: seq, reason: '' }), 'BAD_REQUEST');
  await bob.ask('message.recall', { room, cid: 'b2', target: seq });
  assert.equal(await codeOf(ann, { target: seq }), 'CONFLICT');
  let last = '';
  for (let i = 0; i < 10; i += 1) last = await codeOf(ann, { target: seq });
  assert.equal(last, 'RATE_LIMITED');
});

test('the word list blocks, masks and flags what is said, and room names, at once', async (t) => {
  const { admin, ann, room } = await setUp(t);
  for (const [word, action] of [
    ['赌场', 'block'],
    ['傻瓜', 'mask'],
    ['代购', 'flag'],
  ]) {
    assert.equal((await admin.post('/words/add', { words: [word], action })).status, 200);
  }
  const send = (cid: string, text: string) =>
    ann.request('message.send', { room, cid, kind: 'text', body: { text } });
  const blocked = await send('c1', '来賭 場');
  assert.equal(!blocked.ok && blocked.error.code, 'BLOCKED_CONTENT');
  assert.ok((await send('c2', '你这傻-瓜')).ok);
  const flagged = await send('c3', '找我代購');
  assert.ok(flagged.ok);
  await ann.until(
    'both are there',
    () => ann.entries(room).filter(({ kind }) => kind === 'text').length === 2,
  );
  const texts = ann.entries(room).filter(({ kind }) => kind === 'text');
  assert.deepEqual(
    texts.map(({ body }) => body),
    [{ text: '你这＊-＊' }, { text: '找我代購' }],
  );
  // The queue is told of it after the sender was answered.
  let report: Awaited<ReturnType<typeof firstReport>>;
  for (let i = 0; i < 100 && !report; i += 1) report = await firstReport(admin);
  assert.deepEqual([report?.reason, report?.target], ['words', texts[1]?.seq]);
  const room2 = await ann.request('room.create', { kind: 'group', name: '大赌场' });
  assert.equal(!room2.ok && room2.error.code, 'BLOCKED_CONTENT');
  const tested = await admin.post('/words/test', { text: '傻瓜去赌场' });
  assert.equal(tested.body.action, 'block');
  assert.equal((tested.body.matches as object[]).length, 2);
  assert.equal((await admin.post('/words/remove', { words: ['赌场'] })).status, 200);
  assert.ok((await send('c4', '赌场')).ok);
  assert.equal((await admin.post('/words/remove', { words: ['赌场'] })).status, 404);
  assert.equal((await admin.post('/words/add', { words: ['…'], action: 'block' })).status, 400);
});

test('a bot posts with its key where the key says, once a cid, until it is revoked', async (t) => {
  const { server, admin, ann, room } = await setUp(t);
  const { body } = await admin.post('/keys', { name: '天气', rooms: [room] });
  const key = String(body.key);
  const post = async (cid: string, at = room, secret = key, header = 'authorization') => {
    const response = await fetch(`${server.url}/v1/rooms/${at}/entries`, {
      method: 'POST',
      headers: { [header]: header === 'authorization' ? `Bearer ${secret}` : secret },
      body: JSON.stringify({ cid, kind: 'text', body: { text: '晴' } }),
    });
    return { status: response.status, body: (await response.json()) as { seq?: number; repeated?: true } };
  };
  const first = await post('w1');
  assert.equal(first.status, 200);
  assert.deepEqual(await post('w1'), { status: 200, body: { ...first.body, repeated: true } });
  await ann.until('it is there', () => ann.entries(room).some(({ seq }) => seq === first.body.seq));
  const entry = ann.entries(room).find(({ seq }) => seq === first.body.seq);
  const { members } = await ann.ask('room.members', { room });
  const bot = members.find(({ user }) => user.id === entry?.from);
  assert.deepEqual([bot?.role, bot?.user.name], ['bot', '天气']);
  const own = await ann.ask('room.create', { kind: 'group', name: 'x' });
  assert.equal((await post('w2', own.room.id)).status, 404);
  assert.equal((await post('w2', room, 'chahua_wrong')).status, 401);
  assert.deepEqual(await post('w1', room, key, 'x-api-key'), await post('w1'));
  assert.equal((await post('w2', room, 'chahua_wrong', 'x-api-key')).status, 401);
  assert.equal((await post('../x')).status, 400);
  const flood = await Promise.all(Array.from({ length: 60 }, (_, i) => post(`f${i}`)));
  assert.ok(
    flood.some(({ status }) => status === 429),
    'it is limited like anybody',
  );
  const [listed] = (await admin.get('/keys')).body.keys as { id: string }[];
  assert.ok(!JSON.stringify(listed).includes(key.slice(7)));
  await admin.post(`/keys/${listed?.id}/revoke`);
  assert.equal((await post('w3')).status, 401);
});
