/** Processes that end are started again, at a pace; processes that are to end do, or are killed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ChildEvents,
  FIRST_PAUSE_MS,
  LONGEST_PAUSE_MS,
  STOP_MS,
  Supervisor,
  WELL_MS,
} from '../../server/workers/supervisor.ts';
import { ManualClock } from '../support/manual-clock.ts';

interface FakeChild {
  name: string;
  events: ChildEvents;
  stopped: boolean;
  killed: boolean;
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setUp(workers = 2) {
  const clock = new ManualClock();
  /** Every child that was ever started, in order. */
  const children: FakeChild[] = [];
  const supervisor = new Supervisor({
    workers,
    clock,
    log: { info: () => undefined, warn: () => undefined },
    start: (name, events) => {
      const child: FakeChild = { name, events, stopped: false, killed: false };
      children.push(child);
      return {
        stop: () => (child.stopped = true),
        kill: () => {
          child.killed = true;
          events.onExit(null);
        },
      };
    },
  });
  const names = (): string[] => children.map(({ name }) => name);
  const newest = (name: string): FakeChild => {
    const found = children.findLast((child) => child.name === name);
    assert.ok(found, `${name} was started`);
    return found;
  };
  /** All serve. */
  async function serve() {
    const started = supervisor.start();
    newest('hub').events.onReady({});
    await settle();
    for (let i = 1; i <= workers; i += 1)
      newest(String(i)).events.onReady({ url: `url ${i}`, admin: `admin ${i}` });
    return started;
  }
  return { clock, supervisor, children, names, newest, serve };
}

test('the hub comes first, the workers when it serves; the first of them gives the addresses', async () => {
  const { supervisor, names, newest } = setUp();
  const started = supervisor.start();
  assert.deepEqual(names(), ['hub']);
  newest('hub').events.onReady({});
  await settle();
  assert.deepEqual(names(), ['hub', '1', '2']);
  newest('2').events.onReady({ url: 'other' });
  newest('1').events.onReady({ url: 'u', admin: 'a' });
  assert.deepEqual(await started, { url: 'u', admin: 'a' });
});

test('a process that ends before it ever served fails the start, and is not tried again', async () => {
  const { supervisor, clock, names, newest } = setUp();
  const started = supervisor.start();
  newest('hub').events.onReady({});
  await settle();
  newest('2').events.onExit(1);
  await assert.rejects(started, /worker 2 ended with code 1 before it served/);
  clock.advance(LONGEST_PAUSE_MS);
  assert.deepEqual(names(), ['hub', '1', '2']);
});

test('a process that dies is started again after a pause, which doubles up to a bound', async () => {
  const { clock, names, newest, serve } = setUp(1);
  await serve();
  let pause = FIRST_PAUSE_MS;
  for (let deaths = 1; deaths <= 8; deaths += 1) {
    newest('1').events.onExit(null);
    clock.advance(pause - 1);
    assert.equal(names().length, 1 + deaths, `death ${deaths}: not yet`);
    clock.advance(1);
    assert.equal(names().length, 2 + deaths);
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
  }
});

test('who has lived long is well: the next pause is the first again', async () => {
  const { clock, names, newest, serve } = setUp(1);
  await serve();
  for (let i = 0; i < 3; i += 1) {
    newest('hub').events.onExit(1);
    clock.advance(LONGEST_PAUSE_MS);
  }
  clock.advance(WELL_MS);
  const before = names().length;
  newest('hub').events.onExit(1);
  clock.advance(FIRST_PAUSE_MS);
  assert.equal(names().length, before + 1);
});

test('stopping ends the workers, then the hub; all well is told', async () => {
  const { supervisor, clock, names, newest, serve } = setUp();
  await serve();
  const stopped = supervisor.stop();
  await settle();
  assert.deepEqual([newest('1').stopped, newest('2').stopped, newest('hub').stopped], [true, true, false]);
  newest('1').events.onExit(0);
  newest('2').events.onExit(0);
  await settle();
  assert.equal(newest('hub').stopped, true);
  newest('hub').events.onExit(0);
  assert.equal(await stopped, true);
  clock.advance(LONGEST_PAUSE_MS);
  assert.equal(names().length, 3);
  assert.equal(clock.pending, 0);
});

test('a worker that does not end in time is killed, and that is told', async () => {
  const { supervisor, clock, newest, serve } = setUp(1);
  await serve();
  const stopped = supervisor.stop();
  clock.advance(STOP_MS);
  await settle();
  assert.equal(newest('1').killed, true);
  newest('hub').events.onExit(0);
  assert.equal(await stopped, false);
});

test('a process that waits to be started again when the end comes stays away', async () => {
  const { supervisor, clock, names, newest, serve } = setUp(1);
  await serve();
  newest('1').events.onExit(null);
  const stopped = supervisor.stop();
  await settle();
  newest('hub').events.onExit(0);
  await stopped;
  clock.advance(LONGEST_PAUSE_MS);
  assert.deepEqual(names(), ['hub', '1']);
});
