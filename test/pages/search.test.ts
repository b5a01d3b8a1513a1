import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { hitGroups, marked } from '../../miniprogram/pages/search/search-view.ts';
import { EMPTY_STATE } from '../../miniprogram/store/state.ts';
import type { Hit } from '../../miniprogram/sync/hit.ts';
import { refusal, room, xiaohong, type PageApp } from '../support/page-app.ts';
import { onStage } from '../support/page-stage.ts';
import type { PageWx } from '../support/page-wx.ts';
import { mountPage, settle, type Rendered } from '../support/simulate.ts';

const now = new Date(2026, 10, 24, 12, 0).getTime();
const hit = (roomId: string, seq: number, text: string): Hit => ({
  room: roomId,
  seq,
  ts: now - 100_000 + seq * 1000,
  from: 'u2',
  kind: 'text',
  body: { text },
});
const found = (text: string, query: string) =>
  marked(text, query)
    .map((part) => (part.isHit ? `[${part.text}]` : part.text))
    .join('');

test('all places in the line are marked, as they are written there', () => {
  assert.equal(found('Tea and more tea', 'TEA'), '[Tea] and more [tea]');
  assert.equal(found('茶', '茶'), '[茶]');
  assert.equal(found('nothing here', 'tea'), 'nothing here');
});

test('of a long text the part around the first place is shown', () => {
  const shown = found(`${'前'.repeat(200)}茶话${'后'.repeat(200)}`, '茶话');
  assert.match(shown, /^…前+\[茶话\]后+$/);
  assert.ok(shown.length < 110);
});

test('a text whose letters change their length in lower case is shown without marks, not with wrong ones', () => {
  assert.equal(found('İstanbul tea', 'tea'), 'İstanbul tea');
});

test('hits stand by room, the room of the newest first, and one that was found twice stands once', () => {
  const state = {
    ...EMPTY_STATE,
    people: { u2: xiaohong },
    rooms: { hall: room({ id: 'hall', name: '大厅' }) },
  };
  const groups = hitGroups(
    [hit('hall', 1, 'tea'), hit('red', 9, 'tea'), hit('hall', 1, 'tea'), hit('hall', 4, 'tea')],
    'tea',
    { state, now },
  );
  assert.deepEqual(
    groups.map(({ name, hits }) => [name, hits.map(({ seq }) => seq)]),
    [
      ['群聊', [9]],
      ['大厅', [4, 1]],
    ],
  );
  assert.match(groups[0]?.hits[0]?.about ?? '', /^小红 · /);
});

let app: PageApp;
let wx: PageWx;
onStage((stage) => {
  ({ app, wx } = stage);
  app.answers.find = () => [];
});
beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
afterEach(() => mock.timers.reset());

async function open(query: Record<string, string> = {}) {
  const page = mountPage('pages/search/search', { app, query });
  await settle();
  return page;
}

async function type(page: Rendered, text: string) {
  page.querySelector('.search')?.dispatchEvent('query', { detail: { text } });
  await settle();
}

async function pause() {
  mock.timers.tick(300);
  await settle();
  await settle();
}

const lines = (page: Rendered) => page.querySelectorAll('.line').map(({ dom }) => dom.textContent);

test('what the phone has is there at once; the server is asked when one pauses, once', async () => {
  app.answers.find = () => [hit('hall', 3, 'green tea')];
  app.answers.search = () => Promise.resolve({ hits: [hit('hall', 3, 'green tea'), hit('hall', 1, 'tea?')] });
  const page = await open();
  await type(page, 't');
  await type(page, 'tea');
  assert.deepEqual(lines(page), ['green tea']);
  assert.deepEqual(
    app.calls.filter(([name]) => name === 'search'),
    [],
  );
  await pause();
  assert.deepEqual(
    app.calls.filter(([name]) => name === 'search'),
    [['search', 'tea', {}]],
  );
  assert.deepEqual(lines(page), ['green tea', 'tea?']);
});

test('in one room the room is named, to the person and to the server', async () => {
  app.answers.search = () => Promise.resolve({ hits: [] });
  const page = await open({ room: 'hall' });
  assert.equal(page.data['hint'], '在“大厅”中搜索');
  await type(page, '茶');
  await pause();
  assert.deepEqual(app.calls.at(-1), ['search', '茶', { room: 'hall' }]);
  assert.match(page.dom.textContent, /没有找到/);
});

test('an answer to what is no longer asked for is nobody’s', async () => {
  let answer: (found: { hits: Hit[] }) => void = () => undefined;
  app.answers.search = () => new Promise((resolve) => (answer = resolve));
  const page = await open();
  await type(page, 'tea');
  await pause();
  await type(page, '');
  answer({ hits: [hit('hall', 1, 'tea')] });
  await settle();
  assert.deepEqual(lines(page), []);
  assert.equal(page.data['state'], 'idle');
});

test('more is asked for where the last page ended; empty pages are gone over', async () => {
  const pages = [
    { hits: [hit('hall', 9, 'tea 9')], next: 'a' },
    { hits: [], next: 'b' },
    { hits: [hit('hall', 2, 'tea 2')] },
  ];
  app.answers.search = () => Promise.resolve(pages.shift());
  const page = await open();
  await type(page, 'tea');
  await pause();
  page.querySelector('.more')?.dispatchEvent('tap');
  await settle();
  await settle();
  assert.deepEqual(app.calls.slice(-2), [
    ['search', 'tea', { next: 'a' }],
    ['search', 'tea', { next: 'b' }],
  ]);
  assert.deepEqual(lines(page), ['tea 9', 'tea 2']);
  assert.equal(page.querySelector('.more'), undefined);
});

test('without a connection the page says that it shows less, and of nothing why', async () => {
  app.answers.search = () => refusal('OFFLINE');
  const page = await open();
  await type(page, 'tea');
  await pause();
  assert.match(page.dom.textContent, /网络未连接/);
  app.answers.find = () => [hit('hall', 3, 'green tea')];
  await type(page, 'green');
  await pause();
  assert.match(page.dom.textContent, /只找了手机上的消息/);
  assert.deepEqual(lines(page), ['green tea']);
});

test('a tap opens the chat around the message', async () => {
  app.answers.find = () => [hit('hall', 3, 'green tea')];
  const page = await open();
  await type(page, 'tea');
  page.querySelector('.hit')?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(wx.asked('navigateTo'), [{ url: '/pages/chat/chat?room=hall&at=3' }]);
});

test('what could not be asked without a connection is asked when it is back', async () => {
  app.store.set('link', { name: 'offline' });
  app.answers.search = () => refusal('OFFLINE');
  const page = await open();
  await type(page, 'tea');
  await pause();
  app.answers.search = () => Promise.resolve({ hits: [hit('hall', 1, 'tea')] });
  app.store.set('link', { name: 'live' });
  await settle();
  await settle();
  assert.deepEqual(lines(page), ['tea']);
});
