import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { PageWx } from '../support/page-wx.ts';
import { mountComponent, settle, unmountAll, type Rendered } from '../support/simulate.ts';

let wx: PageWx;
beforeEach(() => {
  wx = new PageWx();
  wx.install();
});
afterEach(unmountAll);

const message = (seq: number, fields: Record<string, unknown> = {}) => ({
  key: `s${seq}`,
  divider: '',
  unread: false,
  notice: '',
  mine: false,
  from: 'u2',
  person: '小红',
  avatar: '',
  named: true,
  text: `第${seq}条`,
  quote: '',
  edited: false,
  state: 'sent',
  problem: '',
  ...fields,
});
const messages = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index));

function open(rows: object[], older = 'more') {
  const list = mountComponent('components/message-list/message-list', { rows, older });
  const heard = { older: mock.fn(), end: mock.fn(), hold: mock.fn(), retry: mock.fn() };
  for (const [name, listener] of Object.entries(heard)) {
    list.addEventListener(name, ({ detail }) => void listener(detail));
  }
  const told = (name: keyof typeof heard) =>
    heard[name].mock.calls.map(({ arguments: [detail] }) => detail as unknown);
  return { list, told };
}

/** By its handler: the simulator sends a scroll event of its own after each one, without a place in it. */
function scrollTo(list: Rendered, scrollTop: number) {
  (list.instance as { onScroll(event: object): void }).onScroll({ detail: { scrollTop } });
}

/** Some way up, with the end out of sight. */
function scrollUp(list: Rendered) {
  scrollTo(list, 900);
  wx.see('#tail', false);
  scrollTo(list, 400);
}

/** Whether the value is one that makes the platform scroll to the end once more. */
const isEnd = (into: unknown) => into === 'end-a' || into === 'end-b';

test('messages, notices, times and the unread divider stand in the order of the rows', () => {
  const { list } = open([
    message(1, { divider: '昨天 23:58' }),
    message(2, { notice: '老王加入了聊天' }),
    message(3, { unread: true }),
  ]);
  const seen = list.dom.textContent.replace(/\s+/g, ' ');
  assert.match(seen, /查看更早的消息.*昨天 23:58.*第1条.*老王加入了聊天.*以下是新消息.*第3条/);
  assert.doesNotMatch(seen, /第2条/);
});

test('the head says what is above the first row', () => {
  const { list } = open(messages(1, 2));
  const head = () => list.querySelector('.older')?.dom.textContent;
  const said: [older: string, words: string][] = [
    ['unknown', '加载中…'],
    ['loading', '加载中…'],
    ['failed', '加载失败，轻触重试'],
    ['more', '查看更早的消息'],
    ['none', '没有更早的消息了'],
  ];
  for (const [older, words] of said) {
    list.setData({ older });
    assert.equal(head(), words);
  }
});

test('an empty chat that is loaded says that it is empty', () => {
  const { list } = open([], 'none');
  assert.match(list.dom.textContent, /还没有消息/);
});

test('it opens at its end and follows it', () => {
  const { list } = open(messages(1, 3));
  const opened = list.data['into'];
  assert.ok(isEnd(opened));
  list.setData({ rows: messages(1, 4) });
  assert.ok(isEnd(list.data['into']));
  assert.notEqual(list.data['into'], opened);
});

test('higher up a new message moves nothing and raises a button that leads to it', async () => {
  const { list } = open(messages(1, 30));
  scrollUp(list);
  const stood = list.data['into'];
  list.setData({ rows: messages(1, 32) });
  assert.equal(list.data['into'], stood);
  assert.match(list.querySelector('.jump')?.dom.textContent ?? '', /2 条新消息/);
  list.querySelector('.jump')?.dispatchEvent('tap');
  await settle();
  assert.ok(isEnd(list.data['into']));
  assert.notEqual(list.data['into'], stood);
  assert.equal(list.querySelector('.jump'), undefined);
});

test('coming to the end by oneself takes the button away', () => {
  const { list } = open(messages(1, 30));
  scrollUp(list);
  list.setData({ rows: messages(1, 31) });
  wx.see('#tail', true);
  assert.equal(list.querySelector('.jump'), undefined);
});

test('history keeps the row that was the first where it stood at the top', () => {
  const { list } = open(messages(11, 30));
  scrollUp(list);
  wx.see('#head', true);
  list.setData({ rows: messages(1, 30) });
  assert.equal(list.data['into'], 'above-s11');
  assert.ok(list.dom.innerHTML.includes('第1条'));
});

test('nearing the top, and a tap on the head, ask for history', async () => {
  const { list, told } = open(messages(1, 3));
  list.querySelector('.scroll')?.dispatchEvent('scrolltoupper');
  await settle();
  list.querySelector('.older')?.dispatchEvent('tap');
  await settle();
  assert.equal(told('older').length, 2);
});

test('whether the end is in sight is told', () => {
  const { told } = open(messages(1, 3));
  wx.see('#tail', false);
  wx.see('#tail', true);
  assert.deepEqual(told('end'), [{ seen: false }, { seen: true }]);
});

test('the keyboard takes the end along', () => {
  const { list } = open(messages(1, 3));
  const before = list.data['into'];
  list.setData({ inset: 300 });
  assert.ok(isEnd(list.data['into']));
  assert.notEqual(list.data['into'], before);
});

test('a long press and a tap on a failure name their row', async () => {
  const { list, told } = open([message(1), message(2, { mine: true, state: 'failed' })]);
  const bubbles = list.dom.innerHTML.match(/<message-bubble/g);
  assert.equal(bubbles?.length, 2);
  const [first, second] = list.querySelectorAll('.message');
  assert.ok(first && second);
  first.querySelector('.bubble')?.dispatchEvent('longpress');
  second.querySelector('.failed')?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(told('hold'), [{ key: 's1' }]);
  assert.deepEqual(told('retry'), [{ key: 's2' }]);
});

test('a list that is taken down watches nothing any more', () => {
  open(messages(1, 3));
  assert.deepEqual(wx.watched.sort(), ['#head', '#tail']);
  unmountAll();
  assert.deepEqual(wx.watched, []);
});
