/** S26: whoever asked is gone before the answer, at every place where the server waits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GOOD, type Json } from '../edge/bodies.ts';
import { login, RawClient } from '../support/raw-client.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { ServerProcess } from '../support/server-process.ts';
import { Bystander } from './attacker.ts';

/** Each op is cut off so often: in the same write, and a little later each time. */
const TIMES = 4;

test('S26 a socket that is reset behind each request costs nobody else anything', async (t) => {
  const server = await ServerProcess.start({ env: { LIMITS: 'sends=1000/1000' } });
  t.after(() => server.stop());
  const bystander = await Bystander.arrive(server);
  const { access } = await login(server.url, 'fickle');
  const { client } = await RawClient.arrive(server.url, 'fickle');
  const { room } = await client.ask('room.create', { kind: 'group', name: 'here' });
  await client.sendText(room.id, 'c-1', 'words');
  const hello = JSON.stringify({ id: 1, op: 'session.hello', body: { version: 1, token: access } });

  for (const [op, body] of requests(room.id)) {
    for (let time = 0; time < TIMES; time++) {
      const socket = await RawSocket.open(server.url);
      socket.sendText(hello);
      // The first time the hello itself is cut off, later what comes behind it.
      if (time > 0) socket.sendText(JSON.stringify({ id: 2, op, body }));
      for (let turn = 0; turn < time * 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      await socket.cut();
    }
  }
  await bystander.isServed();
  assert.deepEqual(
    server.logs.filter((line) => line.includes('"error"')),
    [],
  );
});

/** Every op with every body of an honest client, meant for this room; what ends one's stay in it comes last. */
function requests(room: string): [op: string, body: Json][] {
  const all = Object.entries(GOOD).flatMap(([op, bodies]) =>
    bodies.map((body, n): [string, Json] => [op, { ...body, room, cid: `${op.replace('.', '-')}-${n}` }]),
  );
  const isLast = ([op, { action }]: [string, Json]) => op === 'room.leave' || action === 'close';
  return [...all.filter((one) => !isLast(one)), ...all.filter(isLast)];
}
