/** What is still under way when somebody signs out: it is nobody's, and nothing of it stays or goes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWorld } from '../support/world.ts';

const PICTURE = { path: 'wxfile://tmp/p.png', w: 10, h: 10, size: 100 };

async function setUp() {
  const world = createWorld();
  world.server.room('r1', ['alice', 'bob']);
  for (let n = 1; n <= 90; n += 1) world.server.say('r1', 'bob', `m${n}`);
  const alice = await world.live('alice');
  alice.engine.enter('r1');
  await world.run(100);
  return { ...world, alice };
}

test('a page of history: nothing of the chat is shown or kept any more', async () => {
  const { alice, run } = await setUp();
  const page = assert.rejects(alice.engine.older('r1'), { code: 'OFFLINE' });
  const left = alice.engine.signOut();
  await run(10_000);
  await Promise.all([page, left]);
  assert.deepEqual(alice.storage.keys, ['device']);
  assert.deepEqual([alice.state.chats, alice.state.people], [{}, {}]);
});

test('a picture: it is not sent by whoever signs in next', async () => {
  const { server, alice, run } = await setUp();
  alice.wx.files.add(PICTURE.path);
  server.latencyMs = 3_000;
  await alice.engine.sendImage('r1', PICTURE);
  server.latencyMs = 10;
  const left = alice.engine.signOut();
  await run(100);
  await left;
  const signedIn = alice.engine.signInAs('bob');
  await run(10_000);
  await signedIn;
  assert.deepEqual(
    server.heard.filter(({ op }) => op === 'message.send'),
    [],
  );
  assert.deepEqual(alice.state.files, {});
});

test('a new name: nobody is signed in by its answer, and whoever comes next keeps the own one', async () => {
  const { server, alice, run } = await setUp();
  server.latencyMs = 3_000;
  const renamed = alice.engine.changeProfile({ name: 'Ann' });
  server.latencyMs = 10;
  const left = alice.engine.signOut();
  await run(100);
  await left;
  const signedIn = alice.engine.signInAs('bob');
  await run(100);
  await signedIn;
  await run(10_000);
  await renamed;
  const { session } = alice.state;
  assert.equal(session.name === 'signed-in' && session.user.name, 'bob');
});
