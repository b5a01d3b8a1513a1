import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, watch, whenLive } from '../../miniprogram/store/page-store.ts';
import { createStore } from '../../miniprogram/store/store.ts';

function setUp() {
  const ticks: (() => void)[] = [];
  const store = createStore((run) => ticks.push(run));
  const calls: Record<string, unknown>[] = [];
  const page = { setData: (changes: Record<string, unknown>) => void calls.push(changes) };
  return { store, page, calls, tick: () => ticks.splice(0).forEach((run) => run()) };
}

test('a page shows what is there when it connects, at once', () => {
  const { store, page, calls } = setUp();
  connect(page, store, ({ link, waiting }) => ({ link, waiting }));
  assert.deepEqual(calls, [{ link: { name: 'idle' }, waiting: 0 }]);
});

test('many changes in a tick are one setData', () => {
  const { store, page, calls, tick } = setUp();
  connect(page, store, ({ unread, waiting }) => ({ unread, waiting }));
  for (let count = 1; count <= 100; count += 1) store.set('waiting', count);
  store.set('unread', 5);
  tick();
  assert.deepEqual(calls.slice(1), [{ waiting: 100, unread: 5 }]);
});

test('what a page does not select costs it nothing', () => {
  const { store, page, calls, tick } = setUp();
  connect(page, store, ({ waiting }) => ({ waiting }));
  store.set('unread', 5);
  tick();
  assert.equal(calls.length, 1);
});

test('a selection that makes a new list each time sends only what differs in it', () => {
  const { store, page, calls, tick } = setUp();
  store.put('people', 'u1', { id: 'u1', name: 'Ann' });
  store.put('people', 'u2', { id: 'u2', name: 'Bo' });
  connect(page, store, ({ people }) => ({
    list: Object.values(people).map(({ id, name }) => ({ key: id, name })),
  }));
  store.put('people', 'u2', { id: 'u2', name: 'Bob' });
  tick();
  assert.deepEqual(calls.slice(1), [{ 'list[1].name': 'Bob' }]);
});

test('a page that was left hears nothing more', () => {
  const { store, page, calls, tick } = setUp();
  const undo = connect(page, store, ({ waiting }) => ({ waiting }));
  store.set('waiting', 1);
  undo();
  tick();
  assert.equal(calls.length, 1);
});

test('what waits for a connection runs each time that one comes up, and not after it was undone', async () => {
  const store = createStore(queueMicrotask);
  let runs = 0;
  const undo = whenLive(store, () => (runs += 1));
  const link = async (name: 'live' | 'offline') => {
    store.set('link', { name });
    await Promise.resolve();
  };
  await link('live');
  store.set('waiting', 3);
  await Promise.resolve();
  assert.equal(runs, 1);
  await link('offline');
  await link('live');
  assert.equal(runs, 2);
  undo();
  await link('offline');
  await link('live');
  assert.equal(runs, 2);
});

test('a page that is covered is sent nothing, and what it missed in one piece when it is shown', () => {
  const { store, page, calls, tick } = setUp();
  let selected = 0;
  const covered = watch(page, store, ({ waiting, unread }) => {
    selected += 1;
    return { waiting, unread };
  });
  covered.hide();
  store.set('waiting', 1);
  tick();
  store.set('unread', 2);
  tick();
  covered.refresh();
  assert.equal(calls.length, 1);
  assert.equal(selected, 1);
  covered.show();
  assert.deepEqual(calls[1], { waiting: 1, unread: 2 });
  covered.show();
  assert.equal(calls.length, 2, 'nothing new, nothing sent');
  covered.undo();
});
