import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_FILES } from '../../miniprogram/sync/files.ts';
import { createWorld } from '../support/world.ts';

const picture = { path: 'wxfile://tmp_1', w: 400, h: 300, size: 9_000 };

async function setUp() {
  const world = createWorld();
  world.server.room('r1', ['alice', 'bob']);
  const alice = await world.live('alice');
  alice.wx.files.add(picture.path);
  alice.engine.enter('r1');
  const asked = () => world.server.heard.filter(({ op }) => op === 'file.get').map(({ body }) => body);
  return { ...world, alice, asked };
}

test('a picture is copied, uploaded and sent; its sender goes on seeing the file on the phone', async () => {
  const { server, alice, run, asked } = await setUp();
  void alice.engine.sendImage('r1', picture, { reply: 1 });
  await run(0);
  const [waiting] = alice.rows('r1');
  assert.deepEqual([waiting?.state, waiting?.local, waiting?.reply], ['sending', 'wxfile://saved_1', 1]);
  await run(200);
  const [sent] = alice.rows('r1');
  assert.deepEqual(sent?.body, { file: 'f_1', w: 400, h: 300, size: 9_000 });
  assert.equal(alice.state.files['f_1']?.url, 'wxfile://saved_1');
  assert.deepEqual(server.rooms.get('r1')?.log[0]?.body, sent?.body);
  alice.engine.look(['f_1'], 'r1');
  await run(200);
  assert.deepEqual(asked(), []);
});

test('chosen in a lift, killed, and opened again outside: it arrives once', async () => {
  const { server, alice, run } = await setUp();
  alice.cut();
  void alice.engine.sendImage('r1', picture);
  await run(3_000);
  assert.equal(alice.state.waiting, 1);
  const again = alice.kill();
  await run(2_000);
  assert.equal(again.state.waiting, 0);
  assert.equal(server.rooms.get('r1')?.log.length, 1);
});

test('files that nothing waits for any more are removed at the next start', async () => {
  const { alice, run } = await setUp();
  void alice.engine.sendImage('r1', picture);
  await run(500);
  assert.ok(alice.wx.files.has('wxfile://saved_1'));
  assert.equal(alice.kill().wx.files.has('wxfile://saved_1'), false);
});

test('a file that vanished fails honestly, and the messages behind it go out', async () => {
  const { server, alice, run } = await setUp();
  alice.cut();
  void alice.engine.sendImage('r1', picture);
  await run(0);
  alice.engine.sendText('r1', 'behind');
  alice.wx.files.clear();
  alice.restore();
  await run(3_000);
  assert.deepEqual(
    alice.rows('r1').map(({ state, error }) => [state, error]),
    [
      ['sent', undefined],
      ['failed', 'NO_FILE'],
    ],
  );
  assert.equal(server.rooms.get('r1')?.log.length, 1);
});

test('addresses are asked for once, many at a time, and again shortly before they end', async () => {
  const { alice, run, asked } = await setUp();
  alice.engine.look(['f_7', 'f_8'], 'r1');
  alice.engine.look(['f_7'], 'r1');
  await run(100);
  alice.engine.look(['f_8', 'f_7'], 'r1');
  await run(100);
  assert.deepEqual(asked(), [{ files: ['f_7', 'f_8'], room: 'r1' }]);
  assert.match(alice.state.files['f_7']?.url ?? '', /^http.*\/v1\/files\/f_7\?sig=1$/);
  await run(3_600_000);
  alice.engine.look(['f_7'], 'r1');
  await run(1_000);
  assert.equal(asked().length, 2);
});

test('a file that is not for this person has no address, and is not asked for at every turn', async () => {
  const { alice, run, asked } = await setUp();
  for (let count = 0; count < 5; count += 1) {
    alice.engine.look(['secret'], 'r1');
    await run(100);
  }
  assert.equal(alice.state.files['secret']?.url, '');
  assert.equal(asked().length, 1);
});

test('pictures of people need no room, and without a connection nothing is asked', async () => {
  const { alice, run, asked } = await setUp();
  alice.cut();
  alice.engine.look(['f_9']);
  await run(100);
  assert.deepEqual(asked(), []);
  alice.restore();
  await run(5_000);
  assert.deepEqual(asked(), [{ files: ['f_9'] }]);
});

test('of many files those asked for first are forgotten', async () => {
  const { alice, run } = await setUp();
  alice.engine.look(Array.from({ length: MAX_FILES + 1 }, (_, n) => `f_${n + 100}`));
  await run(1_000);
  const known = Object.keys(alice.state.files);
  assert.deepEqual([known.length, known.includes('f_100')], [MAX_FILES, false]);
});
