import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LONGEST_DRAFT, MOST_DRAFTS } from '../../miniprogram/sync/drafts.ts';
import { createWorld } from '../support/world.ts';

async function setUp() {
  const world = createWorld();
  world.server.room('r1', ['alice', 'bob']);
  return { ...world, alice: await world.live('alice') };
}

test('what was begun is there after the app was killed, half a second after the last letter', async () => {
  const { alice, run } = await setUp();
  alice.engine.keepDraft('r1', { text: '还没', reply: 3 });
  alice.engine.keepDraft('r1', { text: '还没写完', reply: 3 });
  await run(500);
  assert.deepEqual(alice.kill().state.drafts['r1'], { text: '还没写完', reply: 3 });
});

test('hidden, it is stored at once', async () => {
  const { alice } = await setUp();
  alice.engine.keepDraft('r1', { text: '还没写完' });
  alice.hide();
  assert.equal(alice.kill().state.drafts['r1']?.text, '还没写完');
});

test('typing writes to the storage when it pauses, not for every letter', async () => {
  const { alice, run } = await setUp();
  await run(5_000);
  const before = alice.storage.writes;
  for (let count = 1; count <= 20; count += 1) {
    alice.engine.keepDraft('r1', { text: 'x'.repeat(count) });
    await run(100);
  }
  await run(500);
  assert.equal(alice.storage.writes - before, 1);
});

test('an empty one is taken away; one that only answers something is kept', async () => {
  const { alice, run } = await setUp();
  alice.engine.keepDraft('r1', { text: '', reply: 3 });
  assert.deepEqual(alice.state.drafts['r1'], { text: '', reply: 3 });
  alice.engine.keepDraft('r1', { text: '' });
  await run(500);
  assert.deepEqual([alice.state.drafts, alice.kill().state.drafts], [{}, {}]);
});

test('so many rooms, those written in last', async () => {
  const { alice } = await setUp();
  for (let room = 0; room <= MOST_DRAFTS; room += 1) alice.engine.keepDraft(`r${room}`, { text: 'x' });
  const kept = Object.keys(alice.state.drafts);
  assert.deepEqual([kept.length, kept[0]], [MOST_DRAFTS, 'r1']);
});

test('one longer than a key may bear lives as long as the app', async () => {
  const { alice, run } = await setUp();
  alice.engine.keepDraft('r1', { text: 'x'.repeat(LONGEST_DRAFT + 1) });
  await run(500);
  assert.equal(alice.state.drafts['r1']?.text.length, LONGEST_DRAFT + 1);
  assert.deepEqual(alice.kill().state.drafts, {});
});

test('signed out, nothing of it stays; somebody else on the phone does not see it', async () => {
  const { alice, run, phone } = await setUp();
  alice.engine.keepDraft('r1', { text: '还没写完' });
  await run(500);
  const bob = phone({ name: 'bob', storage: alice.storage });
  const signedIn = bob.signIn();
  await run(1_000);
  await signedIn;
  assert.deepEqual(bob.state.drafts, {});
  const out = alice.engine.signOut();
  await run(1_000);
  await out;
  assert.equal(alice.storage.keys.includes('drafts'), false);
});

test('removed from the room, its draft goes too', async () => {
  const { server, alice, run } = await setUp();
  alice.engine.keepDraft('r1', { text: '还没写完' });
  server.push(['u_alice'], 'gone', { room: 'r1', reason: 'removed' });
  await run(100);
  assert.deepEqual(alice.state.drafts, {});
});
