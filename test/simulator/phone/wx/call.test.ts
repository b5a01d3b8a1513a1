import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Complaints } from '../complaints.ts';
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
    const said: string[] = [];
    const complaints = new Complaints((words) => said.push(words));
    const wx = createWx([{ login: call('login', () => ({})) }], (what) => complaints.miss(what));
    assert.equal(wx['scanCode'], undefined);
    assert.equal(wx['scanCode'], undefined);
    assert.deepEqual(said, ['wx.scanCode is unknown to the preview (test/simulator/README.md)']);
    assert.deepEqual(complaints.missing, ['wx.scanCode']);
    const canIUse = wx['canIUse'] as (name: string) => boolean;
    assert.deepEqual(['login.success', 'swiper', 'map'].map(canIUse), [true, true, false]);
    assert.deepEqual(complaints.missing, ['wx.scanCode'], 'to ask is not to miss');
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
