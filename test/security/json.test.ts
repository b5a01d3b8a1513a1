/** S16, S17: valid frames whose JSON is hostile. Each is answered, by a typed refusal or a close, and harms nobody. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEFAULT_LIMITS } from '../../miniprogram/protocol/limits.ts';
import { decode } from '../../server/edge/decode.ts';
import { login, RawClient } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { Attacker, Bystander } from './attacker.ts';

/** Sends are not limited here: what is on trial is what they carry. */
const LIMITS = 'sends=10000/10000';

let server: ServerProcess;
let bystander: Bystander;
let mallory: RawClient;
let access: string;
let room: string;

before(async () => {
  server = await ServerProcess.start({ env: { LIMITS, HEARTBEAT_MS: '60000' } });
  bystander = await Bystander.arrive(server);
  const arrived = await RawClient.arrive(server.url, 'mallory');
  mallory = arrived.client;
  access = arrived.login.access;
  room = (await mallory.ask('room.create', { kind: 'group', name: 'json' })).room.id;
});
after(() => server.stop());

const send = (body: string) =>
  `{"id":2,"op":"message.send","body":{"room":"${room}","cid":"c","kind":"text","body":${body}}}`;
const history = (body: string) => `{"id":2,"op":"message.history","body":{"room":"${room}",${body}}}`;
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const manyKeys = (count: number) =>
  `{${Array.from({ length: count }, (_, index) => `"${index.toString(36)}":0`).join(',')}}`;

/** What is sent, made when the room is known. */
const hostile: Record<string, () => string> = {
  'text nested 10,000 deep': () => send(`{"text":${nested(10_000)}}`),
  'a body nested 10,000 deep': () => `{"id":2,"op":"message.send","body":${nested(10_000)}}`,
  'custom data nested 5,000 deep': () =>
    send(`{"type":"x","data":${nested(5_000)}}`).replace('"text"', '"custom"'),
  'a prototype instead of fields': () =>
    `{"id":2,"op":"message.send","body":{"__proto__":{"room":"${room}","cid":"c","kind":"text","body":{"text":"x"}}}}`,
  'text in a prototype': () => send('{"__proto__":{"text":"x","polluted":true}}'),
  'a constructor instead of text': () => send('{"constructor":{"prototype":{"text":"x"}}}'),
  'an op of the prototype': () => '{"id":2,"op":"constructor","body":{}}',
  'an op named __proto__': () => '{"id":2,"op":"__proto__","body":{}}',
  'an action of the prototype': () =>
    `{"id":2,"op":"room.manage","body":{"room":"${room}","cid":"c","action":"toString"}}`,
  'a kind of the prototype': () => send('{"text":"x"}').replace('"text"', '"__proto__"'),
  'a seq of 1e999': () => history('"before":1e999'),
  'a seq of -1e999': () => history('"before":-1e999'),
  'a seq of -0': () => history('"before":-0'),
  'a seq of 2^53+1': () => history('"before":9007199254740993'),
  'a seq of 1.5': () => history('"before":1.5'),
  'a limit of -1': () => history('"limit":-1'),
  'a NUL in a room id': () => '{"id":2,"op":"room.join","body":{"room":"a\\u0000b"}}',
  'a NUL in a cid': () => send('{"text":"x"}').replace('"cid":"c"', '"cid":"c\\u0000"'),
  'a NUL in a text': () => send('{"text":"a\\u0000b"}'),
  'a NUL in a room name': () => '{"id":2,"op":"room.create","body":{"kind":"group","name":"a\\u0000b"}}',
  'the first half of a surrogate pair': () => send('{"text":"a\\ud83d"}'),
  'the second half of a surrogate pair': () => send('{"text":"\\ude00a"}'),
  'half a surrogate pair in a room name': () =>
    '{"id":2,"op":"room.create","body":{"kind":"group","name":"a\\ud83d"}}',
  'a body that is a string': () => '{"id":2,"op":"session.ping","body":"x"}',
  'a body that is an array': () => '{"id":2,"op":"room.join","body":["room"]}',
  'a cid of 37 characters': () => send('{"text":"x"}').replace('"cid":"c"', `"cid":"${'c'.repeat(37)}"`),
  'an empty cid': () => send('{"text":"x"}').replace('"cid":"c"', '"cid":""'),
  'an empty text': () => send('{"text":""}'),
  'two cursors at once': () => history('"before":3,"after":1'),
  'an object of 8,000 keys as text': () => send(`{"text":${manyKeys(8_000)}}`),
};

/** What S16 allows; a hostile frame is not to cost more than one of its size may. */
const QUICK_MS = 5;
/** The time of the quickest counts, so that a busy machine has many chances and an expensive frame has none. */
const TRIES = 40;

for (const [what, frame] of Object.entries(hostile)) {
  test(`S16 ${what} is refused, quickly`, async () => {
    const attacker = await Attacker.signedIn(server.url, access);
    const honest = '{"id":2,"op":"session.ping","body":{}}'.padEnd(Buffer.byteLength(frame()));
    const timeOf = async (text: string) => {
      const due = attacker.answers.length + 1;
      const began = performance.now();
      attacker.socket.sendText(text);
      await attacker.until(() => attacker.answers.length >= due);
      return performance.now() - began;
    };
    let quickest = Infinity;
    for (let count = 0; count < TRIES && quickest > QUICK_MS; count++) {
      const travelling = await timeOf(honest);
      quickest = Math.min(quickest, (await timeOf(frame())) - travelling);
      const answer = attacker.answers.at(-1)!;
      assert.equal(answer.error?.code, 'BAD_REQUEST', JSON.stringify(answer));
    }
    assert.ok(quickest <= QUICK_MS, `${quickest.toFixed(1)} ms`);
    await attacker.cut();
  });
}

