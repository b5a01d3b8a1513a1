import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { chat, refusal, room, row, unsent } from '../support/page-app.ts';
import { settle, unmountAll } from '../support/simulate.ts';
import {
  bubbles,
  choose,
  hold,
  list,
  mine,
  offered,
  send,
  setStage,
  sheet,
  tap,
  write,
  writer,
  type ChatStage,
} from './chat-page.ts';

let stage: ChatStage;
beforeEach(() => {
  stage = setStage();
});
afterEach(unmountAll);

test('a failed message is sent again, or dropped, from the sheet behind its mark', async () => {
  const page = await stage.open(chat([unsent('a', 'failed', { error: 'MUTED' })]));
  for (const choice of ['重发', '删除']) {
    await tap(bubbles(page)[0]?.querySelector('.failed'));
    assert.deepEqual(offered(page), ['重发', '复制', '删除']);
    await choose(page, choice);
    assert.equal(sheet(page)?.querySelector('.action'), undefined);
  }
  assert.deepEqual(stage.called('resend'), [['resend', 'hall', 'a']]);
  assert.deepEqual(stage.called('discard'), [['discard', 'hall', 'a']]);
});

test('one’s own message is taken back, and its text can be written again', async () => {
  const page = await stage.open(chat([row(1), mine(2, { body: { text: '说错了' } })]));
  await hold(page, 1);
  assert.deepEqual(offered(page), ['回复', '复制', '编辑', '撤回']);
  await choose(page, '撤回');
  assert.deepEqual(stage.called('recall'), [['recall', 'hall', 2]]);
  stage.app.store.put(
    'chats',
    'hall',
    chat([row(1), mine(2, { recalled: true, body: {}, recalledBy: 'u1' })]),
  );
  await settle();
  await tap(list(page)?.querySelector('.again'));
  assert.equal(writer(page)?.data['text'], '说错了');
  assert.deepEqual(stage.called('keepDraft').at(-1), ['keepDraft', 'hall', { text: '说错了' }]);
});

test('another’s message is copied', async () => {
  const page = await stage.open();
  await hold(page, 0);
  await choose(page, '复制');
  assert.deepEqual(stage.wx.asked('setClipboardData'), [{ data: '第1条' }]);
});

test('a recall that is refused is told in words, and nothing can be written again', async () => {
  stage.app.answers.recall = () => refusal('FORBIDDEN');
  const page = await stage.open(chat([mine(2)]));
  await hold(page, 0);
  await choose(page, '撤回');
  assert.deepEqual(stage.wx.asked('showToast'), [{ title: '没有权限', icon: 'none' }]);
  assert.equal(list(page)?.querySelector('.again'), undefined);
});

test('an answer names what it answers, above the composer and to the engine', async () => {
  const page = await stage.open();
  await hold(page, 0);
  await choose(page, '回复');
  assert.match(writer(page)?.querySelector('.about-text')?.dom.textContent ?? '', /小红：第1条/);
  assert.deepEqual(stage.called('keepDraft').at(-1), ['keepDraft', 'hall', { text: '', reply: 1 }]);
  await send(page, '好');
  assert.deepEqual(stage.called('sendText'), [['sendText', 'hall', '好', { reply: 1 }]]);
  assert.equal(writer(page)?.querySelector('.about-text'), undefined);
});

test('an edit begins with the text, and what was begun before comes back after it', async () => {
  const page = await stage.open(chat([mine(2, { body: { text: '旧' } })]));
  await write(page, '没写完');
  await hold(page, 0);
  await choose(page, '编辑');
  assert.equal(writer(page)?.data['text'], '旧');
  await send(page, '新');
  assert.deepEqual(stage.called('edit'), [['edit', 'hall', 2, '新']]);
  assert.equal(writer(page)?.data['text'], '没写完');
});

test('an edit that is refused is not lost, nor is what was begun before', async () => {
  stage.app.answers.edit = () => refusal('OFFLINE');
  const page = await stage.open(chat([mine(2, { body: { text: '旧' } })]));
  await write(page, '没写完');
  await hold(page, 0);
  await choose(page, '编辑');
  await send(page, '新');
  assert.match((stage.wx.asked('showToast')[0] as { title: string }).title, /没有改成：网络未连接/);
  assert.equal(writer(page)?.data['text'], '新');
  await tap(writer(page)?.querySelector('.drop'));
  assert.equal(writer(page)?.data['text'], '没写完');
});

