import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { DEFAULT_LIMITS } from '../../miniprogram/protocol/limits.ts';
import type { ChatView } from '../../typings/app.d.ts';
import {
  chat,
  createPageApp,
  refusal,
  room,
  row,
  settleIn,
  unsent,
  type PageApp,
} from '../support/page-app.ts';
import { PageWx } from '../support/page-wx.ts';
import { mountPage, settle, unmountAll, type Rendered } from '../support/simulate.ts';

let app: PageApp;
let wx: PageWx;
beforeEach(() => {
  app = createPageApp();
  wx = new PageWx();
  wx.install();
  settleIn(app);
  app.store.set('limits', DEFAULT_LIMITS);
});
afterEach(unmountAll);

async function open(view: ChatView = chat([row(1)])) {
  app.store.put('chats', 'hall', view);
  const page = mountPage('pages/chat/chat', { app, query: { room: 'hall' } });
  await settle();
  return page;
}

const called = (method: string) => app.calls.filter(([name]) => name === method);
const list = (page: Rendered) => page.querySelector('.list');
const writer = (page: Rendered) => page.querySelector('.writer');

async function write(page: Rendered, value: string) {
  writer(page)?.querySelector('.input')?.dispatchEvent('input', { detail: { value } });
  await settle();
}

async function hold(page: Rendered, index: number) {
  const bubble = list(page)?.querySelectorAll('.message')[index];
  assert.ok(bubble, `no message ${index}`);
  bubble.querySelector('.bubble')?.dispatchEvent('longpress');
  await settle();
}

/** As if the app had been opened a while after the messages of `row()`, for what depends on the time. */
const justNow = { ts: Date.now() };

test('entering opens the chat in the engine, names the page and shows what is held', async () => {
  const page = await open();
  assert.deepEqual(called('enter'), [['enter', 'hall']]);
  assert.deepEqual(wx.asked('setNavigationBarTitle'), [{ title: '大厅' }]);
  assert.match(page.dom.textContent, /23 位成员.*第1条/s);
});

test('opened from a link by somebody signed out, it asks the engine for nothing and says why', async () => {
  app.store.clear();
  app.store.set('session', { name: 'signed-out' });
  const page = mountPage('pages/chat/chat', { app, query: { room: 'hall' } });
  await settle();
  assert.deepEqual(app.calls, []);
  assert.match(page.dom.textContent, /尚未登录.*现在不能发送消息/s);
});

test('leaving closes the chat in the engine and hears of nothing any more', async () => {
  const page = await open();
  unmountAll();
  assert.deepEqual(called('leave'), [['leave', 'hall']]);
  app.store.put('chats', 'hall', chat([]));
  await settle();
  assert.equal((page.data['rows'] as unknown[]).length, 1);
});

test('what is written goes to the engine, typing first', async () => {
  const page = await open();
  await write(page, '早');
  writer(page)?.querySelector('.send')?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(called('typing'), [['typing', 'hall']]);
  assert.deepEqual(called('sendText'), [['sendText', 'hall', '早']]);
});

test('a text that the engine has no room for stays in the composer, and the reason is told', async () => {
  app.answers.sendText = () => {
    throw Object.assign(new Error('full'), { code: 'RATE_LIMITED' });
  };
  const page = await open();
  await write(page, '早');
  writer(page)?.querySelector('.send')?.dispatchEvent('tap');
  await settle();
  assert.equal(writer(page)?.data['text'], '早');
  assert.match((wx.asked('showToast')[0] as { title: string }).title, /待发送的消息太多/);
  unmountAll();
  assert.equal(writer(await open())?.data['text'], '早');
});

