import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWorld } from '../support/world.ts';

test('signed out until one signs in; then rooms, people and oneself are there', async () => {
  const { server, phone, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  server.say('r1', 'bob', 'hi');
  const alice = phone({ name: 'alice' });
  assert.deepEqual(alice.state.session, { name: 'signed-out' });
  const signedIn = alice.signIn();
  await run(1_000);
  await signedIn;
  assert.equal(alice.state.session.name, 'signed-in');
  assert.equal(alice.state.link.name, 'live');
  assert.deepEqual(alice.state.order, ['r1']);
  assert.equal(alice.state.unread, 1);
  assert.equal(alice.state.people['u_bob']?.name, 'bob');
});

test('acts of nobody are refused', async () => {
  const { phone } = createWorld();
  const alice = phone({ name: 'alice' });
  assert.throws(() => alice.engine.sendText('r1', 'hi'), { code: 'UNAUTHORIZED' });
  await assert.rejects(alice.engine.join('r1'), { code: 'OFFLINE' });
});

test('two people talk: each sees every message once, in the same order, one’s own from sending to sent', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  const [alice, bob] = [await live('alice'), await live('bob')];
  alice.engine.enter('r1');
  bob.engine.enter('r1');
  const cid = alice.engine.sendText('r1', 'one');
  const before = alice.rows('r1').at(-1);
  assert.deepEqual([before?.state, before?.key], ['sending', `c${cid}`]);
  await run(100);
  bob.engine.sendText('r1', 'two');
  alice.engine.sendText('r1', 'three');
  await run(200);
  assert.deepEqual(alice.texts('r1'), ['one', 'two', 'three']);
  assert.deepEqual(bob.texts('r1'), ['one', 'two', 'three']);
  const after = alice.rows('r1')[0];
  assert.deepEqual([after?.state, after?.key, after?.seq], ['sent', `c${cid}`, 1]);
  assert.equal(alice.state.waiting, 0);
});

test('the chat shows the newest page on entering, and older ones until there are none', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  for (let count = 1; count <= 120; count += 1) server.say('r1', 'bob', `m${count}`);
  const alice = await live('alice');
  alice.engine.enter('r1');
  assert.equal(alice.state.chats['r1']?.older, 'loading');
  await run(100);
  assert.deepEqual([alice.texts('r1')[0], alice.texts('r1').at(-1)], ['m71', 'm120']);
  assert.equal(alice.state.chats['r1']?.older, 'more');
  for (const expected of ['more', 'none']) {
    const loading = alice.engine.older('r1');
    await run(100);
    await loading;
    assert.equal(alice.state.chats['r1']?.older, expected);
  }
  assert.deepEqual(
    alice.rows('r1').map(({ seq }) => seq),
    Array.from({ length: 120 }, (_, index) => index + 1),
  );
});

test('older pages without a network: failed, said so, and to be had later', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  for (let count = 1; count <= 90; count += 1) server.say('r1', 'bob', `m${count}`);
  const alice = await live('alice');
  alice.engine.enter('r1');
  await run(100);
  alice.cut();
  await assert.rejects(alice.engine.older('r1'), { code: 'OFFLINE' });
  assert.equal(alice.state.chats['r1']?.older, 'failed');
  alice.restore();
  await run(2_000);
  const loading = alice.engine.older('r1');
  await run(100);
  await loading;
  assert.equal(alice.rows('r1').length, 90);
});

test('a chat left and closed is gone from the tree; one that two pages show stays until both have left', async () => {
  const { server, live } = createWorld();
  server.room('r1', ['alice']);
  const alice = await live('alice');
  alice.engine.enter('r1');
  alice.engine.enter('r1');
  alice.engine.leave('r1');
  assert.ok(alice.state.chats['r1']);
  alice.engine.leave('r1');
  assert.equal(alice.state.chats['r1'], undefined);
});

test('unread counts up live, and reading tells the server once, with the furthest', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  const alice = await live('alice');
  for (let count = 1; count <= 5; count += 1) server.say('r1', 'bob', `m${count}`);
  await run(100);
  assert.equal(alice.state.unread, 5);
  for (let seq = 1; seq <= 3; seq += 1) alice.engine.read('r1', seq);
  assert.equal(alice.state.rooms['r1']?.unread, 2);
  await run(1_000);
  const told = server.heard.filter(({ op }) => op === 'room.read').map(({ body }) => body['seq']);
  assert.deepEqual(told, [3]);
});

