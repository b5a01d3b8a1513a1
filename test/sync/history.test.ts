import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryBody, HistoryReply } from '../../miniprogram/protocol/frames.ts';
import type { Entry } from '../../miniprogram/protocol/objects.ts';
import { Cache } from '../../miniprogram/sync/cache.ts';
import { History, MAX_FILLING } from '../../miniprogram/sync/history.ts';
import { Logs } from '../../miniprogram/sync/logs.ts';
import { createWxStorage } from '../../miniprogram/sync/wx-storage.ts';
import { FakeStorage } from '../support/fake-storage.ts';
import { FakeWx, NO_NETWORK } from '../support/fake-wx.ts';
import { ManualClock } from '../support/manual-clock.ts';

const entries = (from: number, to: number): Entry[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({
    seq: from + i,
    ts: 1,
    from: 'u',
    kind: 'text',
    body: { text: 'x' },
  }));

function setUp() {
  const clock = new ManualClock();
  const wx = new FakeWx({ network: NO_NETWORK, clock, storage: new FakeStorage() });
  const cache = new Cache(createWxStorage(wx), clock);
  cache.open('u_me');
  const logs = new Logs({ cache, me: 'u_me', isOpen: () => true });
  const asked: { body: HistoryBody; give(from: number, to: number): void; refuse(code: string): void }[] = [];
  const arrived: string[] = [];
  const history = new History({
    me: 'u_me',
    logs,
    clock,
    pauseMs: () => 500,
    get: (body) =>
      new Promise<HistoryReply>((resolve, reject) => {
        const give = (from: number, to: number): void =>
          resolve({ entries: entries(from, to), head: to, more: false });
        asked.push({ body, give, refuse: (code) => reject(Object.assign(new Error(code), { code })) });
      }),
    arrived: (room, got) => arrived.push(`${room} ${got[0]?.seq}-${got.at(-1)?.seq}`),
  });
  history.start(100);
  /** A room whose log is held to 0 and known to go on to `head`. */
  const hole = (room: string, head: number): void => logs.restart(room, 0).want(head);
  return { clock, logs, history, asked, arrived, hole, settle: () => clock.run(0) };
}

test('a hole is filled page by page, one at a time, however often that is asked for', async () => {
  const { history, asked, arrived, hole, settle } = setUp();
  hole('r', 150);
  history.fill('r');
  history.fill('r');
  assert.deepEqual(
    asked.map(({ body }) => body),
    [{ room: 'r', after: 0, limit: 100 }],
  );
  asked[0]!.give(1, 100);
  await settle();
  asked[1]!.give(101, 150);
  await settle();
  assert.deepEqual(arrived, ['r 1-100', 'r 101-150']);
  assert.equal(asked.length, 2);
});

test('many rooms take turns', async () => {
  const { history, asked, hole, settle } = setUp();
  for (let room = 0; room < MAX_FILLING + 2; room += 1) {
    hole(`r${room}`, 10);
    history.fill(`r${room}`);
  }
  assert.equal(asked.length, MAX_FILLING);
  for (let turn = 0; turn < MAX_FILLING + 2; turn += 1) {
    asked[turn]!.give(1, 10);
    await settle();
  }
  assert.deepEqual(
    asked.map(({ body }) => body.room),
    ['r0', 'r1', 'r2', 'r3', 'r4'],
  );
});

test('a server that has nothing there is not asked again', async () => {
  const { logs, history, asked, hole, settle } = setUp();
  hole('r', 10);
  history.fill('r');
  asked[0]!.give(1, 0);
  await settle();
  assert.equal(asked.length, 1);
  assert.equal(logs.get('r')?.hole, null);
});

test('refused for now: again after a pause; for good: left, and the turn passes on', async () => {
  const { clock, history, asked, hole, settle } = setUp();
  hole('r', 10);
  history.fill('r');
  asked[0]!.refuse('UNAVAILABLE');
  await settle();
  await clock.run(499);
  assert.equal(asked.length, 1);
  await clock.run(1);
  assert.equal(asked.length, 2);
  asked[1]!.refuse('NOT_FOUND');
  await clock.run(60_000);
  assert.equal(asked.length, 2);
});

test('broken off by the connection, then begun anew where it stood', async () => {
  const { clock, history, asked, hole, settle } = setUp();
  hole('r', 250);
  history.fill('r');
  asked[0]!.give(1, 100);
  await settle();
  history.stop();
  asked[1]!.refuse('OFFLINE');
  await clock.run(60_000);
  assert.equal(asked.length, 2);
  history.fill('r');
  assert.deepEqual(asked[2]?.body, { room: 'r', after: 100, limit: 100 });
});

test('a page for a log that is held anew meanwhile is left out', async () => {
  const { logs, history, asked, arrived, hole, settle } = setUp();
  hole('r', 10);
  history.fill('r');
  logs.restart('r', 500);
  asked[0]!.give(1, 10);
  await settle();
  assert.deepEqual(arrived, []);
  assert.deepEqual([logs.get('r')?.first, logs.get('r')?.cursor], [501, 500]);
  logs.get('r')?.want(510);
  history.fill('r');
  assert.deepEqual(asked[1]?.body, { room: 'r', after: 500, limit: 100 });
});

test('older pages: one request for all who ask at once, and none at the beginning', async () => {
  const { logs, history, asked, settle } = setUp();
  logs.restart('r', 60);
  const timeline = logs.get('r')!;
  const both = Promise.all([history.older('r', timeline), history.older('r', timeline)]);
  assert.deepEqual(
    asked.map(({ body }) => body),
    [{ room: 'r', before: 61, limit: 50 }],
  );
  asked[0]!.give(11, 60);
  await both;
  assert.equal(timeline.hasOlder, true);
  const rest = history.older('r', timeline);
  asked[1]!.give(1, 10);
  await rest;
  assert.equal(timeline.hasOlder, false);
  await history.older('r', timeline);
  await settle();
  assert.equal(asked.length, 2);
});

test('around a place: a stretch of its own, which goes on below', async () => {
  const { history, asked, arrived } = setUp();
  const found = history.around('r', 500);
  assert.deepEqual(asked[0]?.body, { room: 'r', around: 500, limit: 50 });
  asked[0].give(475, 524);
  const stretch = await found;
  assert.deepEqual([stretch.first, stretch.cursor], [475, 524]);
  const newer = history.newer('r', stretch);
  assert.deepEqual(asked[1]?.body, { room: 'r', after: 524, limit: 50 });
  asked[1].give(525, 574);
  await newer;
  assert.equal(stretch.cursor, 574);
  assert.deepEqual(arrived, []);
});
