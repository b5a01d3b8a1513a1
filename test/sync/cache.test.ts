import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../miniprogram/protocol/objects.ts';
import { Cache, MAX_CACHED_ROOMS } from '../../miniprogram/sync/cache.ts';
import type { Run } from '../../miniprogram/sync/timeline.ts';
import { createWxStorage } from '../../miniprogram/sync/wx-storage.ts';
import { FakeStorage } from '../support/fake-storage.ts';
import { FakeWx, NO_NETWORK } from '../support/fake-wx.ts';
import { ManualClock } from '../support/manual-clock.ts';

const run = (first: number, count: number, size = 20): Run => ({
  first,
  entries: Array.from({ length: count }, (_, index): Entry => ({
    seq: first + index,
    ts: 1,
    from: 'u',
    kind: 'text',
    body: { text: 'x'.repeat(size) },
  })),
});

function setUp(fake = new FakeStorage(), owner = 'u_me') {
  const clock = new ManualClock();
  const cache = new Cache(createWxStorage(new FakeWx({ network: NO_NETWORK, clock, storage: fake })), clock);
  cache.open(owner);
  const keep = (room: string, kept: Run): void =>
    cache.keepRun(room, kept.first + kept.entries.length - 1, () => kept);
  return { clock, fake, cache, keep };
}

test('many changes within 3 s are one write each, and all are there after a restart', () => {
  const { clock, fake, cache, keep } = setUp();
  for (let count = 1; count <= 100; count += 1) keep('r1', run(1, count));
  cache.epoch = 'e1';
  assert.equal(fake.writes, 0);
  clock.advance(3_000);
  assert.equal(fake.writes, 2); // The run and the index.
  const again = setUp(fake).cache;
  assert.deepEqual(again.run('r1'), { ...run(1, 100), reactions: [] });
  assert.deepEqual([...again.cursors()], [['r1', 100]]);
  assert.equal(again.epoch, 'e1');
});

test('flush writes at once, and nothing twice', () => {
  const { clock, fake, cache, keep } = setUp();
  cache.epoch = 'e1';
  keep('r1', run(1, 1));
  cache.flush();
  assert.equal(fake.writes, 2);
  assert.deepEqual(fake.keys, ['cache.run.r1', 'cache.index']); // A cursor never promises what is not there yet.
  clock.advance(10_000);
  assert.equal(fake.writes, 2);
});

test('another user finds nothing', () => {
  const { fake, cache, keep } = setUp();
  keep('r1', run(1, 1));
  cache.keep('people', () => [{ id: 'u', name: 'Ann' }]);
  cache.flush();
  const other = setUp(fake, 'u_other').cache;
  assert.equal(other.run('r1'), null);
  assert.equal(other.read('people'), null);
  assert.deepEqual(fake.keys, []);
});

test('what is forgotten on demand is gone at once; owner and epoch stay, and what comes is kept again', () => {
  const { fake, cache, keep } = setUp();
  cache.epoch = 'e1';
  keep('r1', run(1, 10));
  cache.flush();
  fake.set('drafts', {});
  cache.forget();
  assert.equal(cache.run('r1'), null);
  assert.deepEqual([...cache.cursors()], []);
  assert.equal(cache.epoch, 'e1');
  assert.ok(fake.keys.includes('drafts'), 'what only this phone has stays');
  keep('r2', run(1, 3));
  cache.flush();
  const again = setUp(fake).cache;
  assert.deepEqual([...again.cursors()], [['r2', 3]]);
  assert.equal(again.epoch, 'e1');
});

test('more rooms than the bound: the one used longest ago goes', () => {
  const { fake, cache, keep } = setUp();
  for (let room = 0; room < MAX_CACHED_ROOMS; room += 1) keep(`r${room}`, run(1, 1));
  keep('r0', run(1, 2));
  keep('new', run(1, 1));
  cache.flush();
  assert.equal(cache.run('r1'), null);
  assert.ok(cache.run('r0') && cache.run('new'));
  assert.equal(fake.keys.filter((key) => key.startsWith('cache.run.')).length, MAX_CACHED_ROOMS);
});

test('long messages: fewer of them are kept, the newest', () => {
  const { cache, keep } = setUp();
  keep('r1', run(1, 100, 2_000));
  cache.flush();
  const kept = cache.run('r1');
  assert.ok(kept && kept.entries.length < 60);
  assert.equal(kept.first + kept.entries.length - 1, 100);
});

test('a full storage gives up cached rooms, the oldest first, for what must be kept', () => {
  const { fake, cache, keep } = setUp();
  for (const room of ['old', 'mid', 'new']) keep(room, run(1, 20));
  cache.flush();
  fake.limit = fake.size;
  assert.equal(cache.storage.write('unsent.a', { text: 'y'.repeat(500) }), true);
  assert.equal(cache.run('old'), null);
  assert.ok(cache.run('mid') && cache.run('new'));
});

test('a cache that finds no room for itself gives up rooms, and leaves nothing behind that it does not know', () => {
  const { fake, cache, keep } = setUp();
  for (const room of ['r1', 'r2', 'r3']) keep(room, run(1, 50, 100));
  cache.flush();
  fake.limit = fake.size;
  for (const room of ['r2', 'r3', 'r1']) keep(room, run(1, 100, 100));
  cache.flush();
  const kept = [...cache.cursors().keys()].map((room) => `cache.run.${room}`);
  assert.deepEqual(
    fake.keys.filter((key) => key.startsWith('cache.run.')),
    kept,
  );
});

test('a storage that is full of other things refuses in the end, with the cache given up', () => {
  const { fake, cache, keep } = setUp();
  keep('r1', run(1, 20));
  cache.keep('people', () => [{ id: 'u', name: 'Ann' }]);
  cache.keep('rooms', () => ({ rooms: [] }));
  cache.flush();
  fake.limit = 10;
  assert.equal(cache.storage.write('unsent.a', { text: 'y'.repeat(500) }), false);
  assert.deepEqual(cache.cursors().size, 0);
  assert.equal(cache.read('people'), null);
});

test('a cache that the system emptied, or that holds junk, is an empty one', () => {
  const { fake, cache, keep } = setUp();
  keep('r1', run(1, 1));
  cache.flush();
  fake.remove('cache.run.r1');
  assert.equal(cache.run('r1'), null);
  fake.set('cache.run.r1', { first: 'one' });
  assert.equal(cache.run('r1'), null);
  fake.set('cache.index', [1, 2]);
  assert.equal(setUp(fake).cache.cursors().size, 0);
});
