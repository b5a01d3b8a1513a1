/** Subscribe messages from the tap to WeChat, through a whole server. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { openStage, type Person, type Stage } from '../security/wechat-stage.ts';

const DIRECT = 'TPL-DIRECT';
const MENTION = 'TPL-MENTION';
const TEMPLATES = `direct:${DIRECT}:thing1=from;thing2=text;time3=time,mention:${MENTION}:thing1=room;name2=from`;

async function open(t: TestContext): Promise<Stage> {
  const stage = await openStage(t, { SUBSCRIBE_TEMPLATES: TEMPLATES, CONTENT_CHECK: 'after' });
  stage.fake.subscribe.template(DIRECT, ['thing1', 'thing2', 'time3']);
  stage.fake.subscribe.template(MENTION, ['thing1', 'name2']);
  return stage;
}

/** The person taps, WeChat counts, and the app tells the server. */
async function accept({ fake, server }: Stage, { openid, login }: Person, template: string): Promise<void> {
  fake.subscribe.accept(openid, template);
  const answer = await fetch(`${server.url}/v1/notices`, {
    method: 'POST',
    headers: { authorization: `Bearer ${login.access}` },
    body: JSON.stringify({ accepted: [template] }),
  });
  assert.equal(answer.status, 200);
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000 && !holds(); turn += 1) await new Promise(setImmediate);
  assert.ok(holds(), what);
}

test('the hello names the templates; an accepted one tells of a direct message to who is away', async (t) => {
  const stage = await open(t);
  const [ann, ben] = [await stage.arrive('ann'), await stage.arrive('ben')];
  assert.deepEqual(ben.hello.notices, { direct: DIRECT, mention: MENTION });
  await accept(stage, ben, DIRECT);
  const { room } = await ann.client.ask('room.open', { user: ben.login.user.id });
  await ben.client.close();
  await ann.client.until('ben is away', () =>
    ann.client.pushed('presence').some(({ user, online }) => user === ben.login.user.id && !online),
  );
  await ann.client.sendText(room.id, 'c1', '下午三点在老地方喝茶，别忘了带上那本书');
  await until('WeChat was told', () => stage.fake.subscribe.sent.length === 1);
  const [sent] = stage.fake.subscribe.sent;
  assert.equal(sent?.openid, ben.openid);
  assert.equal(sent.page, `pages/chat/chat?room=${room.id}`);
  assert.equal(sent.data['thing1'], ann.login.user.name);
  assert.match(sent.data['time3'] ?? '', /^\d{4}年/);
});

test('what WeChat calls risky is told to nobody; what comes after it is', async (t) => {
  const stage = await open(t);
  const [ann, ben] = [await stage.arrive('ann'), await stage.arrive('ben')];
  const id = await stage.room([ann, ben]);
  await accept(stage, ben, MENTION);
  await ben.client.close();
  const mentions = [ben.login.user.id];
  const send = (cid: string, text: string) =>
    ann.client.ask('message.send', { room: id, cid, kind: 'text', body: { text }, mentions });
  const bad = await send('c1', '来赌博');
  await ann.client.until('the recall', () => ann.client.entries(id).some(({ target }) => target === bad.seq));
  await send('c2', '来喝茶');
  await until('WeChat was told', () => stage.fake.subscribe.sent.length === 1);
  assert.equal(stage.fake.calls.subscribe, 1);
});

test('an acceptance without a token, or of nonsense, counts for nothing', async (t) => {
  const { server } = await open(t);
  const post = (body: unknown, headers = {}) =>
    fetch(`${server.url}/v1/notices`, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.equal((await post({ accepted: [DIRECT] })).status, 401);
});
