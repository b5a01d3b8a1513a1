/** Who may search where, and how much comes at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSearch } from '../../server/domain/search.ts';
import { LIMITS, openWorld } from './world.ts';

const world = await openWorld();
const search = createSearch({ store: world.store, limits: LIMITS });

test('what was said is found by those who are in the room, and by nobody else', async () => {
  const { room, owner, others } = await world.group(1);
  const [bob = ''] = others;
  const { seq } = await world.say(room, owner, '今天下午三点开会');
  for (const body of [{ query: '三点' }, { query: '三点', room }]) {
    assert.deepEqual(
      (await search.find(bob, body)).hits.map(({ entry }) => entry.seq),
      [seq],
    );
  }
  const sam = await world.user();
  assert.deepEqual(await search.find(sam, { query: '三点' }), { hits: [], more: false });
  const words = await search
    .find(sam, { query: '三点', room: 'no-room' })
    .catch((reason: Error) => reason.message);
  await assert.rejects(search.find(sam, { query: '三点', room }), { code: 'NOT_FOUND', message: words });
});

test('a page has 20 hits unless asked otherwise, and the limit at most; the next goes on', async () => {
  const { room, owner } = await world.group(1);
  await Promise.all(Array.from({ length: 130 }, (_, i) => world.say(room, owner, `tea ${i}`)));
  assert.equal((await search.find(owner, { query: 'tea', room })).hits.length, 20);
  const first = await search.find(owner, { query: 'tea', limit: 1_000_000 });
  assert.deepEqual([first.hits.length, first.more], [LIMITS.page, true]);
  const second = await search.find(owner, { query: 'tea', limit: 100, next: first.next ?? '' });
  assert.deepEqual([second.hits.length, second.more, second.next], [30, false, undefined]);
});