test('a message goes from sending to failed to sent on the page as it does in the tree', async () => {
  const page = await open(chat([row(1), unsent('a', 'sending')]));
  const second = () => list(page)?.querySelectorAll('.message')[1];
  assert.ok(second()?.querySelector('.sending'));
  app.store.put('chats', 'hall', chat([row(1), unsent('a', 'failed', { error: 'MUTED' })]));
  await settle();
  assert.match(second()?.dom.textContent ?? '', /你已被禁言/);
  app.store.put('chats', 'hall', chat([row(1), unsent('a', 'sending', { state: 'sent', seq: 2 })]));
  await settle();
  assert.equal(second()?.querySelector('.failed'), undefined);
  assert.equal(second()?.querySelector('.sending'), undefined);
});

test('a failed message is sent again, or dropped, from the sheet behind its mark', async () => {
  const page = await open(chat([unsent('a', 'failed', { error: 'MUTED' })]));
  for (const choice of ['重发', '删除']) {
    wx.tap = choice;
    list(page)?.querySelector('.message')?.querySelector('.failed')?.dispatchEvent('tap');
    await settle();
  }
  assert.deepEqual(wx.sheets[0], ['复制', '重发', '删除']);
  assert.deepEqual(called('resend'), [['resend', 'hall', 'a']]);
  assert.deepEqual(called('discard'), [['discard', 'hall', 'a']]);
});

test('one’s own message is taken back from the sheet of a long press', async () => {
  const page = await open(chat([row(1), row(2, { mine: true, from: 'u1', ...justNow })]));
  wx.tap = '撤回';
  await hold(page, 1);
  assert.deepEqual(wx.sheets, [['复制', '撤回']]);
  assert.deepEqual(called('recall'), [['recall', 'hall', 2]]);
});

test('another’s message is copied, and offers nothing else', async () => {
  const page = await open(chat([row(1, justNow)]));
  wx.tap = '复制';
  await hold(page, 0);
  assert.deepEqual(wx.sheets, [['复制']]);
  assert.deepEqual(wx.asked('setClipboardData'), [{ data: '第1条' }]);
});

test('a recall that is refused is told in words', async () => {
  app.answers.recall = () => refusal('FORBIDDEN');
  const page = await open(chat([row(2, { mine: true, from: 'u1', ...justNow })]));
  wx.tap = '撤回';
  await hold(page, 0);
  assert.deepEqual(wx.asked('showToast'), [{ title: '没有权限', icon: 'none' }]);
});

test('history is asked for where there may be some, and not where there is none', async () => {
  const asks = async (older: ChatView['older']) => {
    const page = await open(chat([row(9)], { older }));
    const before = called('older').length;
    list(page)?.querySelector('.scroll')?.dispatchEvent('scrolltoupper');
    await settle();
    return called('older').length - before;
  };
  assert.equal(await asks('more'), 1);
  assert.equal(await asks('failed'), 1);
  assert.equal(await asks('loading'), 0);
  assert.equal(await asks('none'), 0);
});

test('history that does not come leaves the way to try again, and no noise', async () => {
  app.answers.older = () => refusal('TIMEOUT');
  const page = await open(chat([row(9)], { older: 'failed' }));
  list(page)?.querySelector('.older')?.dispatchEvent('tap');
  await settle();
  assert.match(page.dom.textContent, /加载失败，轻触重试/);
  assert.deepEqual(wx.asked('showToast'), []);
});

test('what comes while the end is in sight is read', async () => {
  await open(chat([row(1), row(2)]));
  assert.deepEqual(called('read').at(-1), ['read', 'hall', 2]);
  app.store.put('rooms', 'hall', room({ id: 'hall', read: 2 }));
  app.store.put('chats', 'hall', chat([row(1), row(2), row(3)]));
  await settle();
  assert.deepEqual(called('read').at(-1), ['read', 'hall', 3]);
});

test('what was read already is not told again', async () => {
  app.store.put('rooms', 'hall', room({ id: 'hall', read: 2 }));
  await open(chat([row(1), row(2)]));
  assert.deepEqual(called('read'), []);
});

