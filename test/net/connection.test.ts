import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Connection } from '../../miniprogram/net/connection.ts';
import type { SocketEvents } from '../../miniprogram/net/socket.ts';
import { createLive, createWired } from '../support/wired.ts';

const pings = (heard: { op: string }[]): number => heard.filter(({ op }) => op === 'session.ping').length;
const hellos = (heard: { op: string }[]): number => heard.filter(({ op }) => op === 'session.hello').length;

test('start connects, greets with the token, and is live once greeted', async () => {
  const { connection, server, states, greetings, run } = await createWired();
  connection.start();
  await run(100);
  assert.deepEqual(states, [{ name: 'connecting' }, { name: 'live' }]);
  assert.equal(server.heard[0]?.op, 'session.hello');
  assert.equal(server.heard[0].body['version'], 1);
  assert.equal(greetings[0]?.user.name, 'alice');
});

test('starting twice opens one socket', async () => {
  const { connection, wx, run } = await createWired();
  connection.start();
  connection.start();
  await run(100);
  connection.start();
  await run(100);
  assert.equal(wx.opened, 1);
});

test('a request gets its answer, and OFFLINE where there is no live socket', async () => {
  const { connection, run } = await createWired();
  await assert.rejects(connection.request('session.ping', {}), { code: 'OFFLINE' });
  connection.start();
  await run(100);
  const asked = connection.request('room.list', {});
  await run(100);
  assert.deepEqual(
    (await asked).rooms.map(({ id }) => id),
    ['r1'],
  );
});

test('what nobody understands is dropped, and the connection goes on', async () => {
  const { connection, server, pushes, state, run } = await createLive();
  for (const peer of server.peers) {
    peer.send(['not', 'a', 'frame']);
    peer.send({ id: 4_711, ok: true, body: {} });
  }
  server.say('r1', 'bob', 'hi');
  await run(100);
  assert.deepEqual(
    pushes.map(({ op }) => op),
    ['entries'],
  );
  assert.equal(state(), 'live');
  connection.stop();
});

test('a quiet connection pings every 10 s, one that sends does not', async () => {
  const { connection, server, state, run } = await createLive();
  await run(31_000);
  assert.equal(pings(server.heard), 3);
  for (let second = 0; second < 60; second += 5) {
    void connection.request('room.list', {});
    await run(5_000);
  }
  assert.equal(pings(server.heard), 3);
  assert.equal(state(), 'live');
});

test('half open and quiet: given up 5 s after the ping, 15 s in all, and back at once', async () => {
  const { wx, states, state, run } = await createLive();
  wx.halfOpenSockets();
  await run(14_900);
  assert.equal(state(), 'live');
  await run(600);
  assert.deepEqual(
    states.slice(2).map(({ name }) => name),
    ['waiting', 'connecting', 'live'],
  );
  assert.equal(wx.opened, 2);
});

test('half open while something is asked: a ping after 5 s of silence, given up 5 s later', async () => {
  const { connection, wx, state, run } = await createLive();
  wx.halfOpenSockets();
  const asked = assert.rejects(connection.request('room.list', {}), { code: 'OFFLINE' });
  await run(9_900);
  assert.equal(state(), 'live');
  await run(200);
  assert.notEqual(state(), 'live');
  await asked;
});

test('a slow answer on a connection that lives is waited for 10 s, then it is a TIMEOUT and nothing is lost', async () => {
  const { connection, server, wx, state, run } = await createLive();
  server.faults.ignore.add('room.list');
  const asked = assert.rejects(connection.request('room.list', {}), { code: 'TIMEOUT' });
  await run(10_100);
  await asked;
  assert.equal(state(), 'live');
  assert.equal(wx.opened, 1);
});

test('frames that keep coming prove life, although the answer to the ping is still on its way', async () => {
  const { server, wx, state, run } = await createLive();
  server.faults.ignore.add('session.ping');
  for (let second = 0; second < 60; second += 4) {
    server.say('r1', 'bob', 'still here');
    await run(4_000);
  }
  assert.equal(state(), 'live');
  assert.equal(wx.opened, 1);
  await run(15_000);
  assert.equal(wx.opened > 1, true);
});

test('a server that takes the socket and never greets is given up after 10 s', async () => {
  const { connection, server, wx, state, run } = await createWired();
  server.faults.mute = true;
  connection.start();
  await run(9_900);
  assert.equal(wx.opened, 1);
  server.faults.mute = false;
  await run(1_000);
  assert.equal(wx.opened, 2);
  assert.equal(state(), 'live');
});

test('each failed try doubles the wait; 30 s of health begin anew', async () => {
  const { connection, wx, states, run } = await createLive();
  const waits = (): number[] => states.flatMap((state) => (state.name === 'waiting' ? [state.attempt] : []));
  wx.isCut = true;
  wx.breakSockets();
  await run(7_000);
  assert.deepEqual(waits(), [1, 2, 3, 4, 5]); // 0.25 + 0.5 + 1 + 2 + 4 s
  wx.isCut = false;
  await run(32_000);
  wx.breakSockets();
  await run(29_000);
  assert.equal(waits().at(-1), 1);
  wx.breakSockets();
  assert.equal(waits().at(-1), 2);
  connection.stop();
});

