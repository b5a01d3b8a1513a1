import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_STATE } from '../../miniprogram/store/state.ts';
import { createStore } from '../../miniprogram/store/store.ts';

function setUp() {
  const ticks: (() => void)[] = [];
  const store = createStore((run) => ticks.push(run));
  const heard: string[][] = [];
  const undo = store.subscribe((changed) => heard.push([...changed]));
  const tick = (): void => ticks.splice(0).forEach((run) => run());
  return { store, heard, undo, tick, ticks };
}

test('changes of one tick are told once, with all their paths', () => {
  const { store, heard, tick, ticks } = setUp();
  store.set('waiting', 1);
  store.set('waiting', 2);
  store.put('people', 'u1', { id: 'u1', name: 'Ann' });
  assert.equal(ticks.length, 1);
  assert.deepEqual(heard, []);
  assert.equal(store.state.waiting, 2);
  tick();
  assert.deepEqual(heard, [['waiting', 'people.u1']]);
});

test('writing what is there already tells nobody', () => {
  const { store, heard, tick } = setUp();
  const ann = { id: 'u1', name: 'Ann' };
  store.put('people', 'u1', ann);
  tick();
  store.put('people', 'u1', ann);
  store.set('waiting', 0);
  store.remove('people', 'nobody');
  tick();
  assert.deepEqual(heard, [['people.u1']]);
});

test('a change replaces what lies on its path and nothing beside it', () => {
  const { store } = setUp();
  store.put('people', 'u1', { id: 'u1', name: 'Ann' });
  const before = store.state;
  store.put('people', 'u2', { id: 'u2', name: 'Bo' });
  assert.notEqual(store.state.people, before.people);
  assert.equal(store.state.people['u1'], before.people['u1']);
  assert.equal(store.state.rooms, before.rooms);
  assert.equal(before.people['u2'], undefined);
  store.remove('people', 'u1');
  assert.deepEqual(Object.keys(store.state.people), ['u2']);
});

test('a listener that left is not told, not even of what changed before', () => {
  const { store, heard, undo, tick } = setUp();
  store.set('waiting', 1);
  undo();
  tick();
  assert.deepEqual(heard, []);
});

test('a listener that is made to leave by another is not told any more', () => {
  const { store, tick } = setUp();
  store.subscribe(() => undoLater());
  const undoLater = store.subscribe(() => assert.fail('has left'));
  store.set('waiting', 1);
  tick();
});

test('what a listener writes is told in the next tick', () => {
  const { store, heard, tick } = setUp();
  store.subscribe(() => store.set('unread', 7));
  store.set('waiting', 1);
  tick();
  tick();
  assert.deepEqual(heard, [['waiting'], ['unread']]);
});

test('clear gives the empty tree back and names everything that was there', () => {
  const { store, heard, tick } = setUp();
  store.put('people', 'u1', { id: 'u1', name: 'Ann' });
  tick();
  store.clear();
  assert.equal(store.state, EMPTY_STATE);
  tick();
  assert.ok(heard[1]?.includes('people.u1'));
  assert.ok(heard[1]?.includes('session'));
});
