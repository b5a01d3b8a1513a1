import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { DEFAULT_LIMITS } from '../../miniprogram/protocol/limits.ts';
import type { ChatView } from '../../typings/app.d.ts';
import { chat, lao, refusal, room, row, unsent, xiaohong, xiaoming } from '../support/page-app.ts';
import { mountPage, settle, unmountAll } from '../support/simulate.ts';
import { bubbles, list, send, setStage, tap, type ChatStage, write, writer } from './chat-page.ts';

let stage: ChatStage;
beforeEach(() => {
  stage = setStage();
});
afterEach(unmountAll);

test('entering opens the chat in the engine, names the page and shows what is held', async () => {
  const page = await stage.open();
  assert.deepEqual(stage.called('enter'), [['enter', 'hall']]);
  assert.deepEqual(stage.wx.asked('setNavigationBarTitle'), [{ title: '大厅' }]);
  assert.match(page.dom.textContent, /23 位成员.*第1条/s);
});

test('opened from a link by somebody signed out, it asks the engine for nothing and says why', async () => {
  stage.app.store.clear();
  stage.app.store.set('session', { name: 'signed-out' });
  const page = mountPage('pages/chat/chat', { app: stage.app, query: { room: 'hall' } });
  await settle();
  assert.deepEqual(stage.app.calls, []);
  assert.match(page.dom.textContent, /尚未登录.*现在不能发送消息/s);
});

test('leaving closes the chat in the engine and hears of nothing any more', async () => {
  const page = await stage.open();
  unmountAll();
  assert.deepEqual(stage.called('leave'), [['leave', 'hall']]);
  stage.app.store.put('chats', 'hall', chat([]));
  await settle();
  assert.equal((page.data['parcels'] as { a: unknown[] }).a.length, 1);
});

test('what is written goes to the engine, typing first', async () => {
  const page = await stage.open();
  await write(page, '早');
  writer(page)?.querySelector('.send')?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(stage.called('typing'), [['typing', 'hall']]);
  assert.deepEqual(stage.called('sendText'), [['sendText', 'hall', '早', {}]]);
});

test('a message to one person asks to be told of the answer; one to a group does not', async () => {
  for (const [id, asked] of [
    ['hall', []],
    ['red', ['direct']],
  ] as const) {
    stage.app.store.put('chats', id, chat([row(1)]));
    const page = mountPage('pages/chat/chat', { app: stage.app, query: { room: id } });
    await settle();
    await write(page, '早');
    writer(page)?.querySelector('.send')?.dispatchEvent('tap');
    await settle();
    assert.deepEqual(stage.app.asked, asked, id);
  }
});

test('a text that the engine has no room for stays in the composer, and the reason is told', async () => {
  stage.app.answers.sendText = () => {
    throw Object.assign(new Error('full'), { code: 'RATE_LIMITED' });
  };
  const page = await stage.open();
  await write(page, '早');
  writer(page)?.querySelector('.send')?.dispatchEvent('tap');
  await settle();
  assert.equal(writer(page)?.data['text'], '早');
  assert.match((stage.wx.asked('showToast')[0] as { title: string }).title, /待发送的消息太多/);
  assert.deepEqual(stage.called('keepDraft').at(-1), ['keepDraft', 'hall', { text: '早' }]);
});

test('a message goes from sending to failed to sent on the page as it does in the tree', async () => {
  const page = await stage.open(chat([row(1), unsent('a', 'sending')]));
  const second = () => list(page)?.querySelectorAll('.message')[1];
  assert.ok(second()?.querySelector('.sending'));
  stage.app.store.put('chats', 'hall', chat([row(1), unsent('a', 'failed', { error: 'MUTED' })]));
  await settle();
  assert.match(second()?.dom.textContent ?? '', /你已被禁言/);
  stage.app.store.put('chats', 'hall', chat([row(1), unsent('a', 'sending', { state: 'sent', seq: 2 })]));
  await settle();
  assert.equal(second()?.querySelector('.failed'), undefined);
  assert.equal(second()?.querySelector('.sending'), undefined);
});

