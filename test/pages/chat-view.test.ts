import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chatView, jumpFor, wantedFiles, writingWords } from '../../miniprogram/pages/chat/chat-view.ts';
import { RowWindow } from '../../miniprogram/pages/chat/row-window.ts';
import type { RoomView, State } from '../../miniprogram/store/state.ts';
import { DEFAULT_LIMITS } from '../../miniprogram/protocol/limits.ts';
import { chat, chatWorld, room, row, xiaohong } from '../support/page-app.ts';

const noon = new Date(2026, 10, 24, 12, 0).getTime();
const now = noon + 3_600_000;

const view = (state: State, place = { window: new RowWindow(), isAtEnd: true }) =>
  chatView(state, { room: 'hall', now, unread: 0, takenBack: new Map(), place });

test('a group tells how many it has and leads to them, a direct chat tells of its peer', () => {
  const group = view(chatWorld());
  assert.deepEqual([group.title, group.about, group.hasMembers], ['大厅', '23 位成员', true]);
  const direct = view(chatWorld({ room: { kind: 'direct', name: '小红', online: true } }));
  assert.deepEqual([direct.title, direct.about, direct.hasMembers], ['小红', '在线', false]);
});

test('a closed chat and one that one is not in cannot be written in', () => {
  assert.equal(view(chatWorld()).closed, '');
  assert.equal(view(chatWorld({ room: { closed: true } })).closed, '聊天已关闭');
  assert.equal(view(chatWorld({ state: { rooms: {} } })).closed, '你不在这个聊天里');
});

test('who is barred or signed out reads on and cannot write', () => {
  for (const session of [{ name: 'signed-out' }, { name: 'barred', closeCode: 4502, reason: 'x' }] as const) {
    const shown = view(chatWorld({ chat: chat([row(1)]), state: { session } }));
    assert.equal(shown.closed, '现在不能发送消息');
    assert.equal(shown.parcels.a.length, 1);
  }
});

test('a room that is unknown while there is no line is not called gone', () => {
  assert.equal(view(chatWorld({ state: { rooms: {}, link: { name: 'connecting' } } })).closed, '');
});

test('a mute blocks, and counts its last hour down', () => {
  const soon = view(chatWorld({ room: { mutedUntil: now + 60_000 } }));
  assert.deepEqual([soon.blocked, soon.wait], ['你被禁言，还剩 1:00', 60]);
  const later = view(chatWorld({ room: { mutedUntil: now + 7_200_000 } }));
  assert.match(later.blocked, /禁言至 15:00/);
  assert.equal(later.wait, 0);
  assert.equal(view(chatWorld({ room: { mutedUntil: now } })).blocked, '');
});

test('a moderator’s mute says why as well, as long as it holds', () => {
  const muted = (mutedUntil: number, muteReason: string) =>
    view(chatWorld({ room: { mutedUntil, muteReason } })).blocked;
  assert.equal(muted(now + 60_000, '刷屏'), '你被禁言，还剩 1:00，原因：刷屏');
  assert.equal(muted(now + 7_200_000, ' '), '你被禁言至 15:00');
  assert.equal(muted(now - 1, '刷屏'), '');
});

test('slow mode blocks after one’s own message, and not those who keep order', () => {
  const mine = chat([row(1, { mine: true, from: 'u1', ts: now - 4_000 })]);
  const slow = (more: Partial<RoomView> = {}) =>
    view(chatWorld({ chat: mine, room: { slowSeconds: 10, ...more } }));
  assert.deepEqual([slow().blocked, slow().wait], ['慢速模式：6 秒后可以再发', 6]);
  assert.equal(slow({ role: 'admin' }).wait, 0);
  assert.equal(slow({ slowSeconds: 3 }).wait, 0);
  assert.match(slow().hint, /每 10 秒/);
});

test('a phone whose clock is behind waits no longer than the room asks', () => {
  const mine = chat([row(1, { mine: true, from: 'u1', ts: now + 600_000 })]);
  assert.equal(view(chatWorld({ chat: mine, room: { slowSeconds: 10 } })).wait, 10);
});

test('the longest text is the server’s, once it has told', () => {
  assert.ok(view(chatWorld()).limit > 100_000);
  const told = chatWorld({ state: { limits: { ...DEFAULT_LIMITS, text: 500 } } });
  assert.equal(view(told).limit, 500);
});

test('a chat that is not in the tree yet is shown as loading, not as empty', () => {
  const { order, older } = view(chatWorld());
  assert.deepEqual([order, older], [[], 'unknown']);
});

const many = (count: number) => Array.from({ length: count }, (_, index) => row(index + 1));

test('of many rows the newest are on the page, and the rest is said to be above', () => {
  const shown = view(chatWorld({ chat: chat(many(500), { older: 'none' }) }));
  const keys = shown.order.flatMap(({ slot }) => shown.parcels[slot].map(({ key }) => key));
  assert.deepEqual([keys.length, keys[0], keys.at(-1)], [40, 's461', 's500']);
  assert.deepEqual([shown.older, shown.newer, shown.isOpen], ['more', 'none', true]);
});

test('a stretch of the past does not end with the newest', () => {
  const shown = view(chatWorld({ chat: chat(many(50), { newer: 'more' }) }));
  assert.deepEqual([shown.isOpen, shown.newer], [false, 'more']);
});

test('what comes while one reads higher up is counted', () => {
  const state = chatWorld({ chat: chat(many(3)), room: { unread: 2 } });
  assert.equal(view(state, { window: new RowWindow(), isAtEnd: false }).fresh, 2);
  assert.equal(view(state).fresh, 0);
});

test('many unread have a way to the first, a call has one to itself, few need none', () => {
  const rows = many(60);
  const before = (fields: Partial<RoomView>) => room({ id: 'hall', read: 20, ...fields });
  assert.deepEqual(jumpFor(rows, before({ unread: 40 })).seq, 21);
  assert.match(jumpFor(rows, before({ unread: 40 })).text, /40 条新消息/);
  assert.deepEqual(jumpFor(rows, before({ unread: 40, called: 30 })).seq, 30);
  assert.deepEqual(jumpFor(rows, before({ unread: 8, called: 59 })).seq, 0);
  assert.deepEqual(jumpFor(rows, undefined).seq, 0);
});

test('what is answered or edited is told in a line', () => {
  const state = chatWorld({ chat: chat([row(1), row(2, { mine: true, from: 'u1' })]) });
  assert.equal(writingWords(state, 'hall', { text: '', reply: 1 }), '小红：第1条');
  assert.equal(writingWords(state, 'hall', { text: 'x', edit: 2 }), '你：第2条');
  assert.equal(writingWords(state, 'hall', { text: 'x', reply: 77 }), '回复了更早的消息');
  assert.equal(writingWords(state, 'hall', { text: 'x' }), '');
});

test('pictures and faces on the page are wanted, and those further up are not', () => {
  const image = (seq: number) => row(seq, { kind: 'image', body: { file: `f${seq}` }, from: 'u2' });
  const state = chatWorld({
    chat: chat([image(1), ...many(100).map((each) => ({ ...each, seq: each.seq! + 1 })), image(200)]),
    state: { people: { u2: { ...xiaohong, avatar: 'face2' } } },
  });
  const wanted = wantedFiles(state, 'hall', { window: new RowWindow(), isAtEnd: true });
  assert.deepEqual(wanted, { files: ['f200'], faces: ['face2'] });
});