test('a start with many kept chats reads only the one that is looked at', async () => {
  const { server, live, run } = createWorld();
  const rooms = ['r1', 'r2', 'r3', 'r4'];
  for (const room of rooms) server.room(room, ['alice', 'bob']);
  const alice = await live('alice');
  for (const room of rooms) server.say(room, 'bob', 'hi');
  await run(5_000);
  const again = alice.kill();
  const before = again.storage.reads.length;
  await run(1_000);
  again.engine.enter('r2');
  await run(1_000);
  const runs = again.storage.reads.slice(before).filter((key) => key.startsWith('cache.run.'));
  assert.deepEqual([again.state.link.name, runs, again.texts('r2')], ['live', ['cache.run.r2'], ['hi']]);
});

test('read on another device of one’s own: the count follows', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  const alice = await live('alice');
  for (let count = 1; count <= 5; count += 1) server.say('r1', 'bob', `m${count}`);
  await run(100);
  server.push(['u_alice'], 'read', { room: 'r1', user: 'u_alice', seq: 4 });
  await run(100);
  assert.deepEqual([alice.state.rooms['r1']?.unread, alice.state.rooms['r1']?.read], [1, 4]);
});

test('read where the messages between are not held: the server’s own count, once it has the marker', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  for (let count = 1; count <= 300; count += 1) server.say('r1', 'bob', `m${count}`);
  const alice = await live('alice');
  assert.equal(alice.state.unread, 300);
  alice.engine.read('r1', 100);
  await run(1_000);
  assert.equal(alice.state.unread, 200);
});

test('read without a connection: kept, also over a kill, and told when there is one', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  const alice = await live('alice');
  server.say('r1', 'bob', 'hi');
  await run(100);
  alice.cut();
  alice.engine.read('r1', 1);
  await run(3_500);
  const again = alice.kill();
  assert.equal(again.state.unread, 0);
  await run(1_000);
  assert.equal(server.rooms.get('r1')?.reads.get('u_alice'), 1);
  assert.equal(again.state.unread, 0);
});

test('typing shows for a while, and ends with the message; one’s own is told every 3 s at most', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  const alice = await live('alice');
  const typing = (): string[] => alice.state.rooms['r1']!.typing;
  server.push(['u_alice'], 'typing', { room: 'r1', user: 'u_bob' });
  await run(100);
  assert.deepEqual(typing(), ['u_bob']);
  await run(6_000);
  assert.deepEqual(typing(), []);
  server.push(['u_alice'], 'typing', { room: 'r1', user: 'u_bob' });
  await run(100);
  server.say('r1', 'bob', 'hi');
  await run(100);
  assert.deepEqual(typing(), []);
  for (let count = 0; count < 40; count += 1) {
    alice.engine.typing('r1');
    await run(100);
  }
  assert.equal(server.heard.filter(({ op }) => op === 'room.typing').length, 2);
});

test('presence of a peer shows, and is forgotten with the connection', async () => {
  const { server, live, run } = createWorld();
  server.room('d1', ['alice', 'bob'], 'direct');
  const alice = await live('alice');
  server.push(['u_alice'], 'presence', { user: 'u_bob', online: true });
  await run(100);
  assert.equal(alice.state.rooms['d1']?.online, true);
  alice.cut();
  assert.equal(alice.state.rooms['d1']?.online, undefined);
});

test('a recall empties the line wherever it is shown', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  const [alice, bob] = [await live('alice'), await live('bob')];
  alice.engine.enter('r1');
  bob.engine.enter('r1');
  alice.engine.sendText('r1', 'oops');
  await run(100);
  const recalled = alice.engine.recall('r1', 1);
  await run(100);
  await recalled;
  for (const phone of [alice, bob]) {
    const [row] = phone.rows('r1');
    assert.deepEqual([row?.recalled, row?.recalledBy, row?.body], [true, 'u_alice', {}]);
    assert.equal(phone.state.rooms['r1']?.last?.recalled, true);
  }
});

test('removed from a room: nothing of it is shown or kept any more', async () => {
  const { server, live, run } = createWorld();
  const room = server.room('r1', ['alice', 'bob']);
  server.say('r1', 'bob', 'secret');
  const alice = await live('alice');
  alice.engine.enter('r1');
  await run(4_000);
  alice.cut();
  alice.engine.sendText('r1', 'too late');
  room.members.delete('u_alice');
  alice.restore();
  await run(4_000);
  assert.deepEqual([alice.state.order, alice.texts('r1'), alice.state.waiting], [[], [], 0]);
  alice.hide();
  assert.ok(!JSON.stringify(alice.storage.keys.map((key) => alice.storage.get(key))).includes('secret'));
});

