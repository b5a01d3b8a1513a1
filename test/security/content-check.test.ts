/** S32: nobody reads what WeChat calls risky for longer than the operator allows, and a slow WeChat slows nobody. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Entry, RoomId } from '../../miniprogram/protocol/objects.ts';
import { adminOf } from '../support/admin.ts';
import type { RawClient } from '../support/raw-client.ts';
import { waitFor } from '../support/wait-for.ts';
import { openStage } from './wechat-stage.ts';

const recalled = (client: RawClient, room: RoomId, seq: number): boolean =>
  client.entries(room).some(({ kind, target, from }) => kind === 'recall' && target === seq && from === '');
const textOf = (entry: Entry | undefined): unknown => (entry?.body as { text?: string } | undefined)?.text;

describe('S32 checked after', () => {
  test('pass stays, risky is taken back by the server on every phone and in the store', async (t) => {
    const { arrive, room } = await openStage(t, { CONTENT_CHECK: 'after' });
    const [ann, ben] = [await arrive('ann'), await arrive('ben')];
    const id = await room([ann, ben]);
    const good = await ann.client.sendText(id, 'c1', '喝茶');
    const bad = await ann.client.sendText(id, 'c2', '来赌博');
    await ben.client.until('the recall', () => recalled(ben.client, id, bad.seq));
    const log = await ben.client.history(id);
    assert.equal(textOf(log.find(({ seq }) => seq === good.seq)), '喝茶');
    assert.deepEqual(log.find(({ seq }) => seq === bad.seq)?.body, {});
  });

  test('an acknowledgement never waits for WeChat: 200 sends are answered while no check is', async (t) => {
    const { fake, arrive, room } = await openStage(t, { CONTENT_CHECK: 'after' });
    const ann = await arrive('ann');
    const id = await room([ann]);
    fake.moods.text = 'held';
    for (let burst = 0; burst < 10; burst += 1) {
      const texts = Array.from({ length: 20 }, (_, i) => `喝茶 ${burst} ${i}`);
      await Promise.all(texts.map((text, i) => ann.client.sendText(id, `c-${burst}-${i}`, text)));
    }
    assert.equal(fake.content.texts.length, 0, 'WeChat has judged none of them');
    fake.release();
    fake.moods.text = 'well';
  });

  test('WeChat out of quota, not answering, or not having seen the person: open lets it be', async (t) => {
    const { fake, arrive, room } = await openStage(t, { CONTENT_CHECK: 'after' });
    const [ann, ben] = [await arrive('ann'), await arrive('ben')];
    const id = await room([ann, ben]);
    fake.moods.text = { errcode: 61010 };
    await ann.client.sendText(id, 'c1', '来赌博');
    fake.moods.text = { errcode: 45009 };
    const { seq } = await ann.client.sendText(id, 'c2', '来赌博');
    await ben.client.until('both', () => ben.client.entries(id).some((entry) => entry.seq === seq));
    assert.equal(ben.client.entries(id).filter(({ kind }) => kind === 'recall').length, 0);
  });

  test('closed takes back what WeChat would not judge (61010)', async (t) => {
    const { fake, arrive, room } = await openStage(t, {
      CONTENT_CHECK: 'after',
      CONTENT_CHECK_FAIL: 'closed',
    });
    const ann = await arrive('ann');
    const id = await room([ann]);
    fake.moods.text = { errcode: 61010 };
    const { seq } = await ann.client.sendText(id, 'c1', '喝茶');
    await ann.client.until('the recall', () => recalled(ann.client, id, seq));
  });
});

describe('S32 checked before', () => {
  test('the hello says so; risky is BLOCKED_CONTENT and nobody ever sees it; review is stored', async (t) => {
    const { server, arrive, room } = await openStage(t, { CONTENT_CHECK: 'before' });
    const [ann, ben] = [await arrive('ann'), await arrive('ben')];
    assert.equal(ann.hello.check, 'before');
    const id = await room([ann, ben]);
    await assert.rejects(ann.client.sendText(id, 'c1', '来赌博'), /BLOCKED_CONTENT/);
    const { seq } = await ann.client.sendText(id, 'c2', '可疑的茶');
    await ben.client.until('the review', () => ben.client.entries(id).some((entry) => entry.seq === seq));
    assert.ok(!JSON.stringify(await ben.client.history(id)).includes('赌博'));
    // The report is written after the entry, and holds nobody's acknowledgement back.
    let found: { target: number; note: string }[] = [];
    await waitFor('the report', async () => {
      found = (await adminOf(server).get('/reports')).body['reports'] as typeof found;
      return found.length > 0;
    });
    assert.deepEqual(
      found.map(({ target, note }) => [target, note]),
      [[seq, 'label 20001']],
    );
  });

  test('every way in which WeChat fails: open stores, closed is UNAVAILABLE with a time to come again', async (t) => {
    for (const fail of ['open', 'closed']) {
      const { fake, arrive, room } = await openStage(t, {
        CONTENT_CHECK: 'before',
        CONTENT_CHECK_FAIL: fail,
      });
      const ann = await arrive('ann');
      const id = await room([ann]);
      for (const mood of [{ errcode: 61010 }, 'busy', 'broken', 'html', { errcode: 45009 }] as const) {
        fake.moods.text = mood;
        const sent = ann.client.sendText(id, `c-${JSON.stringify(mood).replace(/\W/g, '')}`, '喝茶');
        if (fail === 'open') await sent;
        else
          await assert.rejects(sent, ({ error }: { error: { code: string; retryAfterMs: number } }) => {
            assert.deepEqual([error.code, error.retryAfterMs], ['UNAVAILABLE', 10_000]);
            return true;
          });
      }
    }
  });

  test('names of people and rooms are held to the same', async (t) => {
    const { server, arrive, room } = await openStage(t, { CONTENT_CHECK: 'after' });
    const ann = await arrive('ann');
    const id = await room([ann]);
    const rename = { room: id, cid: 'r1', action: 'rename', name: '赌博群' } as const;
    await assert.rejects(ann.client.ask('room.manage', rename), /BLOCKED_CONTENT/);
    await assert.rejects(ann.client.ask('room.create', { kind: 'group', name: '赌博' }), /BLOCKED_CONTENT/);
    const answer = await fetch(`${server.url}/v1/me`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${ann.login.access}` },
      body: JSON.stringify({ name: '赌博王' }),
    });
    assert.equal(answer.status, 422);
  });
});
