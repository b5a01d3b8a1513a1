import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRowView, type ChatRow, type Seat } from '../../miniprogram/pages/chat/chat-rows.ts';
import type { ChatView, State } from '../../miniprogram/store/state.ts';
import { chat, chatWorld, row, unsent } from '../support/page-app.ts';

const noon = new Date(2026, 10, 24, 12, 0).getTime();
const now = noon + 3_600_000;

function rowsIn(state: State, seat: Partial<Seat> = {}): ChatRow[] {
  const view = createRowView(state, { room: 'hall', now, unread: 0, takenBack: new Map(), ...seat });
  return view({ id: 'p1', slot: 'a', from: 0, to: state.chats['hall']?.rows.length ?? 0 });
}
const rowsOf = (view_: ChatView, unread = 0) => rowsIn(chatWorld({ chat: view_ }), { unread });

test('a message shows its sender, text and state under the key of its row', () => {
  const [first] = rowsOf(chat([row(1, { ts: noon })]));
  // What it does not say is not sent to the view.
  assert.deepEqual(first, {
    key: 's1',
    state: 'sent',
    divider: '12:00',
    from: 'u2',
    person: '小红',
    named: true,
    text: '第1条',
  });
});

test('names stand above the messages of others, and not in a direct chat', () => {
  const rows = [row(1), row(2, { mine: true, from: 'u1' })];
  const named = (state: State) => rowsIn(state).map((each) => each.named === true);
  assert.deepEqual(named(chatWorld({ chat: chat(rows) })), [true, false]);
  assert.deepEqual(named(chatWorld({ chat: chat(rows), room: { kind: 'direct' } })), [false, false]);
});

test('messages of one sender within two minutes go on from each other', () => {
  const at = (seconds: number) => noon + seconds * 1000;
  const rows = [
    row(1, { ts: at(0) }),
    row(2, { ts: at(60) }),
    row(3, { ts: at(70), from: 'u3' }),
    row(4, { ts: at(80), from: 'u3' }),
    row(5, { ts: at(90), kind: 'sys', body: { action: 'joined', user: 'u1' } }),
    row(6, { ts: at(95), from: 'u3' }),
    row(7, { ts: at(300), from: 'u3' }),
  ];
  assert.deepEqual(
    rowsOf(chat(rows)).flatMap(({ key, joined }) => (joined ? [key] : [])),
    ['s2', 's4'],
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
    ['昨天 23:58', undefined, '00:01', '00:06', '12:00', undefined],
  );
});

