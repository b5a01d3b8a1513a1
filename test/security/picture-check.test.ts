/** S32 for pictures: WeChat fetches them by a signed address, and its push takes back what is risky. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RoomId } from '../../miniprogram/protocol/objects.ts';
import { PUSH_KEY, PUSH_TOKEN } from '../support/fake-wechat/fake-wechat.ts';
import { echoQuery, pushOf } from '../support/fake-wechat/push.ts';
import { upload } from '../support/files.ts';
import { png } from '../support/pictures.ts';
import { openStage, type Person, type Stage } from './wechat-stage.ts';

const ENV = {
  WECHAT_PUSH_TOKEN: PUSH_TOKEN,
  WECHAT_PUSH_KEY: PUSH_KEY,
  PUBLIC_URL: 'https://chat.example.org/',
  LIMITS: 'sends=10000/10000',
};

async function sendPicture({ server }: Stage, { client, login }: Person, room: RoomId, file?: string) {
  const id = file ?? (await upload(server.url, login, png(8, 8))).file;
  const body = { file: id, w: 8, h: 8, size: 1 };
  const send = (cid: string) => client.ask('message.send', { room, cid, kind: 'image', body });
  return { file: id, send };
}

/** As WeChat does when it has looked. */
async function tell(
  { fake, server }: Stage,
  traceId: string,
  result: Parameters<typeof fake.content.mediaEvent>[1],
) {
  const { query, body } = pushOf(fake.content.mediaEvent(traceId, result), { at: Date.now(), mode: 'safe' });
  return fetch(`${server.url}/wechat/push?${String(query)}`, { method: 'POST', body });
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000 && !holds(); turn += 1) await new Promise(setImmediate);
  assert.ok(holds(), what);
}

test('after: a picture is shown, WeChat can fetch it, and a risky one is taken back in every room', async (t) => {
  const stage = await openStage(t, { ...ENV, CONTENT_CHECK: 'after' });
  const [ann, ben] = [await stage.arrive('ann'), await stage.arrive('ben')];
  const rooms = [await stage.room([ann, ben]), await stage.room([ann, ben])] as const;
  const first = await sendPicture(stage, ann, rooms[0]);
  const shown = await first.send('p1');
  await until('WeChat was asked', () => stage.fake.content.media.length === 1);
  const again = await sendPicture(stage, ann, rooms[1], first.file);
  await again.send('p2');
  const [asked] = stage.fake.content.media;
  assert.ok(asked);
  assert.match(asked.url, /^https:\/\/chat\.example\.org\/v1\/files\//);
  const { pathname, search } = new URL(asked.url);
  assert.equal((await fetch(stage.server.url + pathname + search)).headers.get('content-type'), 'image/png');
  const answer = await tell(stage, asked.traceId, { suggest: 'risky', label: 20_002 });
  assert.equal(await answer.text(), 'success');
  for (const room of rooms) {
    await ben.client.until('the recall', () =>
      ben.client.entries(room).some(({ kind, from }) => kind === 'recall' && from === ''),
    );
  }
  const log = await ben.client.history(rooms[0]);
  assert.deepEqual(log.find(({ seq }) => seq === shown.seq)?.body, {});
  assert.equal(stage.fake.content.media.length, 1, 'WeChat was asked once');
});

test('before: a picture waits for its verdict and then is sent by the same cid, or never', async (t) => {
  const stage = await openStage(t, { ...ENV, CONTENT_CHECK: 'before' });
  const ann = await stage.arrive('ann');
  const room = await stage.room([ann]);
  for (const [suggest, expected] of [
    ['pass', null],
    ['risky', /BLOCKED_CONTENT/],
  ] as const) {
    const { send } = await sendPicture(stage, ann, room);
    await assert.rejects(send(`p-${suggest}`), /UNAVAILABLE body.file: is being checked/);
    const asked = stage.fake.content.media.at(-1);
    await tell(stage, asked?.traceId ?? '', { suggest, label: 100 });
    const again = send(`p-${suggest}`);
    await (expected === null ? again : assert.rejects(again, expected));
  }
});

test('before, and WeChat could not fetch it: open sends it, closed does not', async (t) => {
  for (const fail of ['open', 'closed']) {
    const stage = await openStage(t, { ...ENV, CONTENT_CHECK: 'before', CONTENT_CHECK_FAIL: fail });
    const ann = await stage.arrive('ann');
    const room = await stage.room([ann]);
    const { send } = await sendPicture(stage, ann, room);
    await assert.rejects(send('p1'), /is being checked/);
    stage.fake.moods.media = { errcode: 45009 };
    await tell(stage, stage.fake.content.media.at(-1)?.traceId ?? '', { errcode: -1008 });
    await (fail === 'open'
      ? send('p1')
      : assert.rejects(send('p1'), /UNAVAILABLE body.file: cannot be checked now/));
  }
});

test('the address answers WeChat alone: its question, its signature, its key', async (t) => {
  const stage = await openStage(t, { ...ENV, CONTENT_CHECK: 'after' });
  const address = `${stage.server.url}/wechat/push`;
  const echo = await fetch(`${address}?${String(echoQuery('4711', { at: Date.now() }))}`);
  assert.deepEqual([echo.status, await echo.text()], [200, '4711']);
  assert.equal(
    (await fetch(`${address}?${String(echoQuery('4711', { at: Date.now(), token: 'x' }))}`)).status,
    403,
  );
  const event = stage.fake.content.mediaEvent('none', { suggest: 'risky', label: 1 });
  const clear = pushOf(event, { at: Date.now() });
  assert.equal(
    (await fetch(`${address}?${String(clear.query)}`, { method: 'POST', body: clear.body })).status,
    400,
  );
  const forged = pushOf(event, { at: Date.now(), mode: 'safe', token: 'x' });
  assert.equal(
    (await fetch(`${address}?${String(forged.query)}`, { method: 'POST', body: forged.body })).status,
    403,
  );
  assert.equal((await tell(stage, 'nobody-asked', { suggest: 'risky', label: 1 })).status, 200);
});

test('without a push token there is no such address', async (t) => {
  const stage = await openStage(t, { CONTENT_CHECK: 'after' });
  assert.equal((await fetch(`${stage.server.url}/wechat/push?echostr=1`)).status, 404);
  assert.ok(stage.server.logs.some((line) => line.includes('pictures and voices are not checked')));
});
