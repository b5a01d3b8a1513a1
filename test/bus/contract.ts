/**
 * What every bus keeps of its port (server/domain/ports.ts), whatever it is made of: a new adapter is ten lines of
 * test. Nothing here supposes that a message arrives before `publish` returns; that something does not arrive is
 * shown by a later message that does.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
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
  { type: 'presence', user: 'u', online: false, lastSeen: 1_790_000_000_000 },
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

export function busContract(name: string, open: (t: TestContext) => Promise<Bus>): void {
  const it = (situation: string, run: (bus: Bus) => Promise<void>): void => {
    test(`${name}: ${situation}`, async (t) => {
      const bus = await open(t);
      try {
        await run(bus);
      } finally {
        await bus.close();
      }
    });
  };

  it('a message reaches every listener of its subject, unchanged', async (bus) => {
    const [a, b] = [ear(), ear()];
    bus.subscribe('room.r', a.listen);
    bus.subscribe('room.r', b.listen);
    for (const message of ONE_OF_EACH) bus.publish('room.r', message);
    assert.deepEqual(await a.hears(ONE_OF_EACH.length), ONE_OF_EACH);
    assert.deepEqual(await b.hears(ONE_OF_EACH.length), ONE_OF_EACH);
  });

  it('a message on one subject is not heard on another, however alike their names', async (bus) => {
    const other = ear();
    for (const subject of ['room.r2', 'room', 'room.', 'user.r']) bus.subscribe(subject, other.listen);
    bus.publish('room.r', read(1));
    bus.publish('room.r2', read(2));
    assert.deepEqual(await other.hears(1), [read(2)]);
  });

  it('a message without a listener goes nowhere, and is not kept for one that comes later', async (bus) => {
    const late = ear();
    bus.publish('room.r', read(1));
    bus.subscribe('room.r', late.listen);
    bus.publish('room.r', read(2));
    assert.deepEqual(await late.hears(1), [read(2)]);
  });

  it('who has left hears nothing more, the others do; leaving twice is leaving', async (bus) => {
    const [gone, stays] = [ear(), ear()];
    const undo = bus.subscribe('room.r', gone.listen);
    bus.subscribe('room.r', stays.listen);
    undo();
    undo();
    bus.publish('room.r', read(1));
    assert.deepEqual(await stays.hears(1), [read(1)]);
    assert.deepEqual(gone.heard, []);
  });

  it('who left as the last of a subject may come back', async (bus) => {
    const again = ear();
    bus.subscribe('room.r', again.listen)();
    const undo = bus.subscribe('room.r', again.listen);
    bus.publish('room.r', read(1));
    assert.deepEqual(await again.hears(1), [read(1)]);
    undo();
  });

  it('a function that listens twice hears twice, and each undo ends one of the two', async (bus) => {
    const twice = ear();
    const undo = bus.subscribe('room.r', twice.listen);
    bus.subscribe('room.r', twice.listen);
    bus.publish('room.r', read(1));
    assert.deepEqual(await twice.hears(2), [read(1), read(1)]);
    undo();
    bus.publish('room.r', read(2));
    bus.publish('room.r', read(3));
    assert.deepEqual((await twice.hears(4)).slice(2), [read(2), read(3)]);
  });

  it('it answers a ping while it is open, and is silent once it is closed', async (bus) => {
    const late = ear();
    bus.subscribe('room.r', late.listen);
    await bus.ping();
    await bus.close();
    bus.publish('room.r', read(1));
    assert.deepEqual(late.heard, []);
  });
}
