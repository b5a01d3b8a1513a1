import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCalls, Listeners, WxFailure } from './call.ts';
import { createWx } from './wx.ts';

const call = createCalls((task) => task());
const refuse = (): never => {
  throw new WxFailure('cancel', { errno: 7 });
};
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a function of wx', () => {
  it('without callbacks gives a promise', async () => {
    assert.deepEqual(await call('login', () => ({ code: 'c' }))(), { errMsg: 'login:ok', code: 'c' });
    await assert.rejects(call('login', refuse)()!, { errMsg: 'login:fail cancel', errno: 7 });
  });

  it('with any callback gives none, and calls them when it has returned', async () => {
    const heard: string[] = [];
    const given = call('login', () => ({ code: 'c' }))({
      success: (result) => heard.push(`success ${(result as { code: string }).code}`),
      complete: () => heard.push('complete'),
    });
    assert.deepEqual([given, heard], [undefined, []]);
    await settled();
    assert.deepEqual(heard, ['success c', 'complete']);
  });

  it('that nobody has written says its name, once, and is undefined', () => {
    const complaints: string[] = [];
    const wx = createWx([{ login: call('login', () => ({})) }], (words) => complaints.push(words));
    assert.equal(wx['scanCode'], undefined);
    assert.equal(wx['scanCode'], undefined);
    assert.deepEqual(complaints, ['wx.scanCode is unknown to the preview (test/simulator/phone/wx/)']);
    assert.deepEqual((wx['canIUse'] as (name: string) => boolean)('login.success'), true);
  });
});

it('a listener taken away hears no more; without naming one, all are', () => {
  const listeners = new Listeners<number>();
  const heard: string[] = [];
  const first = (n: number): void => void heard.push(`first ${n}`);
  listeners.on(first);
  listeners.on((n) => heard.push(`second ${n}`));
  listeners.emit(1);
  listeners.off(first);
  listeners.emit(2);
  listeners.off();
  listeners.emit(3);
  assert.deepEqual(heard, ['first 1', 'second 1', 'second 2']);
});
