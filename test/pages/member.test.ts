import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memberActs, memberNotes } from '../../miniprogram/pages/member/member-view.ts';
import type { Member, Role } from '../../miniprogram/protocol/objects.ts';
import { refusal, room, xiaohong, xiaoming, type PageApp } from '../support/page-app.ts';
import { onStage } from '../support/page-stage.ts';
import type { PageWx } from '../support/page-wx.ts';
import { mountPage, settle, type Rendered } from '../support/simulate.ts';

const now = new Date(2026, 10, 24, 12, 0).getTime();
const member = (role: Role, more: Partial<Member> = {}): Member => ({
  user: xiaohong,
  role,
  joined: 1,
  ...more,
});
const acts = (of: Member, mine: Role | 'none') => memberActs(of, mine, now).map(({ name }) => name);

const rules: [mine: Role | 'none', theirs: Role, may: string[]][] = [
  ['member', 'member', []],
  ['none', 'member', []],
  ['bot', 'member', []],
  ['admin', 'owner', []],
  ['admin', 'admin', []],
  ['admin', 'member', ['mute', 'remove']],
  ['owner', 'member', ['mute', 'promote', 'remove']],
  ['owner', 'admin', ['mute', 'demote', 'remove']],
  ['owner', 'bot', ['mute', 'remove']],
];
for (const [mine, theirs, may] of rules) {
  test(`a ${mine} may do to a ${theirs}: ${may.join(', ') || 'nothing'}`, () => {
    assert.deepEqual(acts(member(theirs), mine), may);
  });
}

test('who is muted can be unmuted, until the mute has run out', () => {
  assert.equal(acts(member('member', { mutedUntil: now + 1 }), 'admin')[0], 'unmute');
  assert.equal(acts(member('member', { mutedUntil: now }), 'admin')[0], 'mute');
  assert.deepEqual(memberNotes(member('admin', { mutedUntil: now + 60_000 }), now), [
    '管理员',
    '禁言至 12:01',
  ]);
  assert.deepEqual(memberNotes(member('member'), now), []);
});

let app: PageApp;
let wx: PageWx;
onStage((stage) => {
  ({ app, wx } = stage);
  app.store.put('rooms', 'hall', room({ id: 'hall', role: 'owner' }));
});

async function open(members: Member[] = [member('member')], query: Record<string, string> = {}) {
  app.answers.members = () => Promise.resolve({ members, more: false });
  const page = mountPage('pages/member/member', { app, query: { room: 'hall', user: 'u2', ...query } });
  await settle();
  app.calls.splice(0);
  return page;
}

async function act(page: Rendered, index: number) {
  page.querySelectorAll('.cell')[index]?.dispatchEvent('tap');
  await settle();
}

test('a button opens the direct chat in place of this page', async () => {
  app.answers.openDirect = () => Promise.resolve('red');
  const page = await open();
  page.querySelector('.main')?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(app.calls, [['openDirect', 'u2']]);
  assert.deepEqual(wx.asked('redirectTo'), [{ url: '/pages/chat/chat?room=red' }]);
});

test('oneself there is nobody to talk to, and nothing to do', async () => {
  const page = await open([{ user: xiaoming, role: 'owner', joined: 1 }], { user: 'u1' });
  assert.equal(page.querySelector('.main'), undefined);
  assert.equal(page.querySelectorAll('.cell').length, 0);
  assert.match(page.dom.textContent, /小明.*群主/);
});

test('muting asks for how long', async () => {
  wx.tap = '1 小时';
  await act(await open(), 0);
  assert.deepEqual(wx.sheets, [['10 分钟', '1 小时', '1 天', '7 天', '30 天']]);
  assert.deepEqual(app.calls[0], ['manage', 'hall', { action: 'mute', user: 'u2', seconds: 3600 }]);
  assert.equal(app.calls[1]?.[0], 'members', 'looked at again');
});

test('a role is given', async () => {
  await act(await open(), 1);
  assert.deepEqual(app.calls[0], ['manage', 'hall', { action: 'role', user: 'u2', role: 'admin' }]);
});

test('removing asks first, and leads back', async () => {
  const page = await open();
  wx.confirms = false;
  await act(page, 2);
  assert.deepEqual(app.calls, []);
  wx.confirms = true;
  await act(page, 2);
  assert.deepEqual(app.calls, [['manage', 'hall', { action: 'remove', user: 'u2' }]]);
  assert.equal(wx.asked('navigateBack').length, 1);
});

test('an act that is refused is told in words, and nothing changes', async () => {
  app.answers.manage = () => refusal('FORBIDDEN');
  const page = await open();
  await act(page, 1);
  assert.deepEqual(wx.asked('showToast'), [{ title: '没有权限', icon: 'none' }]);
  assert.equal(app.calls.length, 1);
});

test('from a direct room, or from nowhere, nobody is looked for among members', async () => {
  app.answers.members = () => refusal('NOT_FOUND');
  for (const query of [{ room: 'red' }, { room: '' }]) {
    const page = mountPage('pages/member/member', { app, query: { user: 'u2', ...query } });
    await settle();
    assert.equal(page.data['state'], 'done');
  }
  assert.deepEqual(app.calls, []);
});

test('members that cannot be asked for can be asked for again', async () => {
  app.answers.members = () => refusal('TIMEOUT');
  const page = mountPage('pages/member/member', { app, query: { room: 'hall', user: 'u2' } });
  await settle();
  assert.match(page.dom.textContent, /等待超时/);
  app.answers.members = () => Promise.resolve({ members: [member('admin')], more: false });
  page.querySelector('.again')?.dispatchEvent('tap');
  await settle();
  assert.match(page.dom.textContent, /管理员/);
});
