import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roomsView } from '../../miniprogram/pages/rooms/rooms-view.ts';
import type { Entry } from '../../miniprogram/protocol/objects.ts';
import { EMPTY_STATE, type RoomView, type State } from '../../miniprogram/store/state.ts';
import { lao, room, xiaohong, xiaoming } from '../support/page-app.ts';

const now = new Date(2026, 10, 24, 12, 0).getTime();

function only(fields: Partial<RoomView>, more: Partial<State> = {}) {
  const [item] = roomsView({ ...world([room({ id: 'hall', ...fields })]), ...more }, now).rooms;
  assert.ok(item);
  return item;
}

function world(rooms: RoomView[]): State {
  return {
    ...EMPTY_STATE,
    session: { name: 'signed-in', user: xiaoming },
    people: { u1: xiaoming, u2: xiaohong, u3: lao },
    rooms: Object.fromEntries(rooms.map((each) => [each.id, each])),
    order: rooms.map(({ id }) => id),
  };
}

const text = (from: string, words: string, more: Partial<Entry> = {}) =>
  ({ seq: 9, ts: now, from, kind: 'text', body: { text: words }, ...more }) as Entry;

test('rooms stand in the order of the tree; one that the tree lost is left out', () => {
  const state = world([room({ id: 'b' }), room({ id: 'a' })]);
  const shown = roomsView({ ...state, order: ['b', 'gone', 'a'] }, now).rooms;
  assert.deepEqual(
    shown.map(({ key }) => key),
    ['b', 'a'],
  );
});

test('the last message of a group bears its sender, one’s own and a direct one do not', () => {
  assert.equal(only({ last: text('u2', '早') }).line, '小红：早');
  assert.equal(only({ last: text('u1', '早') }).line, '早');
  assert.equal(only({ kind: 'direct', last: text('u2', '早') }).line, '早');
});

test('a notice, a message taken back and no message at all have their lines', () => {
  const left = { seq: 9, ts: now, from: 'u3', kind: 'sys', body: { action: 'left', user: 'u3' } } as Entry;
  assert.equal(only({ last: left }).line, '老王退出了聊天');
  assert.equal(only({ last: text('u2', '', { recalled: true }) }).line, '小红撤回了一条消息');
  assert.equal(only({}).line, '');
});

test('who types just now stands in the place of the last message', () => {
  assert.equal(only({ typing: ['u2'], last: text('u2', '早') }).line, '小红正在输入…');
});

test('a long text does not travel whole', () => {
  assert.ok(only({ last: text('u1', '茶'.repeat(2000)) }).line.length <= 80);
});

test('unread is a badge up to 99, and who listens hears the number', () => {
  const item = only({ unread: 120 });
  assert.equal(item.badge, '99+');
  assert.match(item.spoken, /，120 条未读/);
  assert.equal(only({ unread: 0 }).badge, '');
  assert.doesNotMatch(only({ unread: 0 }).spoken, /未读/);
});

test('messages that wait, and a call by name that is unread, are marked', () => {
  assert.equal(only({ waiting: 2 }).mark, '[2 条待发送]');
  assert.equal(only({ unread: 1, last: text('u2', '@小明', { mentions: ['u1'] }) }).mark, '[有人@我]');
  assert.equal(only({ unread: 1, last: text('u2', '@所有人', { mentions: 'all' }) }).mark, '[有人@我]');
  assert.equal(only({ unread: 0, last: text('u2', '@小明', { mentions: ['u1'] }) }).mark, '');
  assert.equal(only({ unread: 1, last: text('u2', '@老王', { mentions: ['u3'] }) }).mark, '');
});

test('a direct room wears the picture and the colour of its peer', () => {
  const peer = { ...xiaohong, avatar: 'f2' };
  const files = { f2: { url: 'https://a.test/2.png', until: 0 } };
  const item = only({ kind: 'direct', peer }, { files });
  assert.deepEqual([item.seed, item.avatar], ['u2', 'https://a.test/2.png']);
  assert.equal(only({ kind: 'direct', peer }).avatar, '', 'no address is known yet');
});

test('what was begun and not sent stands in place of the last message', () => {
  const drafts = { hall: { text: ' 还没写完 ' } };
  const item = only({ id: 'hall', last: text('u2', '早') }, { drafts });
  assert.deepEqual([item.mark, item.line], ['[草稿]', '还没写完']);
  const called = only({ id: 'hall', last: text('u2', '早'), unread: 3, called: 4 }, { drafts });
  assert.deepEqual([called.mark, called.line], ['[有人@我]', '小红：早']);
});

test('a group that nobody has named is called a group', () => {
  assert.equal(only({ name: '' }).name, '群聊');
});

test('a room without any activity has no time', () => {
  assert.equal(only({ activity: 0 }).time, '');
  assert.equal(only({ activity: now }).time, '12:00');
});
