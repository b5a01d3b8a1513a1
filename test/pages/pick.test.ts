import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '../../miniprogram/protocol/limits.ts';
import { lao, refusal, type PageApp } from '../support/page-app.ts';
import { onStage } from '../support/page-stage.ts';
import type { PageWx } from '../support/page-wx.ts';
import { mountPage, settle, type Rendered } from '../support/simulate.ts';

let app: PageApp;
let wx: PageWx;
onStage((stage) => {
  ({ app, wx } = stage);
  app.answers.members = () =>
    Promise.resolve({ members: [{ user: lao, role: 'member', joined: 1 }], more: false });
  app.answers.createGroup = () => Promise.resolve('new');
});

async function open(query: Record<string, string> = {}) {
  const page = mountPage('pages/pick/pick', { app, query });
  await settle();
  app.calls.splice(0);
  return page;
}

async function tap(page: Rendered, selector: string, index = 0) {
  page.querySelectorAll(selector)[index]?.dispatchEvent('tap');
  await settle();
}

const offered = (page: Rendered) => page.querySelectorAll('.entry').map(({ dom }) => dom.textContent);

test('a group of those who are chosen bears their names where it was given none', async () => {
  const page = await open();
  assert.deepEqual(offered(page), ['老王', '小红']);
  await tap(page, '.person', 1);
  await tap(page, '.person', 0);
  assert.match(page.querySelector('.main')?.dom.textContent ?? '', /完成（2）/);
  await tap(page, '.main');
  assert.deepEqual(app.calls, [['createGroup', '小明、小红、老王', ['u2', 'u3']]]);
  assert.deepEqual(wx.asked('redirectTo'), [{ url: '/pages/chat/chat?room=new' }]);
});

test('a second tap, or one on the chosen above, takes somebody back', async () => {
  const page = await open();
  await tap(page, '.person');
  await tap(page, '.person');
  assert.equal(page.querySelectorAll('.chip').length, 0);
  await tap(page, '.person');
  await tap(page, '.chip');
  assert.equal(page.querySelectorAll('.chip').length, 0);
  await tap(page, '.main');
  assert.deepEqual(app.calls, [], 'a group of nobody is none');
});

test('a name of one’s own is taken, unless it is too long', async () => {
  const page = await open();
  await tap(page, '.person');
  const field = page.querySelector('.cell-field');
  field?.dispatchEvent('input', { detail: { value: '茶'.repeat(65) } });
  await settle();
  await tap(page, '.main');
  assert.match(page.querySelector('.problem')?.dom.textContent ?? '', /最多 64 个字/);
  field?.dispatchEvent('input', { detail: { value: ' 茶友 ' } });
  await settle();
  await tap(page, '.main');
  assert.equal(app.calls[0]?.[1], '茶友');
});

test('into a room nobody is invited who is in it, and inviting leads back', async () => {
  const page = await open({ room: 'hall' });
  await settle();
  assert.deepEqual(offered(page), ['小红']);
  assert.equal(page.querySelector('.name-cells'), undefined);
  await tap(page, '.person');
  await tap(page, '.main');
  assert.deepEqual(app.calls, [['manage', 'hall', { action: 'invite', users: ['u2'] }]]);
  assert.equal(wx.asked('navigateBack').length, 1);
});

test('no more are chosen than a group may have', async () => {
  app.store.set('limits', { ...DEFAULT_LIMITS, members: 2 });
  const page = await open();
  await tap(page, '.person', 0);
  await tap(page, '.person', 1);
  assert.equal(page.querySelectorAll('.chip').length, 1);
  assert.match(page.querySelector('.problem')?.dom.textContent ?? '', /最多 2 位成员/);
});

test('what is refused is told in words, the chosen stay, and it can be tried again', async () => {
  app.answers.createGroup = () => refusal('OFFLINE');
  const page = await open();
  await tap(page, '.person');
  await tap(page, '.main');
  assert.equal(page.querySelector('.problem')?.dom.textContent, '网络未连接');
  assert.equal(page.querySelectorAll('.chip').length, 1);
  await tap(page, '.main');
  assert.equal(app.calls.length, 2);
});

test('who was chosen stays so while others are looked for', async () => {
  const page = await open();
  await tap(page, '.person', 1);
  page.querySelector('.search')?.dispatchEvent('query', { detail: { text: '老' } });
  await settle();
  assert.deepEqual(offered(page), ['老王']);
  assert.equal(page.querySelectorAll('.chip').length, 1);
});
