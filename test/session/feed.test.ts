/** A room on a node, in the situations that have a name; feed-drawn.test.ts draws thousands that have none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../miniprogram/protocol/objects.ts';
import { Feed, TooFarBehind, type FeedDeps, type Joiner } from '../../server/session/feed.ts';
import { pushFrame } from '../../server/session/frames.ts';
import { notice, textEntry } from '../domain/factories.ts';
import { FakeHub, type FakePeer } from './fake-peer.ts';

/** A room with a log of so many texts; reads wait for `answer`, or are answered at once. */
function setUp(length: number, { slow = false } = {}) {
  const log = Array.from({ length }, (_, i) => textEntry(i + 1));
  const hub = new FakeHub();
  const reads: { after: number | undefined; answer: () => void; fail: (reason: Error) => void }[] = [];
  const faults: unknown[] = [];
  const heeded: number[] = [];
  const page: FeedDeps['store']['page'] = (_, { after, limit }) =>
    new Promise((resolve, reject) => {
      const answer = (): void => {
        const from = after ?? log.length - 1;
        resolve({ entries: log.slice(from, from + limit), head: log.length, more: false });
      };
      reads.push({ after, answer, fail: reject });
      if (!slow) answer();
    });
  const feed = new Feed('r', {
    store: { page },
    publish: (frame) => hub.publish('r', frame),
    beforeEach: ({ seq }) => heeded.push(seq),
    onFault: (reason) => faults.push(reason),
  });
  const joiner = (fields: Partial<Joiner> = {}): Joiner & { peer: FakePeer } => {
    const peer = hub.peer();
    return {
      isWanted: () => true,
      drained: () => Promise.resolve(),
      beforeEach: () => undefined,
      ...fields,
      peer,
    };
  };
  /** Stored, and brought by the bus. */
  const store = (...entries: Entry[]): Entry[] => {
    log.push(...entries);
    return entries;
  };
  return { feed, log, reads, faults, heeded, joiner, store };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const seqs = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
const texts = (...numbers: number[]): Entry[] => numbers.map((seq) => textEntry(seq));

test('who misses nothing is subscribed before the call returns, and the store is not asked', async () => {
  const { feed, reads, joiner } = setUp(5);
  await feed.join(5, joiner());
  const asked = reads.length;
  const second = joiner();
  void feed.join(5, second);
  assert.ok(second.peer.topics.has('r'));
  assert.equal(reads.length, asked);
});

test('450 missing entries come by pages of 200, then the live ones', async () => {
  const { feed, reads, joiner, store } = setUp(450);
  const late = joiner();
  await feed.join(0, late);
  feed.deliver(store(textEntry(451)));
  assert.deepEqual(late.peer.seqs('r'), seqs(1, 451));
  assert.deepEqual(
    reads.map(({ after }) => after),
    [undefined, 0, 200, 400],
  );
});

test('those who come back together from the same entry are served by one read', async () => {
  const { feed, reads, joiner } = setUp(5, { slow: true });
  const first = feed.join(5, joiner());
  reads[0]?.answer();
  await first;
  const [one, two, other] = [joiner(), joiner(), joiner()];
  const joined = Promise.all([feed.join(2, one), feed.join(2, two), feed.join(3, other)]);
  await settle();
  assert.deepEqual(
    reads.map(({ after }) => after),
    [undefined, 2, 3],
  );
  for (const { answer } of reads) answer();
  await joined;
  assert.deepEqual([one.peer.seqs('r'), two.peer.seqs('r')], [seqs(3, 5), seqs(3, 5)]);
  assert.deepEqual(other.peer.seqs('r'), seqs(4, 5));
  const last = feed.join(2, joiner());
  await settle();
  assert.equal(reads.length, 4, 'a read that has ended serves nobody who comes later');
  reads[3]?.answer();
  await last;
});

test('while somebody is on the way a read serves who comes later too, until something is published', async () => {
  const { feed, reads, joiner, log, store } = setUp(5);
  await feed.join(5, joiner());
  let drain = (): void => undefined;
  const onTheWay = feed.join(2, joiner({ drained: () => new Promise((resolve) => (drain = resolve)) }));
  await settle();
  const [late, later] = [joiner(), joiner()];
  await feed.join(2, late);
  assert.equal(reads.length, 2);
  log[3] = { ...textEntry(4), recalled: true };
  feed.deliver(store(textEntry(6)));
  await feed.join(2, later);
  assert.equal(reads.length, 3, 'what was recalled meanwhile is sent to nobody');
  assert.deepEqual(late.peer.seqs('r'), seqs(3, 6));
  assert.deepEqual(later.peer.seqs('r'), seqs(3, 6));
  drain();
  await onTheWay;
});

test('what is published while a peer is on its way comes after what it missed', async () => {
  const { feed, reads, joiner, store } = setUp(5, { slow: true });
  const peer = joiner();
  const joined = feed.join(2, peer);
  reads[0]?.answer();
  await settle();
  feed.deliver(store(textEntry(6)));
  assert.deepEqual(peer.peer.frames, []);
  reads[1]?.answer();
  await joined;
  feed.deliver(store(textEntry(7)));
  assert.deepEqual(peer.peer.seqs('r'), seqs(3, 7));
});

test('what else is told while a peer is on its way reaches it too, behind what it missed', async () => {
  const { feed, reads, joiner, store } = setUp(5, { slow: true });
  const peer = joiner();
  const joined = feed.join(2, peer);
  reads[0]?.answer();
  await settle();
  feed.deliver(store(textEntry(6)));
  const read = (user: string): string => pushFrame('read', { room: 'r', user, seq: 6 });
  feed.tell(read('ann'));
  reads[1]?.answer();
  await joined;
  feed.tell(read('ben'));
  assert.deepEqual(peer.peer.frames.slice(2), [JSON.parse(read('ann')), JSON.parse(read('ben'))]);
});

test('entries that come before their turn are published as soon as the hole closes, not when the store answers', async () => {
  const { feed, reads, joiner, store } = setUp(5);
  const peer = joiner();
  await feed.join(5, peer);
  store(...texts(6, 7, 8));
  feed.deliver(texts(8));
  feed.deliver(texts(7));
  assert.deepEqual(peer.peer.seqs('r'), []);
  feed.deliver(texts(6));
  assert.deepEqual(peer.peer.seqs('r'), [6, 7, 8]);
  await settle();
  assert.deepEqual(peer.peer.seqs('r'), [6, 7, 8]);
  assert.ok(reads.length > 1, 'the store was asked all the same, as the hole might have been a loss');
});

test('a message that is lost is filled in from the store when the next one comes', async () => {
  const { feed, joiner, store } = setUp(5);
  const peer = joiner();
  await feed.join(5, peer);
  store(...texts(6, 7));
  feed.deliver(texts(7));
  await settle();
  assert.deepEqual(peer.peer.seqs('r'), [6, 7]);
});

test('messages that come twice, whole or in part, are published once', async () => {
  const { feed, joiner, store } = setUp(5);
  const peer = joiner();
  await feed.join(5, peer);
  store(...texts(6, 7, 8, 9));
  for (const some of [[6, 7], [6, 7], [7, 8], [5, 6, 7, 8, 9], [9]]) feed.deliver(texts(...some));
  assert.deepEqual(peer.peer.seqs('r'), [6, 7, 8, 9]);
});

test('a hole right behind the first read of the head is filled without another message', async () => {
  const { feed, reads, faults, joiner, store } = setUp(8, { slow: true });
  const peer = joiner();
  void feed.join(8, peer);
  reads[0]?.answer();
  store(...texts(9, 10));
  feed.deliver(texts(10));
  await settle();
  reads[1]?.answer();
  await settle();
  assert.deepEqual(peer.peer.seqs('r'), [9, 10]);
  assert.deepEqual(faults, []);
});

test('a read that began too early to see an entry is followed by another', async () => {
  const { feed, log, reads, faults, joiner, store } = setUp(5, { slow: true });
  const first = joiner();
  void feed.join(5, first);
  reads[0]?.answer();
  await settle();
  store(...texts(6, 7));
  feed.deliver(texts(7));
  reads[1]?.answer();
  // Stored after that read saw the log, and known from the store before the bus brings it.
  store(...texts(8, 9));
  const second = joiner();
  const joined = feed.join(log.length, second);
  await settle();
  reads[2]?.answer();
  await joined;
  assert.deepEqual(first.peer.seqs('r'), [6, 7, 8, 9]);
  assert.deepEqual(second.peer.seqs('r'), []);
  assert.deepEqual(faults, []);
});

test('a batch larger than a page, found behind a hole, is published to its end', async () => {
  const { feed, joiner, store } = setUp(1);
  const peer = joiner();
  await feed.join(1, peer);
  const batch = store(...texts(...seqs(2, 700)));
  feed.deliver(batch.slice(1));
  await settle();
  assert.deepEqual(peer.peer.seqs('r'), seqs(2, 700));
});

test('past 5,000 early entries no more are kept; all are published from the store', async () => {
  const { feed, reads, joiner, store } = setUp(1, { slow: true });
  const peer = joiner();
  void feed.join(1, peer);
  reads[0]?.answer();
  await settle();
  const all = store(...texts(...seqs(2, 9_001)));
  for (let at = 1; at < all.length; at += 1_000) feed.deliver(all.slice(at, at + 1_000));
  for (let read = 1; reads[read]; read++) {
    reads[read]?.answer();
    await settle();
  }
  assert.deepEqual(peer.peer.seqs('r'), seqs(2, 9_001));
});

test('a store that cannot be read is told of, and the next entry heals the hole', async () => {
  const { feed, reads, faults, joiner, store } = setUp(5, { slow: true });
  const peer = joiner();
  void feed.join(5, peer);
  reads[0]?.answer();
  await settle();
  store(...texts(6, 7, 8));
  feed.deliver(texts(7));
  const away = new Error('away');
  reads[1]?.fail(away);
  await settle();
  assert.deepEqual(faults, [away]);
  feed.deliver(texts(8));
  reads[2]?.answer();
  await settle();
  assert.deepEqual(peer.peer.seqs('r'), [6, 7, 8]);
});

test('who joins while the store is away is told, and the next one is served', async () => {
  const { feed, reads, joiner } = setUp(5, { slow: true });
  const refused = feed.join(3, joiner());
  reads[0]?.fail(new Error('away'));
  await assert.rejects(refused, { message: 'away' });
  const peer = joiner();
  const joined = feed.join(5, peer);
  reads[1]?.answer();
  await joined;
  assert.ok(peer.peer.topics.has('r'));
});

test('a store that has lost what it has shown is a fault, not an endless search', async () => {
  const { feed, joiner, log } = setUp(5);
  await feed.join(5, joiner());
  log.length = 4;
  await assert.rejects(feed.join(6, joiner()), /no entry 6/);
  await assert.rejects(feed.join(4, joiner()), /no entry 5/);
});

test('who leaves between two frames gets no more of them', async () => {
  const { feed, log, joiner } = setUp(0);
  let wanted = true;
  const long = 'x'.repeat(20_000);
  log.push(...texts(1, 2, 3).map((entry): Entry => ({ ...entry, kind: 'text', body: { text: long } })));
  const peer = joiner({
    isWanted: () => wanted,
    drained: () => {
      wanted = false;
      return Promise.resolve();
    },
  });
  await feed.join(0, peer);
  assert.deepEqual(peer.peer.seqs('r'), [1]);
  assert.equal(peer.peer.topics.size, 0);
});

test('a slow reader is waited for after each frame', async () => {
  const { feed, joiner } = setUp(450);
  let release = (): void => undefined;
  const peer = joiner({ drained: () => new Promise((resolve) => (release = resolve)) });
  void feed.join(0, peer);
  await settle();
  assert.deepEqual(peer.peer.seqs('r'), seqs(1, 200));
  release();
  await settle();
  assert.deepEqual(peer.peer.seqs('r'), seqs(1, 400));
});

test('more than 5,000 published while one peer is on its way: it is cut off, the others are not', async () => {
  const { feed, joiner, store } = setUp(2);
  const live = joiner();
  await feed.join(2, live);
  let release = (): void => undefined;
  const slow = joiner({ drained: () => new Promise((resolve) => (release = resolve)) });
  const joined = feed.join(1, slow);
  await settle();
  feed.deliver(store(...texts(...seqs(3, 5_003))));
  release();
  await assert.rejects(joined, TooFarBehind);
  assert.equal(slow.peer.topics.size, 0);
  assert.equal(live.peer.seqs('r').length, 5_001);
});

test('5,000 published while a peer is on its way are held for it', async () => {
  const { feed, joiner, store } = setUp(2);
  let release = (): void => undefined;
  const slow = joiner({ drained: () => new Promise((resolve) => (release = resolve)) });
  const joined = feed.join(1, slow);
  await settle();
  feed.deliver(store(...texts(...seqs(3, 5_002))));
  release();
  await joined;
  assert.deepEqual(slow.peer.seqs('r'), seqs(2, 5_002));
});

test('a notice is heeded before it is published and after what came before it', async () => {
  const { feed, heeded, joiner, store } = setUp(1);
  const peer = joiner();
  await feed.join(1, peer);
  feed.deliver(store(textEntry(2), notice(3, { action: 'left', user: 'u' }), textEntry(4)));
  assert.deepEqual(heeded, [3]);
  assert.deepEqual(
    peer.peer.pushed('entries').map(({ entries }) => entries.map(({ seq }) => seq)),
    [[2], [3, 4]],
  );
});

test('a storm of newcomers is one frame', async () => {
  const { feed, heeded, joiner, store } = setUp(1);
  const peer = joiner();
  await feed.join(1, peer);
  feed.deliver(store(...seqs(2, 100).map((seq) => notice(seq, { action: 'joined', user: `u${seq}` }))));
  assert.equal(peer.peer.frames.length, 1);
  assert.deepEqual(heeded, []);
});
