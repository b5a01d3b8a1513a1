import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry, Member } from '../../miniprogram/protocol/objects.ts';
import type { RoomView } from '../../miniprogram/store/state.ts';
import { lao, refusal, room, xiaohong, xiaoming, type PageApp } from '../support/page-app.ts';
import { onStage } from '../support/page-stage.ts';
import type { PageWx } from '../support/page-wx.ts';
import { mountPage, settle, type Rendered } from '../support/simulate.ts';

let app: PageApp;
let wx: PageWx;
onStage((stage) => ({ app, wx } = stage));

const members: Member[] = [
  { user: xiaohong, role: 'owner', joined: 1 },
  { user: xiaoming, role: 'member', joined: 2 },
];

async function open(fields: Partial<RoomView> = {}, id = 'hall') {
  const known = app.store.state.rooms[id];
  app.store.put('rooms', id, { ...room({ id }), ...known, ...fields });
  app.answers.members ??= () => Promise.resolve({ members, more: false });
  const page = mountPage('pages/room/room', { app, query: { room: id } });
  await settle();
  app.calls.splice(0);
  return page;
}

async function call(page: Rendered, method: string, event: object = {}) {
  await (page.instance as Record<string, (event: object) => unknown>)[method]?.call(page.instance, event);
  await settle();
}

const offered = (page: Rendered) =>
  (['mayInvite', 'mayRename', 'mayKeep', 'mayClose'] as const).filter((name) => page.data[name]);

test('members stand with their titles, and a tap leads to their page', async () => {
  const page = await open();
  const faces = page.querySelectorAll('.person');
  assert.match(faces[0]?.dom.textContent ?? '', /群主.*小红/);
  assert.match(faces[1]?.dom.textContent ?? '', /小明/);
  faces[0]?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(wx.asked('navigateTo'), [{ url: '/pages/member/member?room=hall&user=u2' }]);
});

test('what one may not do is not offered', async () => {
  assert.deepEqual(offered(await open({ role: 'member' })), ['mayInvite']);
  assert.deepEqual(offered(await open({ role: 'admin' })), ['mayInvite', 'mayRename', 'mayKeep']);
  assert.deepEqual(offered(await open({ role: 'owner' })), ['mayInvite', 'mayRename', 'mayKeep', 'mayClose']);
  assert.deepEqual(offered(await open({ role: 'owner', closed: true })), []);
  assert.deepEqual(offered(await open({}, 'red')), []);
});

test('a direct room can be hidden but not left', async () => {
  const page = await open({}, 'red');
  assert.match(page.dom.textContent, /不在列表显示/);
  assert.doesNotMatch(page.dom.textContent, /退出聊天/);
});

test('a new name is saved only if it is one', async () => {
  const page = await open({ role: 'admin' });
  await call(page, 'onName', { detail: { value: '茶友' } });
  assert.equal(page.data['isRenamed'], true);
  await call(page, 'onRename', { detail: { value: { name: '  ' } } });
  assert.match(page.querySelector('.problem')?.dom.textContent ?? '', /请填写群名称/);
  await call(page, 'onRename', { detail: { value: { name: ' 茶友 ' } } });
  assert.deepEqual(app.calls, [['manage', 'hall', { action: 'rename', name: '茶友' }]]);
  assert.equal(page.data['isRenamed'], false);
});

test('a switch that is refused goes back', async () => {
  app.answers.prefer = () => refusal('OFFLINE');
  const page = await open();
  const event = { detail: { value: true }, currentTarget: { dataset: { name: 'muted' } } };
  await call(page, 'onPreference', event);
  assert.deepEqual(app.calls, [['prefer', 'hall', { muted: true }]]);
  assert.equal(page.data['muted'], false);
  assert.equal(wx.asked('showToast').length, 1);
});

test('slow mode offers steps', async () => {
  wx.tap = '每 30 秒一条';
  await call(await open({ role: 'admin' }), 'onSlow');
  assert.deepEqual(wx.sheets[0]?.slice(0, 2), ['关闭', '每 5 秒一条']);
  assert.deepEqual(app.calls, [['manage', 'hall', { action: 'slow', seconds: 30 }]]);
});

test('leaving asks first, tells an owner what comes of it, and leads to the rooms', async () => {
  const page = await open({ role: 'owner' });
  wx.confirms = false;
  await call(page, 'onLeave');
  assert.match((wx.asked('showModal')[0] as { content: string }).content, /由另一位成员接任/);
  assert.deepEqual(app.calls, []);
  wx.confirms = true;
  await call(page, 'onLeave');
  assert.deepEqual(app.calls, [['quit', 'hall']]);
  assert.deepEqual(wx.asked('switchTab'), [{ url: '/pages/rooms/rooms' }]);
});

test('leaving that is refused leads nowhere', async () => {
  app.answers.quit = () => refusal('OFFLINE');
  await call(await open(), 'onLeave');
  assert.deepEqual(wx.asked('switchTab'), []);
  assert.deepEqual(wx.asked('showToast'), [{ title: '网络未连接', icon: 'none' }]);
});

test('who joined meanwhile appears: a notice asks for the members again', async () => {
  const page = await open();
  const last = { seq: 7, ts: 1, from: 'u3', kind: 'sys', body: { action: 'joined', user: 'u3' } } as Entry;
  app.answers.members = () =>
    Promise.resolve({ members: [...members, { user: lao, role: 'member', joined: 3 }], more: false });
  app.store.put('rooms', 'hall', { ...room({ id: 'hall', members: 4 }), last });
  await settle();
  await settle();
  assert.deepEqual(app.calls, [['members', 'hall']]);
  assert.match(page.dom.textContent, /老王/);
});

test('pinned messages are asked for by a tap, and lead to where they stand', async () => {
  const hit = { room: 'hall', seq: 5, ts: 1, from: 'u2', kind: 'text', body: { text: '七点集合' } };
  const found = { hits: [] as object[], hasMore: true, look: () => Promise.resolve() };
  app.answers.pins = () => found;
  const page = await open();
  await call(page, 'onPins');
  assert.match(page.dom.textContent, /查找更早的置顶/);
  found.look = () => {
    Object.assign(found, { hits: [hit], hasMore: false });
    return Promise.resolve();
  };
  await call(page, 'onLook');
  assert.doesNotMatch(page.dom.textContent, /查找更早的置顶/);
  const pin = page.querySelector('.pin');
  assert.match(pin?.dom.textContent ?? '', /小红.*七点集合/);
  pin?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(wx.asked('navigateTo'), [{ url: '/pages/chat/chat?room=hall&at=5' }]);
});

test('members that cannot be loaded are told in words, and a tap loads them', async () => {
  app.answers.members = () => refusal('TIMEOUT');
  const page = await open();
  assert.match(page.querySelector('.retry')?.dom.textContent ?? '', /等待超时/);
  app.answers.members = () => Promise.resolve({ members, more: false });
  page.querySelector('.retry')?.dispatchEvent('tap');
  await settle();
  assert.match(page.dom.textContent, /小红/);
});

test('members that could not be loaded without a connection are, when it is back', async () => {
  app.store.set('link', { name: 'offline' });
  app.answers.members = () => refusal('OFFLINE');
  const page = await open();
  app.answers.members = () => Promise.resolve({ members, more: false });
  app.store.set('link', { name: 'live' });
  await settle();
  await settle();
  assert.equal(page.data['state'], 'done');
});
