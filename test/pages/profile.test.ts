import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal, settleIn, xiaoming, type PageApp } from '../support/page-app.ts';
import { onEmptyStage } from '../support/page-stage.ts';
import type { PageWx } from '../support/page-wx.ts';
import { mountPage, settle, type Rendered } from '../support/simulate.ts';

let app: PageApp;
let wx: PageWx;
onEmptyStage((stage) => ({ app, wx } = stage));

async function open() {
  const page = mountPage('pages/profile/profile', { app });
  await settle();
  return page;
}

async function submit(page: Rendered, name: string) {
  const { onSubmit } = page.instance as { onSubmit(event: object): void };
  onSubmit.call(page.instance, { detail: { value: { name } } });
  await settle();
}

async function signOut(page: Rendered) {
  page.querySelector('.sign-out')?.dispatchEvent('tap');
  await settle();
}

test('somebody signed in sees name and picture, and hears of a change', async () => {
  settleIn(app);
  const page = await open();
  assert.equal(page.querySelector('.face')?.dom.textContent, '小');
  app.store.set('session', { name: 'signed-in', user: { ...xiaoming, name: '大明' } });
  await settle();
  assert.equal(page.data['name'], '大明');
});

test('the name is taken from the form when it is submitted, without the spaces around it', async () => {
  settleIn(app);
  const page = await open();
  await submit(page, ' 大明 ');
  assert.deepEqual(app.calls, [['changeProfile', { name: '大明' }]]);
  assert.equal(wx.asked('showToast').length, 1);
});

test('a name that will not do is not sent, and the page says why', async () => {
  settleIn(app);
  const page = await open();
  await submit(page, '  ');
  assert.equal(page.querySelector('.problem')?.dom.textContent, '请填写昵称');
  await submit(page, '名'.repeat(33));
  assert.match(page.querySelector('.problem')?.dom.textContent ?? '', /32/);
  assert.deepEqual(app.calls, []);
  await submit(page, '名'.repeat(32));
  assert.equal(page.querySelector('.problem'), undefined);
  assert.equal(app.calls.length, 1);
});

test('the same name again is not sent', async () => {
  settleIn(app);
  await submit(await open(), '小明');
  assert.deepEqual(app.calls, []);
});

test('a chosen picture goes to the engine', async () => {
  settleIn(app);
  const page = await open();
  page.querySelector('.face')?.dispatchEvent('chooseavatar', { detail: { avatarUrl: 'http://tmp/1.png' } });
  await settle();
  assert.deepEqual(app.calls, [['changeAvatar', 'http://tmp/1.png']]);
});

test('a server that keeps no pictures is named as the reason', async () => {
  settleIn(app);
  app.answers.changeAvatar = () => refusal('BAD_REQUEST');
  const page = await open();
  page.querySelector('.face')?.dispatchEvent('chooseavatar', { detail: { avatarUrl: 'http://tmp/1.png' } });
  await settle();
  assert.match(page.querySelector('.problem')?.dom.textContent ?? '', /还不能保存头像/);
});

test('a change that is refused is told in words, and the next one may be tried', async () => {
  settleIn(app);
  app.answers.changeProfile = () => refusal('BLOCKED_CONTENT');
  const page = await open();
  await submit(page, '大明');
  assert.match(page.querySelector('.problem')?.dom.textContent ?? '', /内容不合规/);
  await submit(page, '大明');
  assert.equal(app.calls.length, 2);
});

test('while one change is being saved a second is not begun', async () => {
  settleIn(app);
  app.answers.changeProfile = () => new Promise(() => undefined);
  const page = await open();
  await submit(page, '大明');
  await submit(page, '老明');
  assert.equal(app.calls.length, 1);
});

test('signing out is asked for, names what waits, and leads to the sign-in page', async () => {
  settleIn(app);
  app.store.set('waiting', 2);
  await signOut(await open());
  assert.match((wx.asked('showModal')[0] as { content: string }).content, /2 条消息没有发出/);
  assert.deepEqual(app.calls, [['signOut']]);
  assert.deepEqual(wx.asked('reLaunch'), [{ url: '/pages/sign-in/sign-in' }]);
});

test('signing out without a network still leads to the sign-in page, if it took place', async () => {
  settleIn(app);
  app.answers.signOut = () => refusal('OFFLINE');
  const page = await open();
  await signOut(page);
  assert.deepEqual(wx.asked('reLaunch'), []);
  assert.equal(page.querySelector('.problem')?.dom.textContent, '网络未连接');
  app.answers.signOut = () => {
    app.store.set('session', { name: 'signed-out', why: 'left' });
    return refusal('OFFLINE');
  };
  await signOut(page);
  assert.deepEqual(wx.asked('reLaunch'), [{ url: '/pages/sign-in/sign-in' }]);
});

test('who thinks better of it stays signed in', async () => {
  settleIn(app);
  wx.confirms = false;
  await signOut(await open());
  assert.deepEqual(app.calls, []);
  assert.deepEqual(wx.asked('reLaunch'), []);
});

test('signed out there is nothing to change and nothing to leave, but a way to sign in', async () => {
  app.store.set('session', { name: 'signed-out', why: 'expired' });
  const page = await open();
  assert.match(page.dom.textContent, /登录已失效.*去登录/s);
  assert.equal(page.querySelector('.face'), undefined);
  assert.equal(page.querySelector('.sign-out'), undefined);
});

test('banned, one can still leave', async () => {
  app.store.set('session', { name: 'barred', closeCode: 4501, reason: 'x' });
  const page = await open();
  assert.match(page.dom.textContent, /账号已被封禁/);
  await signOut(page);
  assert.deepEqual(app.calls, [['signOut']]);
});

test('the phone’s storage is told, and clearing it asks first and keeps what waits', async () => {
  settleIn(app);
  const page = await open();
  assert.match(page.dom.textContent, /12 KB/);
  wx.confirms = false;
  await clear(page);
  assert.deepEqual(app.calls, []);
  wx.confirms = true;
  wx.kilobytes = 3072;
  await clear(page);
  assert.match((wx.asked('showModal')[0] as { content: string }).content, /未发出的消息和草稿会保留/);
  assert.deepEqual(app.calls, [['clearCache']]);
  assert.match(page.dom.textContent, /3\.0 MB/);
});

test('theme and version are told; the privacy points open and close', async () => {
  wx.theme = 'dark';
  settleIn(app);
  const page = await open();
  assert.match(page.dom.textContent, /深色/);
  assert.match(page.dom.textContent, /1\.2\.3/);
  assert.equal(page.querySelectorAll('.point').length, 0);
  const { onPrivacy } = page.instance as { onPrivacy(): void };
  onPrivacy.call(page.instance);
  await settle();
  assert.ok(page.querySelectorAll('.point').length > 3);
});

test('the way to save appears when the name in the field is another', async () => {
  settleIn(app);
  const page = await open();
  assert.equal(page.querySelector('.main'), undefined);
  page.querySelector('.input')?.dispatchEvent('input', { detail: { value: '大明' } });
  await settle();
  assert.ok(page.querySelector('.main'));
  page.querySelector('.input')?.dispatchEvent('input', { detail: { value: ' 小明 ' } });
  await settle();
  assert.equal(page.querySelector('.main'), undefined);
});

async function clear(page: Rendered) {
  const { onClear } = page.instance as { onClear(): Promise<void> };
  await onClear.call(page.instance);
  await settle();
}
