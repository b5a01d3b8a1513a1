import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCalls, type WxFunction } from './call.ts';
import type { Shelf } from './storage.ts';
import { createSubscriptionsApi, TAP_COUNTS_MS } from './subscriptions.ts';

interface Choice {
  taken: string[];
  always: boolean;
}

function start(choice: Choice, sinceTapMs = 0) {
  const kept = new Map<string, string>();
  const asked: string[][] = [];
  const api = createSubscriptionsApi(
    {
      dialogs: {
        subscription(templates) {
          asked.push(templates);
          return Promise.resolve(choice);
        },
      },
      shelf: {
        getItem: (key: string) => kept.get(key) ?? null,
        setItem: (key: string, value: string) => void kept.set(key, value),
      } as Shelf,
      phone: 'alice',
      sinceTap: () => sinceTapMs,
    },
    createCalls((task) => task()),
  ) as { requestSubscribeMessage: WxFunction; getSetting: WxFunction };
  return { api, asked };
}

describe('a request for messages outside the app', () => {
  it('is answered for each template', async () => {
    const { api } = start({ taken: ['t1'], always: false });
    assert.deepEqual(await api.requestSubscribeMessage({ tmplIds: ['t1', 't2'] }), {
      errMsg: 'requestSubscribeMessage:ok',
      t1: 'accept',
      t2: 'reject',
    });
  });

  it('is put to the person again, unless they chose for always', async () => {
    const once = start({ taken: ['t1'], always: false });
    const always = start({ taken: ['t1'], always: true });
    for (const { api } of [once, always, once, always])
      await api.requestSubscribeMessage({ tmplIds: ['t1'] });
    assert.deepEqual([once.asked.length, always.asked.length], [2, 1]);
    const { subscriptionsSetting } = (await always.api.getSetting({ withSubscriptions: true })) as {
      subscriptionsSetting: { itemSettings: object };
    };
    assert.deepEqual(subscriptionsSetting.itemSettings, { t1: 'accept' });
  });

  it('is refused where nobody has tapped, and for no or too many templates', async () => {
    const late = start({ taken: [], always: false }, TAP_COUNTS_MS + 1).api;
    const { api, asked } = start({ taken: [], always: false });
    await assert.rejects(
      late.requestSubscribeMessage({ tmplIds: ['t1'] }) ?? Promise.resolve(),
      /TAP gesture/,
    );
    await assert.rejects(api.requestSubscribeMessage({ tmplIds: [] }) ?? Promise.resolve(), /can't be empty/);
    await assert.rejects(
      api.requestSubscribeMessage({ tmplIds: ['a', 'b', 'c', 'd'] }) ?? Promise.resolve(),
      /out of max bounds/,
    );
    assert.deepEqual(asked, []);
  });
});
