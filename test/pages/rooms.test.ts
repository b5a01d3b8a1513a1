import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal, room, settleIn, type PageApp } from '../support/page-app.ts';
import { onEmptyStage } from '../support/page-stage.ts';
import type { PageWx } from '../support/page-wx.ts';
import { mountPage, settle, unmountAll } from '../support/simulate.ts';

let app: PageApp;
let wx: PageWx;
onEmptyStage((stage) => ({ app, wx } = stage));

async function open() {
  const page = mountPage('pages/rooms/rooms', { app });
  await settle();
  return page;
}

test('while nothing is known the page says that it is opening', async () => {
  assert.match((await open()).dom.textContent, /正在打开/);
});

test('the rooms are shown with their last words, and a change of one reaches the page', async () => {
  settleIn(app);
  const page = await open();
  assert.equal(page.querySelectorAll('.room').length, 2);
  app.store.put('rooms', 'hall', room({ id: 'hall', name: '大厅', unread: 3, typing: ['u2'] }));
  await settle();
  const [first] = page.querySelectorAll('.below');
  assert.equal(first?.dom.textContent, '小红正在输入…');
  assert.equal(page.querySelector('.badge')?.dom.textContent, '3');
});

test('nobody to talk to is said, not left blank', async () => {
  settleIn(app);
  app.store.set('order', []);
  assert.match((await open()).dom.textContent, /还没有聊天/);
});

test('a tap opens the chat', async () => {
  settleIn(app);
  const page = await open();
  page.querySelectorAll('.room')[1]?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(wx.asked('navigateTo'), [{ url: '/pages/chat/chat?room=red' }]);
});

test('a tap on a room in which one was called asks to be told of such calls; any other tap does not', async () => {
  settleIn(app);
  const page = await open();
  page.querySelectorAll('.room')[1]?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(app.asked, []);
  app.store.put('rooms', 'hall', room({ id: 'hall', name: '大厅', unread: 1, called: 3 }));
  await settle();
  page.querySelectorAll('.room')[0]?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(app.asked, ['mention']);
});

test('somebody signed out is led to the sign-in page, once', async () => {
  app.store.set('session', { name: 'signed-out' });
  await open();
  app.store.set('session', { name: 'signed-out', why: 'expired' });
  await settle();
  assert.deepEqual(wx.asked('reLaunch'), [{ url: '/pages/sign-in/sign-in' }]);
});

test('signed out while another page covers this one, nobody is torn away', async () => {
  settleIn(app);
  const page = await open();
  (page.instance as { onHide(): void }).onHide();
  app.store.set('session', { name: 'signed-out', why: 'expired' });
  await settle();
  assert.deepEqual(wx.asked('reLaunch'), []);
  (page.instance as { onShow(): void }).onShow();
  assert.equal(wx.asked('reLaunch').length, 1);
});

test('offline with messages waiting, the bar says how many, and a tap connects', async () => {
  settleIn(app);
  app.store.set('link', { name: 'offline' });
  app.store.set('waiting', 2);
  const page = await open();
  assert.match(page.dom.textContent, /未连接，2 条待发送/);
  (page.instance as { onBar(): void }).onBar();
  assert.deepEqual(app.calls, [['reconnect']]);
});

test('barred by another device: the rooms stay, and the bar says why', async () => {
  settleIn(app);
  app.store.set('session', { name: 'barred', closeCode: 4502, reason: 'x' });
  const page = await open();
  assert.match(page.dom.textContent, /别的设备上登录/);
  assert.equal(page.querySelectorAll('.room').length, 2);
  assert.deepEqual(wx.asked('reLaunch'), []);
});

test('the tab wears the unread of all rooms, and loses it', async () => {
  settleIn(app);
  app.store.set('unread', 120);
  await open();
  assert.equal((wx.asked('setTabBarBadge')[0] as { text: string }).text, '99+');
  app.store.set('unread', 0);
  await settle();
  assert.equal(wx.asked('removeTabBarBadge').length, 1);
});

test('a long press offers what can be done with the room, and does it', async () => {
  settleIn(app);
  app.store.put('rooms', 'hall', room({ id: 'hall', pinned: true }));
  const page = await open();
  wx.tap = '取消置顶';
  page.querySelector('.room')?.dispatchEvent('longpress');
  await settle();
  assert.deepEqual(wx.sheets, [['取消置顶', '消息免打扰', '不显示']]);
  assert.deepEqual(app.calls, [['prefer', 'hall', { pinned: false }]]);
});

test('a sheet that is put away does nothing', async () => {
  settleIn(app);
  const page = await open();
  page.querySelector('.room')?.dispatchEvent('longpress');
  await settle();
  assert.equal(wx.sheets.length, 1);
  assert.deepEqual(app.calls, []);
});

test('a preference that is refused is told in words', async () => {
  settleIn(app);
  app.answers.prefer = () => refusal('OFFLINE');
  const page = await open();
  wx.tap = '不显示';
  page.querySelector('.room')?.dispatchEvent('longpress');
  await settle();
  assert.deepEqual(wx.asked('showToast'), [{ title: '网络未连接', icon: 'none' }]);
});

test('a page that is gone hears of nothing any more', async () => {
  settleIn(app);
  const page = await open();
  unmountAll();
  app.store.set('order', []);
  await settle();
  assert.equal((page.data['rooms'] as unknown[]).length, 2);
});