test('a failed message says why, one on its way says nothing', () => {
  const rows = rowsOf(chat([unsent('a', 'sending'), unsent('b', 'failed', { error: 'MUTED' })]));
  assert.deepEqual(
    rows.map(({ state, problem }) => [state, problem]),
    [
      ['sending', undefined],
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
      ['老王加入了聊天', undefined],
      ['你撤回了小红的一条消息', undefined],
      ['小红撤回了一条消息', undefined],
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
    [undefined, undefined, '小红：第1条', '回复的消息已撤回', '回复了更早的消息'],
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
  const marked = (view_: ChatView) => rowsOf(view_, 9).some(({ unread }) => unread === true);
  const newest = [row(8), row(9)];
  assert.equal(marked(chat(newest, { enteredAt: 3, older: 'more' })), false);
  assert.equal(marked(chat(newest, { enteredAt: 7, older: 'more' })), true);
  assert.equal(marked(chat([row(1), row(2)], { enteredAt: 0, older: 'none' })), true);
});

test('one’s own messages are never what is unread', () => {
  const entered = chat([row(1, { mine: true, from: 'u1' }), row(2)], { enteredAt: 0 });
  assert.deepEqual(
    rowsOf(entered, 1).map(({ unread }) => unread === true),
    [false, true],
  );
});

test('one’s own text that was taken back here can be written again', () => {
  const recalled = row(3, { mine: true, from: 'u1', recalled: true, body: {}, recalledBy: 'u1' });
  const [first] = rowsIn(chatWorld({ chat: chat([recalled]) }), { takenBack: new Map([[3, '早']]) });
  assert.deepEqual([first?.notice, first?.again], ['你撤回了一条消息', true]);
  assert.equal(rowsOf(chat([recalled]))[0]?.again, undefined);
});

test('calls and addresses stand out of a text; a call of whoever reads stands out more', () => {
  const body = { text: '@小明 @老王 看 https://a.example/b?c=1。' };
  const [first] = rowsOf(chat([row(1, { body, mentions: ['u1', 'u3'] })]));
  assert.deepEqual(first?.parts, [
    { text: '@小明', as: 'me' },
    { text: ' ' },
    { text: '@老王', as: 'call' },
    { text: ' 看 ' },
    { text: 'https://a.example/b?c=1', as: 'link' },
    { text: '。' },
  ]);
  const [all] = rowsOf(chat([row(1, { body: { text: '@所有人 开会' }, mentions: 'all' })]));
  assert.equal(all?.parts?.[0]?.as, 'me');
});

test('a picture keeps its shape within a square; where it can be read is looked up', () => {
  const image = (fields: object) =>
    row(1, { kind: 'image', body: { file: 'f1', w: 4000, h: 2000 }, ...fields });
  const shown = (fields: object, files: State['files'] = {}) =>
    rowsIn(chatWorld({ chat: chat([image(fields)]), state: { files } }))[0]?.picture;
  assert.deepEqual(shown({}), { src: '', w: 180, h: 90 });
  assert.equal(shown({}, { f1: { url: 'https://x/f1', until: Infinity } })?.src, 'https://x/f1');
  assert.equal(shown({}, { f1: { url: '', until: 0 } })?.gone, true);
  const sending = shown({ state: 'sending', local: 'wxfile://saved_1', progress: 40 });
  assert.deepEqual([sending?.src, sending?.progress], ['wxfile://saved_1', 40]);
  const strip = rowsOf(chat([image({ body: { file: 'f1', w: 4000, h: 20 } })]))[0]?.picture;
  assert.deepEqual([strip?.w, strip?.h], [180, 48]);
});

test('in a direct chat the newest that is read says so, and the newest of all where it is not', () => {
  const own = (seq: number) => row(seq, { mine: true, from: 'u1' });
  const seen = (peerRead: number, kind: 'direct' | 'group' = 'direct') =>
    rowsIn(chatWorld({ chat: chat([own(1), own(2), row(3), own(4)]), room: { kind, peerRead } })).map(
      (each) => each.seen ?? '',
    );
  assert.deepEqual(seen(0), ['', '', '', '未读']);
  assert.deepEqual(seen(2), ['', '已读', '', '未读']);
  assert.deepEqual(seen(4), ['', '', '', '已读']);
  assert.deepEqual(seen(4, 'group'), ['', '', '', '']);
});

test('where messages are checked before they are seen, one that takes long says what it waits for', () => {
  const sending = unsent('a', 'sending', { ts: now - 2_000 });
  const note = (state: Partial<State>) => rowsIn(chatWorld({ chat: chat([sending]), state }))[0]?.note;
  assert.equal(note({ check: 'before' }), '审核中');
  assert.equal(note({ check: 'after' }), undefined);
  assert.equal(note({ check: 'before', link: { name: 'offline' } }), undefined);
});

test('reactions are told as they are counted', () => {
  const reactions = [
    { emoji: '👍', count: 2, mine: true },
    { emoji: '🍵', count: 1, mine: false },
  ];
  assert.deepEqual(rowsOf(chat([row(1, { reactions })]))[0]?.reactions, [
    { emoji: '👍', count: 2, mine: true },
    { emoji: '🍵', count: 1 },
  ]);
});

test('somebody unknown has a name all the same', () => {
  assert.equal(rowsOf(chat([row(1, { from: 'u99' })]))[0]?.person, '群成员');
});