test('an edit that changes nothing asks for nothing', async () => {
  const page = await stage.open(chat([mine(2, { body: { text: '旧' } })]));
  await hold(page, 0);
  await choose(page, '编辑');
  await send(page, '旧');
  assert.deepEqual(stage.called('edit'), []);
});

test('one reacts from the sheet, and joins or leaves a reaction below the bubble', async () => {
  const reactions = [{ emoji: '👍', count: 2, mine: true }];
  const page = await stage.open(chat([row(1, { reactions })]));
  await tap(bubbles(page)[0]?.querySelector('.reaction'));
  await hold(page, 0);
  await tap(sheet(page)?.querySelectorAll('.emoji')[1]);
  assert.deepEqual(stage.called('react'), [
    ['react', 'hall', 1, { emoji: '👍', on: false }],
    ['react', 'hall', 1, { emoji: '❤️', on: true }],
  ]);
});

test('a message is reported with a reason', async () => {
  const page = await stage.open();
  await hold(page, 0);
  stage.wx.tap = '欺诈';
  await choose(page, '举报');
  assert.deepEqual(stage.called('report'), [['report', 'hall', 1, { reason: 'fraud' }]]);
  assert.deepEqual(stage.wx.asked('showToast'), [{ title: '已举报，谢谢', icon: 'none' }]);
});

test('what became of a report is told once', async () => {
  const page = await stage.open();
  stage.app.store.set('report', { room: 'hall', target: 1, action: 'dismissed' } as never);
  await settle();
  stage.app.store.put('rooms', 'hall', room({ id: 'hall', typing: ['u2'] }));
  await settle();
  assert.deepEqual(stage.wx.asked('showToast'), [{ title: '你举报的消息已处理', icon: 'none' }]);
  assert.ok(page);
});

test('who keeps order mutes a sender for a time', async () => {
  stage.app.store.put('rooms', 'hall', room({ id: 'hall', role: 'admin' }));
  const page = await stage.open();
  await hold(page, 0);
  stage.wx.tap = '1 小时';
  await choose(page, '禁言');
  assert.deepEqual(stage.called('manage'), [
    ['manage', 'hall', { action: 'mute', user: 'u2', seconds: 3_600 }],
  ]);
});

test('a quotation leads to what it quotes, which is pointed out', async () => {
  const page = await stage.open(chat([row(1), row(2, { reply: 1 })]));
  await tap(bubbles(page)[1]?.querySelector('.quote'));
  assert.deepEqual(stage.called('goTo'), [['goTo', 'hall', 1]]);
  assert.match(list(page)?.querySelector('.pointed')?.dom.textContent ?? '', /第1条/);
});

test('a quotation that cannot be had says why', async () => {
  stage.app.answers.goTo = () => refusal('OFFLINE');
  const page = await stage.open(chat([row(5), row(6, { reply: 1 })]));
  await tap(bubbles(page)[1]?.querySelector('.quote'));
  assert.deepEqual(stage.wx.asked('showToast'), [{ title: '网络未连接', icon: 'none' }]);
  assert.equal(list(page)?.querySelector('.pointed'), undefined);
});

test('an address is copied by a tap', async () => {
  const page = await stage.open(chat([row(1, { body: { text: '看 https://a.example/b' } })]));
  await tap(bubbles(page)[0]?.querySelector('.link'));
  assert.deepEqual(stage.wx.asked('setClipboardData'), [{ data: 'https://a.example/b' }]);
});

test('a long press on a face calls its owner, a tap leads to them', async () => {
  const page = await stage.open();
  await tap(bubbles(page)[0]?.querySelector('.face'), 'longpress');
  assert.equal(writer(page)?.data['text'], '@小红 ');
  await tap(bubbles(page)[0]?.querySelector('.face'));
  assert.deepEqual(stage.wx.asked('navigateTo'), [{ url: '/pages/member/member?room=hall&user=u2' }]);
});

test('a picture is shown on the whole screen with the others of the chat, as far as they can be read', async () => {
  const image = (seq: number) => row(seq, { kind: 'image', body: { file: `f${seq}`, w: 4, h: 3 } });
  for (const id of ['f1', 'f3'])
    stage.app.store.put('files', id, { url: `https://x/${id}`, until: Infinity });
  const page = await stage.open(chat([image(1), row(2), image(3), image(4)]));
  await tap(bubbles(page)[2]?.querySelector('.picture'));
  const current = 'https://x/f3';
  assert.deepEqual(stage.wx.asked('previewImage'), [{ current, urls: ['https://x/f1', current] }]);
});