test('what comes while one reads higher up, or looks elsewhere, is not read', async () => {
  const page = await open(chat([]));
  const { onHide, onShow } = page.instance as { onHide(): void; onShow(): void };
  wx.see('#tail', false);
  app.store.put('chats', 'hall', chat([row(1)]));
  await settle();
  assert.deepEqual(called('read'), []);
  onHide.call(page.instance);
  wx.see('#tail', true);
  assert.deepEqual(called('read'), []);
  onShow.call(page.instance);
  assert.deepEqual(called('read'), [['read', 'hall', 1]]);
});

test('the unread divider stands for the whole visit where it stood on entering', async () => {
  app.store.put('rooms', 'hall', room({ id: 'hall', unread: 1, read: 1, head: 2 }));
  const page = await open(chat([row(1), row(2)], { enteredAt: 1 }));
  app.store.put('rooms', 'hall', room({ id: 'hall', unread: 0, read: 2, head: 2 }));
  await settle();
  assert.match(page.dom.textContent, /第1条.*以下是新消息.*第2条/s);
});

test('a draft is there again after one has left, and gone once it is sent', async () => {
  const page = await open();
  await write(page, '还没写完');
  unmountAll();
  const again = await open();
  assert.equal(writer(again)?.data['text'], '还没写完');
  writer(again)?.querySelector('.send')?.dispatchEvent('tap');
  await settle();
  unmountAll();
  assert.equal(writer(await open())?.data['text'], '');
});

test('the page makes room for the keyboard, and a tap on the list lets it go', async () => {
  const page = await open();
  writer(page)
    ?.querySelector('.input')
    ?.dispatchEvent('keyboardheightchange', { detail: { height: 301 } });
  await settle();
  assert.match(page.dom.innerHTML, /padding-bottom: 301px/);
  assert.equal(page.querySelector('.safe'), undefined);
  list(page)?.dispatchEvent('tap');
  await settle();
  assert.equal(wx.asked('hideKeyboard').length, 1);
});

test('a group leads to its members, a direct chat does not', async () => {
  const page = await open();
  page.querySelector('.about')?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(wx.asked('navigateTo'), [{ url: '/pages/room/room?room=hall' }]);
  app.store.put('rooms', 'hall', room({ id: 'hall', kind: 'direct', online: true }));
  await settle();
  page.querySelector('.about')?.dispatchEvent('tap');
  await settle();
  assert.equal(wx.asked('navigateTo').length, 1);
});

test('who types is told above the composer', async () => {
  const page = await open();
  app.store.put('rooms', 'hall', room({ id: 'hall', typing: ['u2', 'u3'] }));
  await settle();
  assert.equal(page.querySelector('.typing')?.dom.textContent, '小红、老王正在输入…');
});

test('offline the bar connects, signed out it leads to the sign-in page', async () => {
  app.store.set('link', { name: 'offline' });
  app.store.set('waiting', 1);
  const page = await open();
  assert.match(page.dom.textContent, /未连接，1 条待发送/);
  const { onBar } = page.instance as { onBar(): void };
  onBar.call(page.instance);
  assert.equal(called('reconnect').length, 1);
  app.store.set('session', { name: 'signed-out', why: 'expired' });
  await settle();
  onBar.call(page.instance);
  assert.deepEqual(wx.asked('reLaunch'), [{ url: '/pages/sign-in/sign-in' }]);
});

test('a room that one was removed from says so instead of offering to write', async () => {
  const page = await open();
  app.store.remove('rooms', 'hall');
  await settle();
  assert.match(page.dom.textContent, /你不在这个聊天里/);
  assert.equal(writer(page)?.querySelector('.input'), undefined);
});

test('a text of markup, script and turned letters is shown as it was sent (S24)', async () => {
  const text = '<script>alert(1)</script><b>b</b>\u202e\u200b';
  const page = await open(chat([row(1, { body: { text } })]));
  const shown = list(page)?.querySelector('.message')?.querySelector('.text');
  assert.equal(shown?.dom.textContent, text);
  assert.doesNotMatch(page.dom.innerHTML, /<(script|b)>/);
});
