import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWxSubscribe, type WxSubscribe } from '../../miniprogram/net/wx-subscribe.ts';

type Option = WechatMiniprogram.RequestSubscribeMessageOption;
const platform = (act: (option: Option) => void): WxSubscribe =>
  ({ requestSubscribeMessage: act }) as unknown as WxSubscribe;

test('the answers of the person are given by template, without what WeChat adds', async () => {
  const ask = createWxSubscribe(
    platform(({ tmplIds, success }) => {
      const answers: Record<string, string> = {};
      for (const id of tmplIds as string[]) answers[id] = 'accept';
      success?.({ errMsg: 'requestSubscribeMessage:ok', ...answers });
    }),
  );
  assert.deepEqual(await ask(['D', 'M']), { D: 'accept', M: 'accept' });
});

test('where nobody was asked it rejects', async () => {
  const ask = createWxSubscribe(
    platform(({ fail }) => fail?.({ errCode: 20004, errMsg: 'requestSubscribeMessage:fail' })),
  );
  await assert.rejects(ask(['D']), /requestSubscribeMessage:fail/);
});
