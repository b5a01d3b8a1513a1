/**
 * The piece that everything hangs on: whatever the bus does with its messages and however late the store answers,
 * each peer has the entries after its cursor, in order, once. By thousands of drawn runs; the situations that have a
 * name are in feed.test.ts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Feed, type FeedDeps } from '../../server/session/feed.ts';
import { entriesFrames } from '../../server/session/frames.ts';
import { FeedSimulation, type FeedLike, type MakeFeed } from './feed-simulation.ts';

const RUNS = 1_000;

async function firstFault(makeFeed: MakeFeed): Promise<string | null> {
  for (let seed = 1; seed <= RUNS; seed++) {
    const fault = await new FeedSimulation(seed, makeFeed).run();
    if (fault !== null) return `seed ${seed}: ${fault}`;
  }
  return null;
}

test('lost, doubled, reordered and split messages, late reads, joins and leaves: each peer has each entry once', async () => {
  assert.equal(await firstFault((room, deps) => new Feed(room, deps)), null);
});

/** A feed that is right, but for what is planted in one of its two methods. */
const planted =
  (change: (feed: Feed, deps: FeedDeps) => Partial<FeedLike>): MakeFeed =>
  (room, deps) => {
    const feed = new Feed(room, deps);
    return {
      deliver: (entries) => feed.deliver(entries),
      join: (from, joiner) => feed.join(from, joiner),
      ...change(feed, deps),
    };
  };

const BUGS: Record<string, MakeFeed> = {
  'what the bus brings is published as it comes': planted((_, { publish }) => ({
    deliver: (entries) => entriesFrames('r', entries).forEach(publish),
  })),
  'the cursor is off by one': planted((feed) => ({
    join: (from, joiner) => feed.join(Math.max(0, from - 1), joiner),
  })),
  'nothing is held for who is on the way': planted((feed, { store }) => ({
    join: async (from, { peer, isWanted }) => {
      await feed.reach(from);
      const { entries } = await store.page('r', { after: from, limit: 1_000 });
      if (!isWanted()) return;
      for (const frame of entriesFrames('r', entries)) peer.send(frame);
      peer.subscribe('r');
    },
  })),
  'who has left in the meantime is subscribed all the same': planted((feed) => ({
    join: (from, joiner) => feed.join(from, { ...joiner, isWanted: () => true }),
  })),
  'notices in what was missed are not heeded': planted((feed) => ({
    join: (from, joiner) => feed.join(from, { ...joiner, beforeEach: () => undefined }),
  })),
};

for (const [bug, makeFeed] of Object.entries(BUGS)) {
  test(`the simulation finds it where ${bug}`, async () => {
    assert.notEqual(await firstFault(makeFeed), null);
  });
}
