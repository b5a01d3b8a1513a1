import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chatView } from '../../miniprogram/pages/chat/chat-view.ts';
import { EMPTY_STATE, type ChatView, type RoomView, type State } from '../../miniprogram/store/state.ts';
import { DEFAULT_LIMITS } from '../../miniprogram/protocol/limits.ts';
import { chat, lao, room, row, unsent, xiaohong, xiaoming } from '../support/page-app.ts';

const noon = new Date(2026, 10, 24, 12, 0).getTime();
const now = noon + 3_600_000;

function world(fields: { chat?: ChatView; room?: Partial<RoomView>; state?: Partial<State> } = {}): State {
  return {
    ...EMPTY_STATE,
    session: { name: 'signed-in', user: xiaoming },
    link: { name: 'live' },
    people: { u1: xiaoming, u2: xiaohong, u3: lao },
    rooms: { hall: room({ id: 'hall', name: '大厅', members: 23, ...fields.room }) },
    chats: fields.chat ? { hall: fields.chat } : {},
    ...fields.state,
  };
}

const view = (state: State, unread = 0) => chatView(state, { room: 'hall', now, unread });
const rowsOf = (view_: ChatView, unread = 0) => view(world({ chat: view_ }), unread).rows;

test('a message shows its sender, text and state under the key of its row', () => {
  const [first] = rowsOf(chat([row(1, { ts: noon })]));
  assert.deepEqual(first, {
    key: 's1',
    divider: '12:00',
    unread: false,
    notice: '',
    mine: false,
    from: 'u2',
    person: '小红',
    avatar: '',
    named: true,
    text: '第1条',
    quote: '',
    edited: false,
    state: 'sent',
    problem: '',
  });
});

test('names stand above the messages of others, and not in a direct chat', () => {
  const rows = [row(1), row(2, { mine: true, from: 'u1' })];
  assert.deepEqual(
    rowsOf(chat(rows)).map(({ named }) => named),
    [true, false],
  );
  const direct = view(world({ chat: chat(rows), room: { kind: 'direct' } }));
  assert.deepEqual(
    direct.rows.map(({ named }) => named),
    [false, false],
  );
});

test('the time is told at the start, after a pause and on a new day', () => {
  const midnight = new Date(2026, 10, 24).getTime();
  const times = [
    midnight - 120_000,
    midnight - 60_000,
    midnight + 60_000,
    midnight + 361_000,
    noon,
    noon + 1,
  ];
  const rows = times.map((ts, index) => row(index + 1, { ts }));
  assert.deepEqual(
    rowsOf(chat(rows)).map(({ divider }) => divider),
    ['昨天 23:58', '', '00:01', '00:06', '12:00', ''],
  );
});

test('a failed message says why, one on its way says nothing', () => {
  const rows = rowsOf(chat([unsent('a', 'sending'), unsent('b', 'failed', { error: 'MUTED' })]));
  assert.deepEqual(
    rows.map(({ state, problem }) => [state, problem]),
    [
      ['sending', ''],
      ['failed', '你已被禁言'],
    ],
  );
});

test('a notice and a message taken back are sentences, and nothing of the message is left', () => {
  const rows = rowsOf(
    chat([
      row(1, { kind: 'sys', body: { action: 'joined', user: 'u3' } }),
      row(2, { recalled: true, body: {}, recalledBy: 'u1' }),
      row(3, { recalled: true, body: {} }),
    ]),
  );
  assert.deepEqual(
    rows.map(({ notice, text }) => [notice, text]),
    [
      ['老王加入了聊天', ''],
      ['你撤回了小红的一条消息', ''],
      ['小红撤回了一条消息', ''],
    ],
  );
});

test('an answer quotes what it answers, where that is on the phone', () => {
  const rows = rowsOf(
    chat([
      row(1),
      row(2, { recalled: true, body: {} }),
      row(3, { reply: 1 }),
      row(4, { reply: 2 }),
      row(9, { reply: 7 }),
    ]),
  );
  assert.deepEqual(
    rows.map(({ quote }) => quote),
    ['', '', '小红：第1条', '回复的消息已撤回', '回复了更早的消息'],
  );
});

test('the unread divider stands above the first message that was not read', () => {
  const entered = chat([row(1), row(2), row(3)], { enteredAt: 1 });
  const marked = (unread: number) =>
    rowsOf(entered, unread).flatMap((each) => (each.unread ? [each.key] : []));
  assert.deepEqual(marked(2), ['s2']);
  assert.deepEqual(marked(0), []);
});

test('the unread divider waits until the row it belongs above is loaded', () => {
  const marked = (view_: ChatView) => rowsOf(view_, 9).some(({ unread }) => unread);
  const newest = [row(8), row(9)];
  assert.equal(marked(chat(newest, { enteredAt: 3, older: 'more' })), false);
  assert.equal(marked(chat(newest, { enteredAt: 7, older: 'more' })), true);
  assert.equal(marked(chat([row(1), row(2)], { enteredAt: 0, older: 'none' })), true);
});

test('one’s own messages are never what is unread', () => {
  const entered = chat([row(1, { mine: true, from: 'u1' }), row(2)], { enteredAt: 0 });
  assert.deepEqual(
    rowsOf(entered, 1).map(({ unread }) => unread),
    [false, true],
  );
});

test('a group tells how many it has and leads to them, a direct chat tells of its peer', () => {
  const group = view(world());
  assert.deepEqual([group.title, group.about, group.hasMembers], ['大厅', '23 位成员', true]);
  const direct = view(world({ room: { kind: 'direct', name: '小红', online: true } }));
  assert.deepEqual([direct.title, direct.about, direct.hasMembers], ['小红', '在线', false]);
});

test('a closed chat and one that one is not in cannot be written in', () => {
  assert.equal(view(world()).closed, '');
  assert.equal(view(world({ room: { closed: true } })).closed, '聊天已关闭');
  assert.equal(view(world({ state: { rooms: {} } })).closed, '你不在这个聊天里');
});

test('who is barred or signed out reads on and cannot write', () => {
  for (const session of [{ name: 'signed-out' }, { name: 'barred', closeCode: 4502, reason: 'x' }] as const) {
    const shown = view(world({ chat: chat([row(1)]), state: { session } }));
    assert.equal(shown.closed, '现在不能发送消息');
    assert.equal(shown.rows.length, 1);
  }
});

test('a room that is unknown while there is no line is not called gone', () => {
  assert.equal(view(world({ state: { rooms: {}, link: { name: 'connecting' } } })).closed, '');
});

test('somebody muted is told until when', () => {
  assert.match(view(world({ room: { mutedUntil: now + 60_000 } })).hint, /禁言至 13:01/);
});

test('the longest text is the server’s, once it has told', () => {
  assert.ok(view(world()).limit > 100_000);
  const told = world({ state: { limits: { ...DEFAULT_LIMITS, text: 500 } } });
  assert.equal(view(told).limit, 500);
});

test('a chat that is not in the tree yet is shown as loading, not as empty', () => {
  const { rows, older } = view(world());
  assert.deepEqual([rows, older], [[], 'unknown']);
});
