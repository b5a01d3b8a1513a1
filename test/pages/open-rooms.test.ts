import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal, room, type PageApp } from '../support/page-app.ts';
import { onStage } from '../support/page-stage.ts';
import type { PageWx } from '../support/page-wx.ts';
import { mountPage, settle } from '../support/simulate.ts';

let app: PageApp;
let wx: PageWx;
onStage((stage) => ({ app, wx } = stage));

const rooms = [
  room({ id: 'hall', name: '大厅', members: 23, open: true }),
  room({ id: 'tea', kind: 'live', name: '泡茶', members: 2, open: true, role: 'none' }),
];

async function open() {
  app.answers.openRooms ??= () => Promise.resolve(rooms);
  const page = mountPage('pages/open-rooms/open-rooms', { app });
  await settle();
  app.calls.splice(0);
  return page;
}

test('each room tells what it is, and whether one is in it', async () => {
  const page = await open();
  const [hall, tea] = page.querySelectorAll('.row').map(({ dom }) => dom.textContent);
  assert.match(hall ?? '', /大厅.*23 位成员.*进入/s);
  assert.match(tea ?? '', /泡茶.*直播间 · 2 位成员.*加入/s);
});

test('a tap joins, then opens the chat; where one is in it already it only opens it', async () => {
  const page = await open();
  page.querySelectorAll('.row')[1]?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(app.calls, [['join', 'tea']]);
  page.querySelectorAll('.row')[0]?.dispatchEvent('tap');
  await settle();
  assert.equal(app.calls.length, 1);
  assert.deepEqual(wx.asked('redirectTo'), [
    { url: '/pages/chat/chat?room=tea' },
    { url: '/pages/chat/chat?room=hall' },
  ]);
});

test('a room that cannot be joined is told in words', async () => {
  app.answers.join = () => refusal('FORBIDDEN');
  const page = await open();
  page.querySelectorAll('.row')[1]?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(wx.asked('showToast'), [{ title: '没有权限', icon: 'none' }]);
  assert.deepEqual(wx.asked('redirectTo'), []);
});

test('no rooms, and rooms that cannot be asked for, are two things', async () => {
  app.answers.openRooms = () => Promise.resolve([]);
  assert.match((await open()).dom.textContent, /没有可以加入的聊天室/);
  app.answers.openRooms = () => refusal('OFFLINE');
  const page = await open();
  assert.match(page.dom.textContent, /网络未连接.*重试/s);
  app.answers.openRooms = () => Promise.resolve(rooms);
  await (page.instance as { onRetry(): Promise<void> }).onRetry.call(page.instance);
  await settle();
  assert.equal(page.querySelectorAll('.row').length, 2);
});
