/** The fake that other tests trust refuses what WeChat's documents say that WeChat refuses. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ManualClock } from '../manual-clock.ts';
import { APPID, FakeWechat, PATHS, SECRET, type Path } from './fake-wechat.ts';

const MINUTE = 60_000;
let clock: ManualClock;
let fake: FakeWechat;

before(async () => {
  fake = await FakeWechat.start(() => clock.now());
});
after(() => fake.stop());

async function call(path: Path, body: object, token = ''): Promise<Record<string, unknown>> {
  const response = await fetch(`${fake.api}${PATHS[path]}?access_token=${token}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  assert.equal(response.headers.get('content-type'), 'text/plain');
  return (await response.json()) as Record<string, unknown>;
}

const ask = (more: object = {}): Promise<Record<string, unknown>> =>
  call('token', { grant_type: 'client_credential', appid: APPID, secret: SECRET, ...more });
const tokenOf = async (more: object = {}): Promise<string> => String((await ask(more))['access_token']);

beforeEach(async () => {
  await fake.stop();
  clock = new ManualClock();
  fake = await FakeWechat.start(() => clock.now());
});

describe('stable_token', () => {
  test('is the same again until five minutes before its end; then a new one, and both are good', async () => {
    assert.deepEqual(await ask(), { access_token: await tokenOf(), expires_in: 7_200 });
    const first = await tokenOf();
    clock.advance(115 * MINUTE - 1);
    assert.equal(await tokenOf(), first);
    clock.advance(1);
    const second = await tokenOf();
    assert.notEqual(second, first);
    assert.deepEqual([fake.token.fault(first), fake.token.fault(second)], [null, null]);
    clock.advance(5 * MINUTE);
    assert.equal(fake.token.fault(first)?.['errcode'], 42001);
    assert.equal(fake.token.fault(second), null);
    assert.equal(fake.token.fault('nonsense')?.['errcode'], 40001);
  });

  test('forced: the old one ends at once; within 30 s nothing changes; 20 times a day', async () => {
    const first = await tokenOf();
    const second = await tokenOf({ force_refresh: true });
    assert.equal(fake.token.fault(first)?.['errcode'], 42001);
    assert.equal(await tokenOf({ force_refresh: true }), second);
    for (let n = 3; n <= 20; n += 1) {
      clock.advance(30_000);
      assert.ok((await ask({ force_refresh: true }))['access_token'], `${n}`);
    }
    assert.equal((await ask({ force_refresh: true }))['errcode'], 45009);
    clock.advance(24 * 60 * MINUTE);
    assert.notEqual(await tokenOf({ force_refresh: true }), second);
  });

  test('wrong credentials: 40002, 40013, 40125', async () => {
    const codes = [{ grant_type: 'x' }, { appid: 'wx' }, { secret: 'x' }].map(
      async (more) => (await ask(more))['errcode'],
    );
    assert.deepEqual(await Promise.all(codes), [40002, 40013, 40125]);
  });
});

describe('msg_sec_check', () => {
  const check = async (content: string, more: object = {}): Promise<Record<string, unknown>> =>
    call('text', { openid: 'o', content, scene: 2, version: 2, ...more }, await tokenOf());

  test('judges by result.suggest and never by an errcode', async () => {
    fake.login.code('o');
    for (const [text, suggest] of [
      ['喝茶', 'pass'],
      ['可疑', 'review'],
      ['一起赌博', 'risky'],
    ] as const) {
      const { errcode, result } = await check(text);
      assert.deepEqual([errcode, (result as { suggest: string }).suggest], [0, suggest]);
    }
  });

  test('refuses who was not here for two hours, strangers, wrong scenes, too much text, a bad token', async () => {
    fake.login.code('o');
    assert.equal((await check('x', { openid: 'stranger' }))['errcode'], 43104);
    assert.equal((await check('x', { scene: 5 }))['errcode'], 40129);
    assert.equal((await check('x'.repeat(2_501)))['errcode'], 40003);
    assert.equal((await call('text', {}, 'bad'))['errcode'], 40001);
    clock.advance(120 * MINUTE);
    assert.equal((await check('x'))['errcode'], 0);
    clock.advance(1);
    assert.equal((await check('x'))['errcode'], 61010);
  });

  test('counts 4,000 a minute', () => {
    fake.login.code('o');
    const body = { openid: 'o', content: 'x', scene: 2, version: 2 };
    const once = (): unknown => fake.content.text({ query: new URLSearchParams(), body })['errcode'];
    for (let n = 0; n < 4_000; n += 1) assert.equal(once(), 0);
    assert.equal(once(), 45009);
    clock.advance(MINUTE);
    assert.equal(once(), 0);
  });
});

describe('a subscribe message', () => {
  const send = async (more: object = {}): Promise<unknown> => {
    const data = { thing1: { value: '茶' }, time2: { value: '2026年11月24日 16:00' } };
    return (
      await call(
        'subscribe',
        { touser: 'o', template_id: 'T', page: 'pages/chat/chat?room=r', data, ...more },
        await tokenOf(),
      )
    )['errcode'];
  };

  test('is sent once for each accept; then 43101', async () => {
    fake.subscribe.template('T', ['thing1', 'time2']);
    fake.subscribe.accept('o', 'T');
    assert.deepEqual([await send(), await send()], [0, 43101]);
    assert.equal(fake.subscribe.sent.length, 1);
  });

  test('wrong person, template, page, or a field that is missing, unknown or too long', async () => {
    fake.subscribe.template('T', ['thing1', 'time2']);
    fake.subscribe.accept('o', 'T');
    assert.equal(await send({ touser: '' }), 40003);
    assert.equal(await send({ template_id: 'other' }), 40037);
    assert.equal(await send({ page: 'https://x' }), 41030);
    const long = { thing1: { value: '茶'.repeat(21) }, time2: { value: '16:00' } };
    for (const data of [
      {},
      { thing1: { value: '茶' } },
      { ...long },
      { ...long, thing1: { value: '茶' }, other: { value: '1' } },
    ]) {
      assert.equal(await send({ data }), 47003, JSON.stringify(data));
    }
  });
});

test('a path that is busy, broken or held is so until its mood is another', async () => {
  fake.moods.token = 'busy';
  assert.equal((await ask())['errcode'], -1);
  fake.moods.token = 'held';
  const waits = fake.nextWait();
  const answer = ask();
  await waits;
  fake.release();
  assert.equal((await answer)['expires_in'], 7_200);
});
