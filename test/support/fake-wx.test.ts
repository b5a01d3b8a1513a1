/** The fake that other tests trust has to fail where a client does wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeStorage } from './fake-storage.ts';
import { FakeWx } from './fake-wx.ts';
import type { WireEvents } from './fake-wx.ts';
import { ManualClock } from './manual-clock.ts';

function setUp() {
  const clock = new ManualClock();
  const connect = (_url: string, events: WireEvents) => {
    clock.after(1, () => events.opened());
    return { send: () => undefined, close: () => undefined };
  };
  const network = { connect, fetch: () => Promise.reject(new Error('no HTTP here')) };
  return { clock, wx: new FakeWx({ network, clock, storage: new FakeStorage() }) };
}

test('two sockets alive at once are an uncaught error', async () => {
  const { wx } = setUp();
  const thrown = new Promise<Error>((resolve) => {
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => {
      others.forEach((listener) => process.on('uncaughtException', listener));
      resolve(error);
    });
  });
  wx.connectSocket({ url: 'ws://server' });
  wx.connectSocket({ url: 'ws://server' });
  assert.match((await thrown).message, /Two live sockets/);
});

test('a socket closed, or lost by the platform, makes room for the next', () => {
  const { wx } = setUp();
  wx.connectSocket({ url: 'ws://server' }).close({});
  wx.connectSocket({ url: 'ws://server' });
  wx.loseSockets();
  wx.connectSocket({ url: 'ws://server' });
  assert.deepEqual([wx.opened, wx.alive], [3, 1]);
});

test('what happens while JS is frozen happens together when it thaws; to an app that is gone, nothing', () => {
  const { clock, wx } = setUp();
  const happened: string[] = [];
  wx.clock.after(10, () => happened.push('a'));
  const undo = wx.clock.after(20, () => happened.push('undone'));
  wx.clock.after(30, () => happened.push('b'));
  wx.freeze();
  clock.advance(100);
  undo();
  assert.equal(happened.length, 0);
  wx.thaw();
  assert.deepEqual(happened, ['a', 'b']);
  wx.clock.after(10, () => happened.push('c'));
  wx.end();
  clock.advance(100);
  assert.deepEqual(happened, ['a', 'b']);
});

test('storage refuses more than 1 MB a key and more than its limit, and keeps what was there', () => {
  const storage = new FakeStorage();
  assert.throws(() => storage.set('big', 'x'.repeat(1_048_576)));
  storage.set('a', { n: 1 });
  storage.limit = storage.size;
  assert.throws(() => storage.set('b', 1));
  assert.throws(() => storage.set('a', { n: 12 }));
  assert.deepEqual(storage.get('a'), { n: 1 });
  assert.equal(storage.get('b'), '');
});