test('S16 an unknown field is ignored, whatever it holds', async () => {
  for (const value of [
    nested(10_000),
    manyKeys(8_000),
    '1e999',
    '"\\u0000"',
    '{"__proto__":{"isAdmin":true}}',
  ]) {
    const attacker = await Attacker.signedIn(server.url, access);
    attacker.socket.sendText(`{"id":2,"op":"session.ping","body":{"more":${value}}}`);
    await attacker.until(() => attacker.answers.length > 1);
    assert.equal(attacker.answers[1]!.ok, true);
    await attacker.cut();
  }
});

test('S16 of a key given twice the last counts, and there is one reply', async () => {
  const attacker = await Attacker.signedIn(server.url, access);
  attacker.socket.sendText('{"id":2,"id":3,"op":"room.list","op":"session.ping","body":{}}');
  await attacker.say({ id: 4, op: 'session.ping' });
  assert.deepEqual(
    attacker.answers.slice(1).map(({ id, ok }) => ({ id, ok })),
    [
      { id: 3, ok: true },
      { id: 4, ok: true },
    ],
  );
  await attacker.cut();
});

test('S16 a text of 2,000 characters is stored, one of 2,001 is too large, counted as people count', async () => {
  const { seq } = await mallory.sendText(room, 'fits', '茶'.repeat(1_999) + '😀');
  const reply = await mallory.request('message.send', {
    room,
    cid: 'too-long',
    kind: 'text',
    body: { text: '😀'.repeat(2_001) },
  });
  assert.equal(reply.ok || reply.error.code, 'TOO_LARGE');
  assert.equal((await mallory.history(room, seq)).length, 0);
});

test('S16 afterwards no object of the server has grown a field', async () => {
  const { client, hello } = await RawClient.arrive(server.url, 'fresh');
  const summary = await client.ask('room.create', { kind: 'group', name: 'fresh' });
  const seen = JSON.stringify([hello, summary, await client.history(summary.room.id)]);
  assert.equal(/polluted|isAdmin/.test(seen), false);
  await bystander.isServed();
});

/** Of every op, one body that would be accepted; S17 puts an operator in place of each string in turn. */
const bodies = (): Record<string, object> => ({
  'session.renew': { token: access },
  'room.list': { scope: 'open' },
  'room.create': { kind: 'group', name: 'name', members: ['user'] },
  'room.open': { user: 'user' },
  'room.join': { room },
  'room.leave': { room },
  'room.members': { room, after: 'user' },
  'room.manage': { room, cid: 'c', action: 'rename', name: 'name' },
  'room.read': { room, seq: 1 },
  'room.prefs': { room, muted: true },
  'message.send': { room, cid: 'c', kind: 'text', body: { text: 'text' }, mentions: ['user'] },
  'message.recall': { room, cid: 'c', target: 1 },
  'message.history': { room },
  'user.get': { users: ['user'] },
});

const operators = [
  { $ne: null },
  { $gt: '' },
  { $where: 'true' },
  { $regex: '.*' },
  ['x'],
  { _bsontype: 'ObjectId', id: 'x' },
  null,
  1,
  true,
];

test('S17 an operator in place of any string is BAD_REQUEST, at any op', async () => {
  let count = 0;
  for (const [op, body] of Object.entries(bodies())) {
    for (const path of stringsIn(body)) {
      for (const operator of operators) {
        const hostileBody = withValue(body, path, operator);
        // At the door, which knows no store: no query was made.
        assert.equal(decode(JSON.stringify({ id: 1, op, body: hostileBody }), DEFAULT_LIMITS).ok, false);
        const reply = await mallory.request(op, hostileBody);
        assert.equal(
          reply.ok || reply.error.code,
          'BAD_REQUEST',
          `${op} ${path.join('.')} ${JSON.stringify(operator)}: ${JSON.stringify(reply)}`,
        );
        count++;
      }
    }
  }
  assert.ok(count > 150, `${count} tried`);
  await bystander.isServed();
});

test('S17 an operator in the hello is refused', async () => {
  const good = { version: 1, token: access, device: { id: 'd', platform: 'p', app: 'a' }, epoch: 'e' };
  for (const path of stringsIn(good)) {
    for (const operator of operators) {
      const attacker = await Attacker.connect(server.url);
      const [reply] = await attacker.say({
        id: 1,
        op: 'session.hello',
        body: withValue(good, path, operator),
      });
      assert.equal(reply?.ok, false, `${path.join('.')} ${JSON.stringify(operator)}`);
      await attacker.cut();
    }
  }
});

test('S17 an operator in an HTTP body is a 400 with a typed error', async () => {
  const { refresh } = await login(server.url, 'mallory');
  for (const [path, body] of Object.entries({
    '/v1/login': { dev: 'mallory' },
    '/v1/refresh': { refresh },
    '/v1/logout': { refresh },
  })) {
    for (const [field] of Object.entries(body)) {
      for (const operator of operators) {
        const response = await fetch(server.url + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ [field]: operator }),
        });
        assert.equal(response.status, 400, `${path} ${JSON.stringify(operator)}`);
        assert.equal(((await response.json()) as { error: { code: string } }).error.code, 'BAD_REQUEST');
      }
    }
  }
});

type Path = (string | number)[];

function stringsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => stringsIn(inner, [...path, key]));
}

function withValue(body: object, path: Path, value: unknown): object {
  const copy = structuredClone(body);
  const last = path.at(-1)!;
  const holder = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>(
      (inner, key) => inner[key] as Record<string, unknown>,
      copy as Record<string, unknown>,
    );
  holder[last] = value;
  return copy;
}
