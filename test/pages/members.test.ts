import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Member } from '../../miniprogram/protocol/objects.ts';
import { lao, refusal, xiaohong, xiaoming, type PageApp } from '../support/page-app.ts';
import { onStage } from '../support/page-stage.ts';
import type { PageWx } from '../support/page-wx.ts';
import { mountPage, settle, type Rendered } from '../support/simulate.ts';

let app: PageApp;
let wx: PageWx;
onStage((stage) => ({ app, wx } = stage));

const owner: Member = { user: xiaohong, role: 'owner', joined: 1 };
const me: Member = { user: xiaoming, role: 'member', joined: 2 };
const third: Member = { user: lao, role: 'member', joined: 3, mutedUntil: Date.now() + 86_400_000 };

async function open(pages: { members: Member[]; more: boolean }[]) {
  app.answers.members = () => Promise.resolve(pages.shift());
  const page = mountPage('pages/members/members', { app, query: { room: 'hall' } });
  await settle();
  return page;
}

test('members are shown with their titles, mutes, and which one is oneself', async () => {
  const page = await open([{ members: [owner, me, third], more: false }]);
  const rows = page.querySelectorAll('.member').map((member) => member.dom.textContent);
  assert.equal(rows.length, 3);
  assert.match(rows[0] ?? '', /小红.*群主/);
  assert.match(rows[1] ?? '', /小明.*我/);
  assert.match(rows[2] ?? '', /老王.*禁言至/);
});

test('the next page is asked for after the last member shown, and put below', async () => {
  const page = await open([
    { members: [owner], more: true },
    { members: [me], more: false },
  ]);
  const { onReachBottom } = page.instance as { onReachBottom(): void };
  onReachBottom.call(page.instance);
  await settle();
  assert.deepEqual(app.calls, [
    ['members', 'hall', undefined],
    ['members', 'hall', 'u2'],
  ]);
  assert.equal(page.querySelectorAll('.member').length, 2);
  onReachBottom.call(page.instance);
  assert.equal(app.calls.length, 2);
});

test('after a thousand no more are asked for, and that is said', async () => {
  const many = Array.from({ length: 1200 }, (_, n) => ({
    ...owner,
    user: { id: `m${n}`, name: `成员${n}` },
  }));
  const page = await open([{ members: many, more: true }]);
  assert.equal((page.data['members'] as unknown[]).length, 1000);
  assert.match(page.dom.textContent, /只显示前 1000 位/);
  const { onReachBottom } = page.instance as { onReachBottom(): void };
  onReachBottom.call(page.instance);
  assert.equal(app.calls.length, 1);
});

test('a tap on somebody opens their page, with the room in which they were met', async () => {
  const page = await open([{ members: [owner, me], more: false }]);
  page.querySelectorAll('.member')[0]?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(wx.asked('navigateTo'), [{ url: '/pages/member/member?room=hall&user=u2' }]);
});

test('somebody is looked for by name in all pages, and the others come back afterwards', async () => {
  const page = await open([
    { members: [owner, me], more: true },
    { members: [third], more: false },
  ]);
  page.querySelector('.search')?.dispatchEvent('query', { detail: { text: '王' } });
  await settle();
  await settle();
  assert.deepEqual(names(page), ['老王']);
  page.querySelector('.search')?.dispatchEvent('query', { detail: { text: '' } });
  await settle();
  assert.deepEqual(names(page), ['小红', '小明', '老王']);
});

test('members that cannot be loaded are told in words, and a tap loads them', async () => {
  const page = await open([]);
  app.answers.members = () => refusal('TIMEOUT');
  const { load } = page.instance as { load(): Promise<void> };
  await load.call(page.instance);
  assert.match(page.dom.textContent, /等待超时，请稍后再试，轻触重试/);
  app.answers.members = () => Promise.resolve({ members: [owner], more: false });
  page.querySelector('.retry')?.dispatchEvent('tap');
  await settle();
  assert.equal(page.querySelectorAll('.member').length, 1);
  assert.equal(page.querySelector('.retry'), undefined);
});

function names(page: Rendered) {
  return page.querySelectorAll('.row-name').map(({ dom }) => dom.textContent);
}
