import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal, xiaoming, type PageApp } from '../support/page-app.ts';
import { onEmptyStage } from '../support/page-stage.ts';
import type { PageWx } from '../support/page-wx.ts';
import { mountPage, settle, type Rendered } from '../support/simulate.ts';

let app: PageApp;
let wx: PageWx;
onEmptyStage((stage) => {
  ({ app, wx } = stage);
  app.store.set('session', { name: 'signed-out' });
});

async function open() {
  const page = mountPage('pages/sign-in/sign-in', { app });
  await settle();
  return page;
}

async function tap(page: Rendered, selector: string) {
  page.querySelector(selector)?.dispatchEvent('tap');
  await settle();
}

test('the button signs in by WeChat', async () => {
  await tap(await open(), '.main');
  assert.deepEqual(app.calls, [['signIn']]);
});

test('in a development build one signs in by name', async () => {
  const page = await open();
  page.querySelector('.name')?.dispatchEvent('input', { detail: { value: ' alice ' } });
  await settle();
  await tap(page, '.plain');
  assert.deepEqual(app.calls, [['signInAs', 'alice']]);
});

test('no name is nobody', async () => {
  const page = await open();
  page.querySelector('.name')?.dispatchEvent('input', { detail: { value: ' \u200b' } });
  await settle();
  await tap(page, '.plain');
  assert.deepEqual(app.calls, []);
});

for (const version of ['trial', 'release']) {
  test(`a ${version} build offers no name`, async () => {
    wx.envVersion = version;
    const page = await open();
    assert.ok(page.querySelector('.main'));
    assert.equal(page.querySelector('.name'), undefined);
    assert.equal(page.querySelector('.plain'), undefined);
  });
}

test('once the tree says who is signed in, the rooms are opened, once', async () => {
  await open();
  app.store.set('session', { name: 'signed-in', user: xiaoming });
  await settle();
  app.store.set('session', { name: 'signed-in', user: { ...xiaoming, name: '大明' } });
  await settle();
  assert.deepEqual(wx.asked('switchTab'), [{ url: '/pages/rooms/rooms' }]);
});

test('somebody who is signed in already does not stay', async () => {
  app.store.set('session', { name: 'signed-in', user: xiaoming });
  await open();
  assert.equal(wx.asked('switchTab').length, 1);
});

test('a sign-in that fails is told in words and can be tried again', async () => {
  app.answers.signIn = () => refusal('UNAVAILABLE');
  const page = await open();
  await tap(page, '.main');
  assert.match(page.querySelector('.problem')?.dom.textContent ?? '', /服务暂时不可用/);
  await tap(page, '.main');
  assert.equal(app.calls.length, 2);
});

test('while one sign-in is under way a second is not begun', async () => {
  app.answers.signIn = () => new Promise(() => undefined);
  const page = await open();
  await tap(page, '.main');
  await tap(page, '.main');
  assert.equal(app.calls.length, 1);
});

test('a login that expired is named as the reason', async () => {
  app.store.set('session', { name: 'signed-out', why: 'expired' });
  assert.match((await open()).dom.textContent, /登录已失效/);
});

test('a sign-in that is refused by a ban says why and until when', async () => {
  const until = new Date(2099, 4, 1, 8, 30).getTime();
  app.answers.signIn = () =>
    Promise.reject(Object.assign(new Error(), { code: 'BANNED', until, reason: '刷屏' }));
  const page = await open();
  await tap(page, '.main');
  const told = page.querySelector('.problem')?.dom.textContent ?? '';
  assert.match(told, /账号已被封禁.*封禁至 2099\/5\/1 08:30.*原因：刷屏/);
});