test('close codes: 1006, 1012 and 44xx come back, unknown ones too, 45xx stay away until the person acts', async () => {
  for (const code of [1006, 1009, 1012, 4400, 4408, 4409, 4429, 4999 - 600, 3999, 5000]) {
    const { server, state, run } = await createLive();
    server.close(code, 'x');
    await run(1_000);
    assert.equal(state(), 'live', String(code));
  }
  for (const code of [4500, 4501, 4502, 4503, 4999]) {
    const { connection, server, states, wx, run } = await createLive();
    server.close(code, 'why');
    await run(120_000);
    assert.deepEqual(states.at(-1), { name: 'stopped', closeCode: code, reason: 'why' });
    connection.show();
    connection.networkChanged(true);
    await run(1_000);
    assert.equal(wx.opened, 1, String(code));
    connection.retry();
    await run(100);
    assert.equal(states.at(-1)?.name, 'live');
  }
});

test('a farewell’s delay is kept, by show and a returning network too, but not by the person', async () => {
  for (const act of ['show', 'network', 'person'] as const) {
    const { connection, server, wx, run } = await createLive();
    const [peer] = server.peers;
    peer!.send({ op: 'session.bye', body: { code: 1012, reason: 'restart', retryAfterMs: 3_000 } });
    peer!.close(1012, 'restart');
    await run(100);
    if (act === 'show') connection.show();
    if (act === 'network') connection.networkChanged(true);
    if (act === 'person') connection.retry();
    await run(1_000);
    assert.equal(wx.opened, act === 'person' ? 2 : 1, act);
    await run(2_500);
    assert.equal(wx.opened, 2, act);
  }
});

test('a farewell that says "stay away" counts, though the socket then just broke', async () => {
  const { server, wx, states, run } = await createLive();
  for (const peer of server.peers)
    peer.send({ op: 'session.bye', body: { code: 4502, reason: 'elsewhere' } });
  await run(50);
  wx.breakSockets();
  assert.equal(states.at(-1)?.name, 'stopped');
});

test('the answer that comes after a farewell still counts', async () => {
  const { connection, server, run } = await createLive();
  const asked = connection.request('room.list', {});
  for (const peer of server.peers) peer.send({ op: 'session.bye', body: { code: 1012, reason: 'restart' } });
  await run(100);
  assert.equal((await asked).rooms.length, 1);
});

test('while the phone says there is no network: offline, a try each 30 s all the same, at once when it returns', async () => {
  const { connection, wx, state, run } = await createLive();
  wx.isCut = true;
  connection.networkChanged(false);
  wx.breakSockets();
  assert.equal(state(), 'offline');
  await run(29_000);
  assert.equal(wx.opened, 1);
  await run(2_000);
  assert.equal(wx.opened, 2);
  assert.equal(state(), 'offline');
  wx.isCut = false;
  connection.networkChanged(true);
  await run(100);
  assert.equal(state(), 'live');
});

test('the network changes under a connection: probed at once, given up after 2 s', async () => {
  const { connection, server, wx, state, run } = await createLive();
  connection.networkChanged(true);
  await run(100);
  assert.equal(pings(server.heard), 1);
  await run(3_000);
  assert.equal(wx.opened, 1);
  wx.halfOpenSockets();
  connection.networkChanged(true);
  await run(2_500);
  assert.equal(wx.opened, 2);
  assert.equal(state(), 'live');
});

test('the network changes during a try: it begins anew, over the new one', async () => {
  const { connection, server, wx, state, run } = await createWired();
  server.faults.mute = true;
  connection.start();
  await run(500);
  server.faults.mute = false;
  connection.networkChanged(true);
  await run(100);
  assert.equal(wx.opened, 2);
  assert.equal(state(), 'live');
});

test('stop closes the socket, settles what is asked, and nothing comes back', async () => {
  const { connection, clock, server, wx, state, run } = await createLive();
  const asked = assert.rejects(connection.request('room.list', {}), { code: 'OFFLINE' });
  connection.stop();
  await asked;
  await run(60_000);
  assert.equal(state(), 'idle');
  assert.equal(wx.alive, 0);
  assert.equal(hellos(server.heard), 1);
  assert.equal(clock.pending, 0);
});

test('stopped while the token is still on its way: no socket is opened when it comes', async () => {
  const { connection, tokens, wx, run } = await createWired();
  tokens.reject();
  connection.start();
  connection.stop();
  await run(1_000);
  assert.equal(wx.opened, 0);
});

test('events of a socket given up are not heard, whatever the platform does with it', async () => {
  const { clock, tokens, run } = await createWired();
  const sockets: SocketEvents[] = [];
  const sent: string[] = [];
  const states: string[] = [];
  const connection = new Connection({
    url: '',
    openSocket: (_url, events) => {
      sockets.push(events);
      return { send: (text) => void sent.push(text), close: () => undefined };
    },
    tokens,
    clock,
    random: () => 0.5,
    greeting: () => ({}),
    changed: ({ name }) => void states.push(name),
    greeted: () => assert.fail('by a socket given up'),
    pushed: () => assert.fail('by a socket given up'),
  });
  connection.start();
  await run(10);
  connection.networkChanged(true);
  await run(10);
  const [old] = sockets;
  old!.opened();
  old!.received(JSON.stringify({ id: 1, ok: true, body: {} }));
  old!.closed(4501, 'banned');
  assert.equal(sockets.length, 2);
  assert.deepEqual([sent, states], [[], ['connecting', 'connecting']]);
  connection.stop();
});
