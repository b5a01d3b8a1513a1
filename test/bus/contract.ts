/**
 * What every bus keeps of its port (server/domain/ports.ts), whatever it is made of: a new adapter is ten lines of
 * test. Nothing here supposes that a message arrives before `publish` returns; that something does not arrive is
 * shown by a later message that does.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Entry } from '../../miniprogram/protocol/objects.ts';
import type { Bus, BusMessage } from '../../server/domain/ports.ts';

const read = (seq: number): BusMessage => ({ type: 'read', room: 'r', user: 'u', seq });

/** One of each kind, with what a codec might lose. */
const ONE_OF_EACH: BusMessage[] = [
  {
    type: 'entries',
    room: 'r',
    entries: [
      {
        seq: 1,
        ts: 1,
        from: 'u',
        kind: 'text',
        body: { text: '茶话 "\\\u0001 😀' },
        cid: 'c',
        mentions: 'all',
      },
      { seq: 2, ts: 2, from: '', kind: 'sys', body: { action: 'invited', users: ['a', 'b'] } },
      { seq: 3, ts: 3, from: 'u', kind: 'recall', body: {}, target: 1 },
    ],
  },
  read(Number.MAX_SAFE_INTEGER),
  { type: 'typing', room: 'r', user: 'u' },
  { type: 'room', user: 'u', room: 'r' },
  { type: 'presence', node: 'n', user: 'u', online: false, lastSeen: 1_790_000_000_000 },
  { type: 'who', node: 'n', users: ['u', 'v'] },
  { type: 'here', node: 'n', users: ['u'] },
  { type: 'beat', node: 'n', name: 'host:8080', leaves: true },
  { type: 'status?', node: 'n', round: 1 },
  {
    type: 'status',
    round: 1,
    status: {
      id: 'n',
      name: 'host:8080#2',
      version: '0.1.0',
      uptimeSeconds: 1,
      sockets: 2,
      users: 3,
      rooms: 4,
      sendsPerSecond: 0.5,
      store: { up: true, ms: 0.4 },
      bus: { up: false, ms: 1_000 },
    },
  },
  { type: 'hangup', user: 'u', sid: 's', closeCode: 4401, reason: 'logged out' },
];

/** A listener that keeps what it hears, and a promise of the nth. */
function ear() {
  const heard: BusMessage[] = [];
  const waiting = new Set<() => void>();
  return {
    heard,
    listen: (message: BusMessage): void => {
      heard.push(message);
      for (const look of waiting) look();
    },
    async hears(count: number): Promise<BusMessage[]> {
      while (heard.length < count) {
        await new Promise<void>((resolve) => {
          waiting.clear();
          waiting.add(resolve);
        });
      }
      return heard;
    },
  };
}

/** Two ends of one bus; of a bus that is in one process the same end twice. */
export interface Ends {
  /** Where the tests listen … */
  here: Bus;
  /** … and where they speak. */
  there: Bus;
}

/** @param open rejects, or skips the test and gives null, where there is no such bus */
export function busContract(name: string, open: (t: TestContext) => Promise<Ends | null>): void {
  const it = (situation: string, run: (ends: Ends) => Promise<void>): void => {
    test(`${name}: ${situation}`, async (t) => {
      const ends = await open(t);
      if (!ends) return;
      try {
        await run(ends);
      } finally {
        await ends.here.close();
        await ends.there.close();
      }
    });
  };

  it('a message reaches every listener of its subject, unchanged', async ({ here, there }) => {
    const [a, b] = [ear(), ear()];
    here.subscribe('room.r', a.listen);
    here.subscribe('room.r', b.listen);
    await here.ping();
    for (const message of ONE_OF_EACH) there.publish('room.r', message);
    assert.deepEqual(await a.hears(ONE_OF_EACH.length), ONE_OF_EACH);
    assert.deepEqual(await b.hears(ONE_OF_EACH.length), ONE_OF_EACH);
  });

  it('a message on one subject is not heard on another, however alike their names', async ({
    here,
    there,
  }) => {
    const other = ear();
    for (const subject of ['room.r2', 'room', 'room.r.r', 'user.r']) here.subscribe(subject, other.listen);
    await here.ping();
    there.publish('room.r', read(1));
    there.publish('room.r2', read(2));
    assert.deepEqual(await other.hears(1), [read(2)]);
  });

  it('a message without a listener goes nowhere, and is not kept for one that comes later', async ({
    here,
    there,
  }) => {
    const late = ear();
    there.publish('room.r', read(1));
    await there.ping();
    here.subscribe('room.r', late.listen);
    await here.ping();
    there.publish('room.r', read(2));
    assert.deepEqual(await late.hears(1), [read(2)]);
  });

  it('who has left hears nothing more, the others do; leaving twice is leaving', async ({ here, there }) => {
    const [gone, stays] = [ear(), ear()];
    const undo = here.subscribe('room.r', gone.listen);
    here.subscribe('room.r', stays.listen);
    undo();
    undo();
    await here.ping();
    there.publish('room.r', read(1));
    assert.deepEqual(await stays.hears(1), [read(1)]);
    assert.deepEqual(gone.heard, []);
  });

  it('who left as the last of a subject may come back', async ({ here, there }) => {
    const again = ear();
    here.subscribe('room.r', again.listen)();
    const undo = here.subscribe('room.r', again.listen);
    await here.ping();
    there.publish('room.r', read(1));
    assert.deepEqual(await again.hears(1), [read(1)]);
    undo();
  });

  it('a function that listens twice hears twice, and each undo ends one of the two', async ({
    here,
    there,
  }) => {
    const twice = ear();
    const undo = here.subscribe('room.r', twice.listen);
    here.subscribe('room.r', twice.listen);
    await here.ping();
    there.publish('room.r', read(1));
    assert.deepEqual(await twice.hears(2), [read(1), read(1)]);
    undo();
    there.publish('room.r', read(2));
    there.publish('room.r', read(3));
    assert.deepEqual((await twice.hears(4)).slice(2), [read(2), read(3)]);
  });

  it('it answers a ping while it is open, and is silent once it is closed', async ({ here, there }) => {
    const late = ear();
    here.subscribe('room.r', late.listen);
    await here.ping();
    await here.close();
    there.publish('room.r', read(1));
    assert.deepEqual(late.heard, []);
  });

  it('whoever speaks hears it too', async ({ here }) => {
    const own = ear();
    here.subscribe('room.r', own.listen);
    here.publish('room.r', read(1));
    assert.deepEqual(await own.hears(1), [read(1)]);
  });

  it('a batch of entries larger than any message comes over in consecutive pieces', async ({
    here,
    there,
  }) => {
    const all = ear();
    here.subscribe('room.r', all.listen);
    await here.ping();
    const text = '茶'.repeat(2_000);
    const entries = Array.from({ length: 400 }, (_, i): Entry => ({
      seq: i + 1,
      ts: 1,
      from: 'u',
      kind: 'text',
      body: { text },
    }));
    there.publish('room.r', { type: 'entries', room: 'r', entries });
    const heard = (): Entry[] =>
      all.heard.flatMap((message) => (message.type === 'entries' ? message.entries : []));
    for (let messages = 1; heard().length < entries.length; messages += 1) await all.hears(messages);
    assert.deepEqual(heard(), entries);
  });

  it('while it is there it is not away, and nobody is told of a return', async ({ here }) => {
    let returns = 0;
    here.onReturn(() => (returns += 1));
    await here.ping();
    assert.deepEqual([here.isAway, returns], [false, 0]);
  });
}
