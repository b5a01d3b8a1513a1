import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import type { Inspector } from '../../server/domain/ports.ts';
import { newId } from '../../server/ids.ts';
import { Refusal } from '../../server/outcome.ts';
import { createWechatApi } from '../../server/wechat/api.ts';
import { createAuthorized } from '../../server/wechat/authorized.ts';
import { FAILURES, Fuse } from '../../server/wechat/fuse.ts';
import { CHECK_DEADLINE_MS, createTextCheck, piecesOf, verdictIn } from '../../server/wechat/text-check.ts';
import { createServerToken } from '../../server/wechat/token.ts';
import type { Trouble } from '../../server/wechat/trouble.ts';
import { openShelf } from './shelf.ts';
import { APPID, FakeWechat, SECRET } from '../support/fake-wechat/fake-wechat.ts';

const { clock, store } = await openShelf();
let fake = await FakeWechat.start(() => clock.now());
let troubles: Trouble[];
let inspector: Inspector;
after(() => fake.stop());

beforeEach(async () => {
  await fake.stop();
  clock.advance(24 * 3_600_000);
  fake = await FakeWechat.start(() => clock.now());
  fake.login.code('openid-ann');
  inspector = open();
});

function open(openidOf = (user: string) => Promise.resolve(user === 'ann' ? 'openid-ann' : null)): Inspector {
  troubles = [];
  const onTrouble = (trouble: Trouble): void => void troubles.push(trouble);
  const api = createWechatApi({ base: fake.api, fetch, clock, maxCalls: 100 });
  const token = createServerToken({
    app: { appid: APPID, secret: SECRET },
    api,
    store,
    clock,
    newId,
    onTrouble,
  });
  const fuse = new Fuse({ name: newId(), most: { minute: 1_000, day: 10_000 }, store, clock });
  return createTextCheck({ api: createAuthorized({ api, token }), fuse, openidOf, onTrouble });
}

const judge = (text: string, user = 'ann') => inspector.text({ user, text, scene: 'message' });
const NO_ANSWER = { name: 'unknown', why: 'no-answer' };
const QUOTA = { name: 'unknown', why: 'quota' };

describe('S32: what WeChat says of a text', () => {
  test('result.suggest decides: pass, review, risky, with the label', async () => {
    assert.deepEqual(await judge('喝茶'), { name: 'pass' });
    assert.deepEqual(await judge('可疑的茶'), { name: 'review', label: 20_001 });
    assert.deepEqual(await judge('来赌博'), { name: 'risky', label: 20_012 });
    assert.deepEqual(fake.content.texts[0], { openid: 'openid-ann', content: '喝茶', scene: 2 });
    await inspector.text({ user: 'ann', text: '名字', scene: 'profile' });
    assert.equal(fake.content.texts.at(-1)?.scene, 1);
  });

  test('a person without an openid passes and WeChat is not asked', async () => {
    assert.deepEqual(await judge('来赌博', 'a bot'), { name: 'pass' });
    assert.deepEqual([fake.calls.text, fake.calls.token], [0, 0]);
  });

  test('61010, not seen for two hours: stale, and no trouble of the operator', async () => {
    clock.advance(2 * 3_600_000 + 1);
    assert.deepEqual(await judge('喝茶'), { name: 'unknown', why: 'stale' });
    assert.deepEqual(troubles, []);
  });

  test('45009: quota, and nobody is asked for the rest of the minute', async () => {
    fake.moods.text = { errcode: 45009 };
    assert.deepEqual(await judge('喝茶'), QUOTA);
    fake.moods.text = 'well';
    assert.deepEqual(await judge('喝茶'), QUOTA);
    assert.equal(fake.calls.text, 1);
    clock.advance(60_000);
    assert.deepEqual(await judge('喝茶'), { name: 'pass' });
  });

  test('silent for 3 s: no answer, asked once', async () => {
    await judge('喝茶');
    fake.moods.text = 'silent';
    const { pending } = clock;
    const waits = fake.nextWait();
    const verdict = judge('喝茶');
    await waits;
    clock.advance(CHECK_DEADLINE_MS);
    assert.deepEqual(await verdict, NO_ANSWER);
    assert.equal(fake.calls.text, 2);
    assert.equal(clock.pending, pending, 'a deadline was left behind');
  });

  test('busy, 5xx or HTML: asked once more at once; then no answer', async () => {
    for (const mood of ['busy', 'broken', 'html'] as const) {
      inspector = open();
      fake.moods.text = mood;
      const calls = fake.calls.text;
      assert.deepEqual(await judge('喝茶'), NO_ANSWER);
      assert.equal(fake.calls.text - calls, 2, mood);
    }
  });

  test('out of reach time after time: nobody is asked any more until a while has passed', async () => {
    fake.moods.text = 'broken';
    for (let n = 0; n < FAILURES; n += 1) await judge('喝茶');
    const calls = fake.calls.text;
    assert.deepEqual(await judge('喝茶'), QUOTA);
    assert.equal(fake.calls.text, calls);
    fake.moods.text = 'well';
    clock.advance(10_000);
    assert.deepEqual(await judge('喝茶'), { name: 'pass' });
  });

  test('a store that is away is no answer and no crash', async () => {
    inspector = open(() => Promise.reject(new Refusal('UNAVAILABLE', 'the store')));
    assert.deepEqual(await judge('喝茶'), NO_ANSWER);
  });

  test('trouble tells neither text, openid, token nor secret', async () => {
    for (const mood of ['busy', 'broken', { errcode: 40003 }] as const) {
      fake.moods.text = mood;
      await judge('一句悄悄话');
    }
    const told = JSON.stringify(troubles);
    assert.ok(troubles.length >= 3);
    for (const secret of ['悄悄话', 'openid-ann', SECRET, ...fake.token.given])
      assert.ok(!told.includes(secret), told);
  });
});

describe('a long text', () => {
  test('is judged in pieces of 2,500 characters that overlap; the worst piece decides', async () => {
    const text = `${'茶'.repeat(2_499)}赌博${'茶'.repeat(3_000)}`;
    const pieces = piecesOf(text);
    assert.deepEqual(
      pieces.map((piece) => [...piece].length),
      [2_500, 2_500, 601],
    );
    assert.deepEqual(await judge(text), { name: 'risky', label: 20_012 });
    assert.equal(fake.calls.text, 3);
  });

  test('of astral characters is cut between them; every character is in some piece', () => {
    const text = '🍵'.repeat(2_600);
    const pieces = piecesOf(text);
    assert.ok(pieces.every((piece) => piece.isWellFormed() && [...piece].length <= 2_500));
    assert.ok(pieces.reduce((sum, piece) => sum + [...piece].length, 0) >= 2_600);
    assert.deepEqual(piecesOf('茶'.repeat(2_500)).length, 1);
  });
});

test('a verdict is read from result alone; one that WeChat invents later is for a moderator', () => {
  assert.equal(verdictIn(undefined), null);
  assert.equal(verdictIn({ label: 100 }), null);
  assert.deepEqual(verdictIn({ suggest: 'block', label: 7 }), { name: 'review', label: 7 });
});