test('opened at a message, it goes there', async () => {
  stage.app.store.put('chats', 'hall', chat([row(1), row(2), row(3)]));
  const page = mountPage('pages/chat/chat', { app: stage.app, query: { room: 'hall', at: '2' } });
  await settle();
  assert.deepEqual(stage.called('goTo'), [['goTo', 'hall', 2]]);
  assert.match(list(page)?.querySelector('.pointed')?.dom.textContent ?? '', /第2条/);
});

test('many unread raise a way to the first of them', async () => {
  stage.app.store.put('rooms', 'hall', room({ id: 'hall', unread: 40, read: 20, head: 60 }));
  const rows = Array.from({ length: 60 }, (_, index) => row(index + 1));
  const page = await stage.open(chat(rows, { enteredAt: 20 }));
  assert.match(page.querySelector('.up')?.dom.textContent ?? '', /40 条新消息/);
  await tap(page.querySelector('.up'));
  assert.deepEqual(stage.called('goTo'), [['goTo', 'hall', 21]]);
  assert.equal(page.querySelector('.up'), undefined);
  assert.match(list(page)?.querySelector('.pointed')?.dom.textContent ?? '', /以下是新消息.*第21条/s);
});

test('an @ opens the list of members; whom one picks is called by the message', async () => {
  stage.app.answers.members = () =>
    Promise.resolve({
      members: [xiaoming, xiaohong, lao].map((user) => ({ user, role: 'member' })),
      more: false,
    });
  const page = await stage.open();
  await write(page, '@');
  const picker = () => page.querySelector('.picker')!;
  const people = () => picker().querySelectorAll('.person');
  assert.deepEqual(
    people().map(({ dom }) => dom.textContent.trim().slice(-2)),
    ['小红', '老王'],
  );
  picker()
    .querySelector('.query')
    ?.dispatchEvent('input', { detail: { value: '王' } });
  await settle();
  await tap(people()[0]);
  assert.equal(writer(page)?.data['text'], '@老王 ');
  await send(page, '@老王 在吗');
  assert.deepEqual(stage.called('sendText'), [['sendText', 'hall', '@老王 在吗', { mentions: ['u3'] }]]);
});

test('only who keeps order may call everybody', async () => {
  const everybody = async (role: 'member' | 'owner') => {
    stage.app.store.put('rooms', 'hall', room({ id: 'hall', role }));
    stage.app.answers.members = () => Promise.resolve({ members: [], more: false });
    const page = await stage.open(chat([]));
    await write(page, '@');
    return page.querySelector('.picker')?.dom.textContent.includes('所有人');
  };
  assert.equal(await everybody('member'), false);
  assert.equal(await everybody('owner'), true);
});

test('pictures that are chosen go to the engine, one that is too large does not', async () => {
  stage.app.store.set('limits', { ...DEFAULT_LIMITS, file: 5_000_000 });
  stage.wx.chosen = [
    { tempFilePath: 'wxfile://tmp_1', size: 9_000 },
    { tempFilePath: 'wxfile://tmp_2', size: 6_000_000 },
  ];
  const page = await stage.open();
  await tap(writer(page)?.querySelector('.plus'));
  await tap(writer(page)?.querySelector('.tile'));
  await settle();
  assert.deepEqual(stage.called('sendImage'), [
    ['sendImage', 'hall', { path: 'wxfile://tmp_1', size: 9_000, w: 400, h: 300 }, {}],
  ]);
  assert.match((stage.wx.asked('showToast')[0] as { title: string }).title, /图片不能超过 4 MB/);
});

test('an album that is put away sends nothing and says nothing', async () => {
  const page = await stage.open();
  await tap(writer(page)?.querySelector('.plus'));
  await tap(writer(page)?.querySelector('.tile'));
  assert.deepEqual(stage.called('sendImage'), []);
  assert.deepEqual(stage.wx.asked('showToast'), []);
});

