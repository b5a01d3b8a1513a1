import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_PEOPLE } from '../../miniprogram/pages/people/people-view.ts';
import { refusal, room, type PageApp } from '../support/page-app.ts';
import { onStage } from '../support/page-stage.ts';
import type { PageWx } from '../support/page-wx.ts';
import { mountPage, settle, type Rendered } from '../support/simulate.ts';

let app: PageApp;
let wx: PageWx;
onStage((stage) => ({ app, wx } = stage));

async function open() {
  const page = mountPage('pages/people/people', { app });
  await settle();
  return page;
}

const names = (page: Rendered) => page.querySelectorAll('.person').map(({ dom }) => dom.textContent.slice(1));

test('everybody met stands under the letter of their name, but not oneself', async () => {
  app.store.put('people', 'u9', { id: 'u9', name: 'bob' });
  const page = await open();
  assert.deepEqual(names(page), ['bob', '老王', '小红']);
  assert.deepEqual(
    page.querySelectorAll('.heading').map(({ dom }) => dom.textContent),
    ['B', 'L', 'X'],
  );
});

test('the members of the rooms used last are asked for once, those of direct rooms not at all', async () => {
  const page = await open();
  (page.instance as { onShow(): void }).onShow();
  await settle();
  assert.deepEqual(app.calls, [['members', 'hall']]);
});

test('without a connection nobody is asked for until there is one', async () => {
  app.store.set('link', { name: 'offline' });
  const page = await open();
  assert.deepEqual(app.calls, []);
  app.store.set('link', { name: 'live' });
  (page.instance as { onShow(): void }).onShow();
  assert.equal(app.calls.length, 1);
});

test('a tap opens the direct chat', async () => {
  app.answers.openDirect = () => Promise.resolve('red');
  const page = await open();
  page.querySelectorAll('.person')[1]?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(app.calls.at(-1), ['openDirect', 'u2']);
  assert.deepEqual(wx.asked('navigateTo'), [{ url: '/pages/chat/chat?room=red' }]);
});

test('a chat that cannot be opened is told in words, and can be tried again', async () => {
  app.answers.openDirect = () => refusal('OFFLINE');
  const page = await open();
  for (let tries = 0; tries < 2; tries += 1) {
    page.querySelector('.person')?.dispatchEvent('tap');
    await settle();
  }
  assert.deepEqual(wx.asked('showToast'), Array(2).fill({ title: '网络未连接', icon: 'none' }));
});

test('a name is looked for, and who is not found is said not to be', async () => {
  const page = await open();
  const search = page.querySelector('.search');
  search?.dispatchEvent('query', { detail: { text: '红' } });
  await settle();
  assert.deepEqual(names(page), ['小红']);
  search?.dispatchEvent('query', { detail: { text: '无人' } });
  await settle();
  assert.deepEqual(names(page), []);
  assert.match(page.querySelector('.nobody')?.dom.textContent ?? '', /没有找到这个名字/);
});

test('whom the tree gets to know meanwhile appears, also while one searches', async () => {
  const page = await open();
  page.querySelector('.search')?.dispatchEvent('query', { detail: { text: '红' } });
  await settle();
  app.store.put('people', 'u7', { id: 'u7', name: '红豆' });
  await settle();
  assert.deepEqual(names(page), ['红豆', '小红']);
});

test('more people than a list can show are counted, not rendered', async () => {
  for (let n = 0; n < MOST_PEOPLE + 5; n += 1)
    app.store.put('people', `p${n}`, { id: `p${n}`, name: `n${n}` });
  const page = await open();
  assert.equal(names(page).length, MOST_PEOPLE);
  assert.match(page.dom.textContent, new RegExp(`只显示前 ${MOST_PEOPLE} 位`));
});

test('signed out there is nobody, and a way to sign in', async () => {
  app.store.set('session', { name: 'signed-out' });
  const page = await open();
  assert.match(page.dom.textContent, /登录后可以看到认识的人/);
  (page.instance as { onBar(): void }).onBar();
  assert.deepEqual(wx.asked('reLaunch'), [{ url: '/pages/sign-in/sign-in' }]);
});

test('the ways to a new group and to open rooms lead there', async () => {
  app.store.put('rooms', 'live', room({ id: 'live' }));
  const page = await open();
  page.querySelector('.to-group')?.dispatchEvent('tap');
  page.querySelector('.to-open')?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(wx.asked('navigateTo'), [
    { url: '/pages/pick/pick' },
    { url: '/pages/open-rooms/open-rooms' },
  ]);
});
