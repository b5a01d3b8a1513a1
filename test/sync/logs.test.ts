import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../miniprogram/protocol/objects.ts';
import { Cache, MAX_CACHED_ENTRIES } from '../../miniprogram/sync/cache.ts';
import { Logs, MAX_HELD_ROOMS, MAX_OPEN_ENTRIES } from '../../miniprogram/sync/logs.ts';
import { createWxStorage } from '../../miniprogram/sync/wx-storage.ts';
import { FakeStorage } from '../support/fake-storage.ts';
import { FakeWx, NO_NETWORK } from '../support/fake-wx.ts';
import { ManualClock } from '../support/manual-clock.ts';

const entries = (from: number, count: number): Entry[] =>
  Array.from({ length: count }, (_, i) => ({
    seq: from + i,
    ts: 1,
    from: 'u',
    kind: 'text',
    body: { text: 'x' },
  }));

function setUp(storage = new FakeStorage()) {
  const clock = new ManualClock();
  const wx = new FakeWx({ network: NO_NETWORK, clock, storage });
  const cache = new Cache(createWxStorage(wx), clock);
  cache.open('u_me');
  const open = new Set<string>();
  const logs = new Logs({ cache, me: 'u_me', isOpen: (room) => open.has(room) });
  const grow = (room: string, from: number, count: number): void => {
    (logs.get(room) ?? logs.restart(room, from - 1)).apply(entries(from, count));
    logs.changed(room);
  };
  return { storage, cache, open, logs, grow };
}

test('a room nobody looks at keeps its newest entries', () => {
  const { logs, grow } = setUp();
  grow('r', 1, MAX_CACHED_ENTRIES + 20);
  assert.deepEqual([logs.get('r')?.first, logs.get('r')?.size], [21, MAX_CACHED_ENTRIES]);
});

test('an open chat keeps all up to its bound, then loses many of the oldest at once', () => {
  const { logs, open, grow } = setUp();
  open.add('r');
  grow('r', 1, MAX_OPEN_ENTRIES);
  assert.equal(logs.get('r')?.size, MAX_OPEN_ENTRIES);
  grow('r', MAX_OPEN_ENTRIES + 1, 1);
  assert.equal(logs.get('r')?.size, MAX_OPEN_ENTRIES / 2);
  assert.equal(logs.get('r')?.cursor, MAX_OPEN_ENTRIES + 1);
});

test('of rooms long unused only the place is held, but an open one keeps all', () => {
  const { logs, open, grow } = setUp();
  open.add('open');
  grow('open', 1, 3);
  for (let room = 0; room <= MAX_HELD_ROOMS; room += 1) grow(`r${room}`, 1, 3);
  assert.deepEqual([logs.get('r0')?.size, logs.get('r0')?.cursor], [0, 3]);
  assert.equal(logs.get('r1')?.size, 3);
  assert.equal(logs.get('open')?.size, 3);
});

test('what is told to the server: the cursors of what is held, in memory and in the cache', () => {
  const { storage, cache, open, logs, grow } = setUp();
  grow('a', 5, 3);
  grow('b', 1, 2);
  logs.restart('c', 40); // Its place alone is worth nothing to the server.
  open.add('b');
  assert.deepEqual(
    [...logs.held()],
    [
      ['a', { cursor: 7, open: false }],
      ['b', { cursor: 2, open: true }],
    ],
  );
  cache.flush();
  const again = setUp(storage);
  again.grow('a', 8, 1);
  assert.deepEqual(
    [...again.logs.held()],
    [
      ['b', { cursor: 2, open: false }],
      ['a', { cursor: 8, open: false }],
    ],
  );
});

test('killed before the last entries were kept: they are a hole, and no more than that', () => {
  const { storage, cache, logs, grow } = setUp();
  grow('r', 1, 5);
  cache.flush();
  const run = storage.get('cache.run.r') as { entries: Entry[] };
  storage.set('cache.run.r', { ...run, entries: run.entries.slice(0, 3) });
  const again = setUp(storage).logs;
  assert.equal(again.get('r')?.hole, 3);
  again.get('r')?.apply(entries(6, 1));
  assert.equal(again.get('r')?.hole, 3);
  logs.drop('r');
  assert.equal(setUp(storage).logs.get('r'), null);
});