test('added to a room: it is listed, what came before the news too', async () => {
  const { server, live, run } = createWorld();
  const alice = await live('alice');
  const room = server.room('r1', ['alice', 'bob']);
  server.say('r1', 'bob', 'welcome');
  await run(100);
  assert.deepEqual([alice.state.order, alice.state.unread], [['r1'], 1]);
  server.push(['u_alice'], 'room', { room: server.summary(room, server.logins.user('alice')) });
  server.say('r1', 'bob', 'again');
  await run(100);
  alice.engine.enter('r1');
  await run(100);
  assert.deepEqual([alice.texts('r1'), alice.state.unread], [['welcome', 'again'], 2]);
});

test('quitting a room takes it off the list', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  const alice = await live('alice');
  const quit = alice.engine.quit('r1');
  await run(100);
  await quit;
  assert.deepEqual(alice.state.order, []);
});

test('a group whose making was not answered is asked for again as the same one, another as another', async () => {
  const { server, live, run } = createWorld();
  const alice = await live('alice');
  server.faults.ignore.add('room.create');
  for (const name of ['tea', 'tea', 'more tea']) {
    const made = assert.rejects(alice.engine.createGroup(name, ['u_bob']), { code: 'TIMEOUT' });
    await run(11_000);
    await made;
  }
  const made = server.heard.filter(({ op }) => op === 'room.create').map(({ body }) => body['cid']);
  assert.equal(made.length, 3);
  assert.equal(made[0], made[1]);
  assert.notEqual(made[1], made[2]);
});

test('names are asked for together, and once', async () => {
  const { server, live, run } = createWorld();
  const names = Array.from({ length: 30 }, (_, index) => `p${index}`);
  server.room('r1', ['alice', ...names]);
  for (const name of names) server.say('r1', name, 'hi');
  const alice = await live('alice');
  alice.engine.enter('r1');
  await run(1_000);
  const asked = server.heard.filter(({ op }) => op === 'user.get');
  assert.ok(asked.length <= 2, `${asked.length} requests`);
  assert.equal(Object.keys(alice.state.people).length, 31);
  for (const name of names) server.say('r1', name, 'again');
  await run(1_000);
  assert.equal(server.heard.filter(({ op }) => op === 'user.get').length, asked.length);
});

test('signing out forgets everything on the phone, and what was unsent', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  server.say('r1', 'bob', 'hi');
  const alice = await live('alice');
  alice.cut();
  alice.engine.sendText('r1', 'never sent');
  alice.restore();
  const left = alice.engine.signOut();
  await run(100);
  await left;
  assert.deepEqual(alice.state.session, { name: 'signed-out', why: 'left' });
  assert.deepEqual(alice.state.order, []);
  await run(60_000);
  assert.deepEqual(alice.storage.keys, ['device']);
  assert.equal(alice.wx.alive, 0);
});

test('the login ends: signed out, the unsent waits for the same user, and is no other’s', async () => {
  const { server, live, run } = createWorld();
  server.room('r1', ['alice', 'bob']);
  const alice = await live('alice');
  alice.cut();
  alice.engine.sendText('r1', 'kept');
  server.logins.revokeAll();
  alice.restore();
  await run(5_000);
  assert.deepEqual(alice.state.session, { name: 'signed-out', why: 'expired' });
  const signedIn = alice.signIn();
  await run(1_000);
  await signedIn;
  assert.deepEqual(
    server.rooms.get('r1')?.log.map(({ body }) => body),
    [{ text: 'kept' }],
  );
});

test('pushed out by another device: barred until the person acts', async () => {
  const { server, live, run } = createWorld();
  const alice = await live('alice');
  server.close(4502, 'elsewhere', 'alice');
  await run(60_000);
  assert.deepEqual(alice.state.session, { name: 'barred', closeCode: 4502, reason: 'elsewhere' });
  alice.engine.reconnect();
  await run(100);
  assert.equal(alice.state.session.name, 'signed-in');
  assert.equal(alice.state.link.name, 'live');
});

test('a changed name is seen at once', async () => {
  const { live, run } = createWorld();
  const alice = await live('alice');
  const changed = alice.engine.changeProfile({ name: 'Alice 茶' });
  await run(100);
  await changed;
  assert.equal(alice.state.people['u_alice']?.name, 'Alice 茶');
  assert.equal(alice.state.session.name === 'signed-in' && alice.state.session.user.name, 'Alice 茶');
});
