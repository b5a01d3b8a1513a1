import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Said } from '../../server/domain/content-check.ts';
import { createNotices } from '../../server/domain/notices.ts';
import type { Notice, Notifier } from '../../server/domain/ports.ts';
import { openWorld } from './world.ts';

const world = await openWorld();
const { store, clock } = world;
const EVERY_MS = 600_000;

function setUp(outcome: Awaited<ReturnType<Notifier['notify']>> = 'sent') {
  const told: Notice[] = [];
  const online = new Set<string>();
  const notices = createNotices({
    store,
    notifier: {
      templates: { direct: 'D', mention: 'M' },
      notify: (notice) => Promise.resolve((told.push(notice), outcome)),
    },
    isOnline: (user) => online.has(user),
    clock,
    everyMs: EVERY_MS,
    onFault: (reason) => assert.fail(String(reason)),
  });
  async function consider(said: Said): Promise<void> {
    notices.consider(said);
    await notices.drain();
  }
  return { told, online, notices, consider };
}

const said = (room: string, user: string, more: Partial<Said>): Said => ({
  room,
  user,
  cid: 'c',
  utterance: { kind: 'text', body: { text: '喝茶吗' } },
  ...more,
});
const left = async (user: string): Promise<number> =>
  (await store.credits(user)).reduce((sum, { n }) => sum + n, 0);

async function pair(): Promise<{ room: string; ann: string; ben: string }> {
  const [ann = '', ben = ''] = await world.people(2);
  return { room: (await world.rooms.direct(ann, ben)).id, ann, ben };
}

describe('a direct message', () => {
  test('is told to the other one, who is away and has consented; one credit is spent', async () => {
    const { room, ann, ben } = await pair();
    const { consider, told, notices } = setUp();
    await notices.accepted(ben, ['D', 'D', 'not ours']);
    await consider(said(room, ann, { peer: ben }));
    assert.deepEqual(
      told.map(({ kind, user, from, text }) => ({ kind, user, from, text })),
      [{ kind: 'direct', user: ben, from: 'somebody', text: '喝茶吗' }],
    );
    assert.equal(await left(ben), 0);
    assert.deepEqual(await store.credits(ben), []);
  });

  test('is told to nobody who is online, has muted the room or has no credit; nothing is spent', async () => {
    const { room, ann, ben } = await pair();
    const { consider, told, notices, online } = setUp();
    await consider(said(room, ann, { peer: ben }));
    await notices.accepted(ben, ['D']);
    online.add(ben);
    await consider(said(room, ann, { peer: ben }));
    online.clear();
    await store.prefer(room, ben, { muted: true });
    await consider(said(room, ann, { peer: ben }));
    assert.deepEqual([told.length, await left(ben)], [0, 1]);
    await store.prefer(room, ben, { muted: false });
    await consider(said(room, ann, { peer: ben }));
    assert.equal(told.length, 1);
  });

  test('a burst is one notice; the next comes after a while', async () => {
    const { room, ann, ben } = await pair();
    const { told, notices, consider } = setUp();
    for (let n = 0; n < 3; n += 1) await notices.accepted(ben, ['D']);
    for (let n = 0; n < 10; n += 1) notices.consider(said(room, ann, { peer: ben }));
    await notices.drain();
    assert.deepEqual([told.length, await left(ben)], [1, 2]);
    clock.adjust(EVERY_MS);
    await consider(said(room, ann, { peer: ben }));
    assert.deepEqual([told.length, await left(ben)], [2, 1]);
  });

  test('WeChat knows of no credit (43101): ours are dropped; one that was not sent is given back', async () => {
    for (const [outcome, credits] of [
      ['refused', 0],
      ['unsent', 2],
    ] as const) {
      const { room, ann, ben } = await pair();
      const { consider, notices } = setUp(outcome);
      for (let n = 0; n < 2; n += 1) await notices.accepted(ben, ['D']);
      await consider(said(room, ann, { peer: ben }));
      assert.equal(await left(ben), credits, outcome);
    }
  });
});

describe('a mention', () => {
  test('is told to those who are named and are in the room, not to the sender', async () => {
    const { room, owner, others } = await world.group(2);
    const [ben = '', cid = ''] = others;
    const stranger = await world.user();
    const { consider, told, notices } = setUp();
    for (const user of [owner, ben, cid, stranger]) await notices.accepted(user, ['M', 'D']);
    await consider(said(room, owner, { mentions: [ben, owner, stranger] }));
    assert.deepEqual(
      told.map(({ user, kind, roomName }) => [user, kind, roomName]),
      [[ben, 'mention', 'tea']],
    );
  });

  test('of all is told to everybody else of a closed room, and to nobody of one that anybody may join', async () => {
    const { room, owner, others } = await world.group(2);
    const { consider, told, notices } = setUp();
    for (const user of [owner, ...others]) await notices.accepted(user, ['M']);
    await consider(said(room, owner, { mentions: 'all', isOpen: true }));
    assert.equal(told.length, 0);
    await consider(said(room, owner, { mentions: 'all', isOpen: false }));
    assert.deepEqual(told.map(({ user }) => user).toSorted(), others.toSorted());
  });

  test('a message that calls nobody asks the store nothing', async () => {
    const { room, owner } = await world.group(1);
    const { consider, told } = setUp();
    await consider(said(room, owner, {}));
    assert.equal(told.length, 0);
  });
});
