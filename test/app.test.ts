/** The mini-program's composition root on a fake `wx`: what DevTools would run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../miniprogram/config.ts';
import type { ChahuaApp } from '../typings/app.d.ts';
import { FakeStorage } from './support/fake-storage.ts';
import { FakeWx } from './support/fake-wx.ts';
import { FakeServer } from './support/fake-server.ts';
import { ManualClock } from './support/manual-clock.ts';

interface AppOptions extends ChahuaApp {
  onLaunch(): void;
  onShow(): void;
  onHide(): void;
}

test('the app composes, signs in by wx.login, and hands show, hide and the network to the client', async () => {
  const clock = new ManualClock();
  const server = new FakeServer(clock);
  server.room('r1', ['the code of wx.login']);
  const urls: string[] = [];
  const network = {
    connect: (url: string, events: Parameters<FakeServer['connect']>[1]) => {
      urls.push(url);
      return server.connect(url, events);
    },
    fetch: (call: Parameters<FakeServer['fetch']>[0]) => server.fetch(call),
  };
  const fake = new FakeWx({ network, clock, storage: new FakeStorage() });
  const phone: { network?: (result: { isConnected: boolean }) => void } = {};
  const toasts: string[] = [];
  const more = {
    getExtConfigSync: () => ({ server: 'http://192.0.2.1:9999/' }),
    getDeviceInfo: () => ({ platform: 'devtools' }),
    getAppBaseInfo: () => ({ language: 'zh_CN' }),
    nextTick: queueMicrotask,
    showToast: ({ title }: { title: string }) => void toasts.push(title),
    login: ({ success }: { success: (result: { code: string }) => void }) =>
      success({ code: 'the code of wx.login' }),
    onNetworkStatusChange: (listener: typeof phone.network) => void (phone.network = listener!),
  };
  const made: AppOptions[] = [];
  Object.assign(globalThis, {
    wx: Object.assign(fake, more),
    App: (options: AppOptions) => made.push(options),
  });
  await import('../miniprogram/app.ts');

  const app = made[0]!;
  const link = (): string => app.store.state.link.name;
  app.onLaunch();
  app.onShow();
  assert.deepEqual(app.store.state.session, { name: 'signed-out' });
  const signedIn = app.engine.signIn();
  await clock.run(500);
  await signedIn;
  await clock.run(500);
  assert.equal(link(), 'live');
  assert.deepEqual(app.store.state.order, ['r1']);
  assert.deepEqual(urls, ['ws://192.0.2.1:9999/ws']);
  const hello = server.heard.find(({ op }) => op === 'session.hello');
  assert.equal((hello?.body['device'] as { platform: string }).platform, 'devtools');

  server.push([...server.rooms.get('r1')!.members], 'report', { room: 'r1', target: 1, action: 'mute' });
  await clock.run(100);
  assert.deepEqual(toasts, ['你举报的用户已被禁言，感谢反馈']);

  app.onHide();
  fake.breakSockets();
  assert.equal(link(), 'waiting');
  app.onShow();
  await clock.run(500);
  assert.equal(link(), 'live');
  fake.isCut = true;
  fake.breakSockets();
  phone.network?.({ isConnected: false });
  assert.equal(link(), 'offline');
  await app.engine.signOut();
});

test('without configuration the server is the one of development', () => {
  const development = { serverUrl: 'http://127.0.0.1:8080', socketUrl: 'ws://127.0.0.1:8080/ws' };
  for (const ext of [undefined, null, {}, { server: 7 }]) assert.deepEqual(readConfig(ext), development);
});

test('a configured server is met by wss where it is https', () => {
  assert.deepEqual(readConfig({ server: 'https://chat.example.org/' }), {
    serverUrl: 'https://chat.example.org',
    socketUrl: 'wss://chat.example.org/ws',
  });
});
