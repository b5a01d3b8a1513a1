/** What is checked after it was shown is checked also where its server is killed meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../server/clock.ts';
import { OVERDUE_MS } from '../../server/domain/overdue-texts.ts';
import type { Clock } from '../../server/domain/ports.ts';
import { APPID, FakeWechat, SECRET } from '../support/fake-wechat/fake-wechat.ts';
import { loginWith, RawClient } from '../support/raw-client.ts';
import { startServer } from '../support/server.ts';
import { ServerProcess } from '../support/server-process.ts';
import { waitFor } from '../support/wait-for.ts';

/** A clock that is ahead, and does in a moment what is done once a minute. */
const later: Clock = {
  ...systemClock,
  now: () => systemClock.now() + OVERDUE_MS + 1_000,
  every: (ms, run) => systemClock.every(ms === 60_000 ? 50 : ms, run),
};

test('killed -9 while WeChat judges: the next server asks again, and takes back what is risky', async (t) => {
  const fake = await FakeWechat.start(() => Date.now());
  t.after(() => fake.stop());
  const env = {
    WECHAT_APPID: APPID,
    WECHAT_SECRET: SECRET,
    WECHAT_API: fake.api,
    CONTENT_CHECK: 'after',
  };
  const first = await ServerProcess.start({ env });
  t.after(() => first.stop());
  const enter = async (url: string): Promise<RawClient> => {
    const login = await loginWith(url, { code: fake.login.code('OPENID-MARKER-ann', 'UNIONID-MARKER-ann') });
    const client = await RawClient.connect(url);
    await client.hello({ token: login.access });
    return client;
  };
  const ann = await enter(first.url);
  const { room } = await ann.ask('room.create', { kind: 'group', members: [] });
  fake.moods.text = 'held';
  const bad = await ann.sendText(room.id, 'c1', '来赌博');
  const good = await ann.sendText(room.id, 'c2', '喝茶');
  await waitFor('both are asked of', () => fake.holding === 2);
  await first.kill9();
  fake.moods.text = 'well';
  fake.release();

  const second = await startServer(t, { env: { ...env, DATA_DIR: first.dataDir }, clock: later });
  const again = await enter(second.url);
  const bodyOf = async (seq: number) => (await again.history(room.id)).find((one) => one.seq === seq)?.body;
  for (let tries = 0; tries < 200 && 'text' in ((await bodyOf(bad.seq)) ?? {}); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual(await bodyOf(bad.seq), {}, 'taken back');
  assert.deepEqual(await bodyOf(good.seq), { text: '喝茶' });
});
