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
  from: 'u2',
  person: '小红',
  named: true,
  text: `第${seq}条`,
  state: 'sent',
  ...fields,
});
const messages = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index));

/** All rows in one parcel. */
const filled = (rows: object[]) => ({ order: [{ id: 'p1', slot: 'a' }], parcels: { a: rows, b: [] } });

function open(rows: object[], more: Record<string, unknown> = {}) {
  const given = { ...filled(rows), older: 'more', newer: 'none', ...more };
  const list = mountComponent('components/message-list/message-list', given);
  const heard = { older: mock.fn(), newer: mock.fn(), end: mock.fn(), bottom: mock.fn(), row: mock.fn() };
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

test('parcels stand in their order, whatever slots hold them', () => {
  const order = [
    { id: 'p7', slot: 'b' },
    { id: 'p8', slot: 'a' },
  ];
  const { list } = open([], { order, parcels: { a: messages(3, 4), b: messages(1, 2), c: messages(8, 9) } });
  const seen = list.dom.textContent.match(/第\d条/g);
  assert.deepEqual(seen, ['第1条', '第2条', '第3条', '第4条']);
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
  const { list } = open([], { older: 'none', isEmpty: true });
  assert.match(list.dom.textContent, /还没有消息/);
});

test('it opens at its end and follows it', () => {
  const { list } = open(messages(1, 3));
  const opened = list.data['into'];
  assert.ok(isEnd(opened));
  list.setData(filled(messages(1, 4)));
  assert.ok(isEnd(list.data['into']));
  assert.notEqual(list.data['into'], opened);
});

test('higher up a new message moves nothing and raises a button that leads to it', async () => {
  const { list, told } = open(messages(1, 30));
  scrollUp(list);
  const stood = list.data['into'];
  list.setData({ ...filled(messages(1, 32)), fresh: 2 });
  assert.equal(list.data['into'], stood);
  assert.match(list.querySelector('.jump')?.dom.textContent ?? '', /2 条新消息/);
  list.querySelector('.jump')?.dispatchEvent('tap');
  await settle();
  assert.ok(isEnd(list.data['into']));
  assert.notEqual(list.data['into'], stood);
  assert.equal(told('bottom').length, 1);
});

test('away from the end there is a way back, and at the end there is none', () => {
  const { list } = open(messages(1, 30));
  assert.equal(list.querySelector('.jump'), undefined);
  scrollUp(list);
  assert.ok(list.querySelector('.arrow'));
  wx.see('#tail', true);
  assert.equal(list.querySelector('.jump'), undefined);
});

test('rows that do not end with the newest say so below, and ask for more', async () => {
  const { list, told } = open(messages(1, 30), { isOpen: false, newer: 'more' });
  assert.ok(list.querySelector('.jump'));
  list.querySelector('.scroll')?.dispatchEvent('scrolltolower');
  await settle();
  assert.equal(told('newer').length, 1);
  list.setData({ newer: 'failed' });
  assert.match(list.dom.textContent, /加载失败，轻触重试/);
});

test('history keeps the row that was the first where it stood at the top', () => {
  const { list } = open(messages(11, 30));
  scrollUp(list);
  wx.see('#head', true);
  const order = [
    { id: 'p2', slot: 'b' },
    { id: 'p1', slot: 'a' },
  ];
  list.setData({ order, parcels: { a: messages(11, 30), b: messages(1, 10) } });
  assert.equal(list.data['into'], 'near-above-s11');
  assert.ok(list.dom.innerHTML.includes('第1条'));
});

test('a row that one jumps to is scrolled to and pointed out, again when asked again', async () => {
  const { list } = open(messages(1, 30));
  list.setData({ target: { key: 's7', turn: 1 } });
  await settle();
  assert.equal(list.data['into'], 'target-1');
  assert.ok(list.querySelector('.pointed')?.dom.textContent.includes('第7条'));
  list.setData({ target: { key: 's7', turn: 2 } });
  await settle();
  assert.equal(list.data['into'], 'target-0');
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
  list.setData({ space: '300 1' });
  assert.ok(isEnd(list.data['into']));
  assert.notEqual(list.data['into'], before);
});

test('what happens in a row comes through with its key', async () => {
  const { list, told } = open([
    message(1),
    message(2, { mine: true, state: 'failed' }),
    message(3, { notice: '你撤回了一条消息', again: true }),
  ]);
  const [first, second] = list.querySelectorAll('.message');
  first?.querySelector('.bubble')?.dispatchEvent('longpress');
  await settle();
  second?.querySelector('.failed')?.dispatchEvent('tap');
  await settle();
  list.querySelector('.again')?.dispatchEvent('tap');
  await settle();
  assert.deepEqual(told('row'), [
    { what: 'hold', key: 's1' },
    { what: 'retry', key: 's2' },
    { what: 'again', key: 's3' },
  ]);
});

test('a list that is taken down watches nothing any more', () => {
  open(messages(1, 3));
  assert.deepEqual(wx.watched.sort(), ['#head', '#tail']);
  unmountAll();
  assert.deepEqual(wx.watched, []);
});