test('an emoji that was used comes first the next time', async () => {
  const page = await stage.open();
  await tap(writer(page)?.querySelector('.smile'));
  await tap(writer(page)?.querySelector('.panel')?.querySelectorAll('.emoji')[7]);
  unmountAll();
  const again = await stage.open();
  await tap(writer(again)?.querySelector('.smile'));
  assert.equal(writer(again)?.querySelector('.panel')?.querySelectorAll('.recent').length, 1);
});

test('muted, one is told for how long and why, and the text stays', async () => {
  stage.app.store.put(
    'rooms',
    'hall',
    room({ id: 'hall', mutedUntil: Date.now() + 60_000, muteReason: '刷屏' }),
  );
  const page = await stage.open();
  await write(page, '早');
  await tap(writer(page)?.querySelector('.send'));
  assert.deepEqual(stage.called('sendText'), []);
  assert.match(page.dom.textContent, /你被禁言，还剩 .*，原因：刷屏/);
});

test('history is asked for where there may be some, and not where there is none', async () => {
  const asks = async (older: ChatView['older']) => {
    const page = await stage.open(chat([row(9)], { older }));
    const before = stage.called('older').length;
    list(page)?.querySelector('.scroll')?.dispatchEvent('scrolltoupper');
    await settle();
    return stage.called('older').length - before;
  };
  assert.equal(await asks('more'), 1);
  assert.equal(await asks('failed'), 1);
  assert.equal(await asks('loading'), 0);
  assert.equal(await asks('none'), 0);
});

test('history that does not come leaves the way to try again, and no noise', async () => {
  stage.app.answers.older = () => refusal('TIMEOUT');
  const page = await stage.open(chat([row(9)], { older: 'failed' }));
  list(page)?.querySelector('.older')?.dispatchEvent('tap');
  await settle();
  assert.match(page.dom.textContent, /加载失败，轻触重试/);
  assert.deepEqual(stage.wx.asked('showToast'), []);
});

test('what comes while the end is in sight is read', async () => {
  await stage.open(chat([row(1), row(2)]));
  assert.deepEqual(stage.called('read').at(-1), ['read', 'hall', 2]);
  stage.app.store.put('rooms', 'hall', room({ id: 'hall', read: 2 }));
  stage.app.store.put('chats', 'hall', chat([row(1), row(2), row(3)]));
  await settle();
  assert.deepEqual(stage.called('read').at(-1), ['read', 'hall', 3]);
});

test('what was read already is not told again', async () => {
  stage.app.store.put('rooms', 'hall', room({ id: 'hall', read: 2 }));
  await stage.open(chat([row(1), row(2)]));
  assert.deepEqual(stage.called('read'), []);
});

test('what comes while one reads higher up, or looks elsewhere, is not read', async () => {
  const page = await stage.open(chat([]));
  const { onHide, onShow } = page.instance as { onHide(): void; onShow(): void };
  stage.wx.see('#tail', false);
  stage.app.store.put('chats', 'hall', chat([row(1)]));
  await settle();
  assert.deepEqual(stage.called('read'), []);
  onHide.call(page.instance);
  stage.wx.see('#tail', true);
  assert.deepEqual(stage.called('read'), []);
  onShow.call(page.instance);
  assert.deepEqual(stage.called('read'), [['read', 'hall', 1]]);
});

test('covered by another page it draws nothing of what comes; uncovered, all of it at once', async () => {
  const page = await stage.open(chat([row(1)]));
  const { onHide, onShow } = page.instance as { onHide(): void; onShow(): void };
  onHide.call(page.instance);
  stage.app.store.put('chats', 'hall', chat([row(1), row(2)]));
  await settle();
  assert.equal(bubbles(page).length, 1);
  onShow.call(page.instance);
  await settle();
  assert.equal(bubbles(page).length, 2);
});

test('the unread divider stands for the whole visit where it stood on entering', async () => {
  stage.app.store.put('rooms', 'hall', room({ id: 'hall', unread: 1, read: 1, head: 2 }));
  const page = await stage.open(chat([row(1), row(2)], { enteredAt: 1 }));
  stage.app.store.put('rooms', 'hall', room({ id: 'hall', unread: 0, read: 2, head: 2 }));
  await settle();
  assert.match(page.dom.textContent, /第1条.*以下是新消息.*第2条/s);
});

test('what was begun stands there again, the answer with it, and is gone once it is sent', async () => {
  stage.app.store.put('drafts', 'hall', { text: '还没写完', reply: 1 });
  const page = await stage.open();
  assert.equal(writer(page)?.data['text'], '还没写完');
  assert.match(writer(page)?.querySelector('.about-text')?.dom.textContent ?? '', /小红：第1条/);
  await tap(writer(page)?.querySelector('.send'));
  assert.deepEqual(stage.called('sendText'), [['sendText', 'hall', '还没写完', { reply: 1 }]]);
  assert.deepEqual(stage.called('keepDraft').at(-1), ['keepDraft', 'hall', { text: '' }]);
});

test('every letter is kept', async () => {
  const page = await stage.open();
  await write(page, '早');
  assert.deepEqual(stage.called('keepDraft'), [['keepDraft', 'hall', { text: '早' }]]);
});

test('the composer makes room for the keyboard, and a tap on the list lets it go', async () => {
  const page = await stage.open();
  const detail = { height: 301 };
  writer(page)?.querySelector('.input')?.dispatchEvent('keyboardheightchange', { detail });
  await settle();
  assert.match(writer(page)?.dom.innerHTML ?? '', /height: 301px/);
  assert.equal(page.data['inset'], 301);
  await tap(list(page));
  assert.equal(stage.wx.asked('hideKeyboard').length, 1);
});

test('a group leads to its members, a direct chat to what there is to know of it', async () => {
  const page = await stage.open();
  page.querySelector('.about')?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(stage.wx.asked('navigateTo'), [{ url: '/pages/room/room?room=hall' }]);
  stage.app.store.put('rooms', 'hall', room({ id: 'hall', kind: 'direct', online: true }));
  await settle();
  page.querySelector('.about')?.dispatchEvent('tap');
  await settle();
  assert.equal(stage.wx.asked('navigateTo').length, 2);
});

test('who types is told above the composer', async () => {
  const page = await stage.open();
  stage.app.store.put('rooms', 'hall', room({ id: 'hall', typing: ['u2', 'u3'] }));
  await settle();
  assert.equal(page.querySelector('.typing')?.dom.textContent, '小红、老王正在输入…');
});

test('offline the bar connects, signed out it leads to the sign-in page', async () => {
  stage.app.store.set('link', { name: 'offline' });
  stage.app.store.set('waiting', 1);
  const page = await stage.open();
  assert.match(page.dom.textContent, /未连接，1 条待发送/);
  const { onBar } = page.instance as { onBar(): void };
  onBar.call(page.instance);
  assert.equal(stage.called('reconnect').length, 1);
  stage.app.store.set('session', { name: 'signed-out', why: 'expired' });
  await settle();
  onBar.call(page.instance);
  assert.deepEqual(stage.wx.asked('reLaunch'), [{ url: '/pages/sign-in/sign-in' }]);
});

test('a room that one was removed from says so instead of offering to write', async () => {
  const page = await stage.open();
  stage.app.store.remove('rooms', 'hall');
  await settle();
  assert.match(page.dom.textContent, /你不在这个聊天里/);
  assert.equal(writer(page)?.querySelector('.input'), undefined);
});

test('a text of markup, script and turned letters is shown as it was sent (S24)', async () => {
  const text = '<script>alert(1)</script><b>b</b>\u202e\u200b';
  const page = await stage.open(chat([row(1, { body: { text } })]));
  const shown = list(page)?.querySelector('.message')?.querySelector('.text');
  assert.equal(shown?.dom.textContent, text);
  assert.doesNotMatch(page.dom.innerHTML, /<(script|b)>/);
});
