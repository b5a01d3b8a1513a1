/** What comes through the door: every hostile frame of reliability S16 and S17, and every op as it should be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Op } from '../../miniprogram/protocol/frames.ts';
import { DEFAULT_LIMITS } from '../../miniprogram/protocol/limits.ts';
import { decode } from '../../server/edge/decode.ts';
import { Hangup } from '../../server/outcome.ts';
import { BODIES, GOOD, type Json } from './bodies.ts';

const take = (text: string) => decode(text, DEFAULT_LIMITS);
const frame = (op: string, body: unknown): string => JSON.stringify({ id: 7, op, body });

function taken(text: string): Json {
  const decoded = take(text);
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.refusal.message);
  return decoded.request.body as Json;
}

/** What the client hears; the request is answered, not the socket ended. */
function refused(text: string): string {
  const decoded = take(text);
  assert.ok(!decoded.ok, `it was let through: ${text.slice(0, 200)}`);
  assert.equal(decoded.id, text.includes('room.typing') ? 0 : 7);
  assert.equal(decoded.refusal.code, 'BAD_REQUEST');
  return decoded.refusal.message;
}

const hungUp = (text: string): void =>
  assert.throws(
    () => take(text),
    (reason) =>
      reason instanceof Hangup && reason.closeCode === 4400 && Buffer.byteLength(reason.message) <= 123,
    text.slice(0, 200),
  );

test('every op is let through with all the fields of the protocol', () => {
  for (const { op, body } of BODIES) assert.deepEqual(taken(frame(op, body)), body, op);
});

test('a frame that is none ends the socket', () => {
  for (const text of [
    '',
    '{',
    'null',
    '7',
    '"x"',
    '[]',
    '{}',
    '{"id":1}',
    '{"id":1,"op":7}',
    '{"op":["room.list"]}',
  ]) {
    hungUp(text);
  }
});

test('an id is a whole number from 1 to 2^31-1, or the socket ends', () => {
  for (const id of ['0', '-1', '1.5', '2147483648', '1e999', '"7"', 'null', '{}', '[7]', '-0']) {
    hungUp(`{"id":${id},"op":"session.ping"}`);
  }
  hungUp('{"op":"session.ping"}');
  assert.deepEqual(taken('{"id":2147483647,"op":"session.ping"}'), {});
});

test('typing needs no id, and one that it bears means nothing', () => {
  for (const id of ['', '"id":9,', '"id":"x",']) {
    const decoded = take(`{${id}"op":"room.typing","body":{"room":"r"}}`);
    assert.ok(decoded.ok && decoded.request.id === 0);
  }
  const bad = take('{"op":"room.typing","body":{}}');
  assert.ok(!bad.ok && bad.id === 0);
});

test('an op that is none is refused, also one that every object has', () => {
  for (const op of ['message.sned', '', 'constructor', '__proto__', 'toString', 'session.hello ']) {
    assert.equal(refused(frame(op, {})), 'op: is not one of this protocol');
  }
});

test('a body that is missing is an empty one; one that is no object is refused', () => {
  assert.deepEqual(taken('{"id":7,"op":"room.list"}'), {});
  assert.deepEqual(taken('{"id":7,"op":"room.list","body":null}'), {});
  for (const { op } of BODIES) {
    for (const body of [[], 'x', 7, true]) assert.match(refused(frame(op, body)), /^body: /, op);
  }
});

test('fields that nobody knows are ignored by not being there, at any depth but in custom data', () => {
  for (const { op, body } of BODIES) {
    const sent = structuredClone(body);
    for (const part of [sent, sent.body, sent.device] as (Json | undefined)[]) {
      if (part)
        Object.assign(part, { unknown: { $ne: null }, from: 'somebody', constructor: 1, toString: 2 });
    }
    assert.deepEqual(taken(frame(op, sent)), body, op);
  }
});

/** Every place in a body, as a path. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    ...(path.length > 0 ? [path] : []),
    ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key])),
  ];
}

function withAt(body: Json, [key = '', ...rest]: string[], value: unknown): Json {
  const copy = structuredClone(body);
  copy[key] = rest.length === 0 ? value : withAt(copy[key] as Json, rest, value);
  return copy;
}

const OPERATORS: unknown[] = [
  { $ne: null },
  { $gt: '' },
  { $where: '1' },
  { $regex: '.*' },
  { _bsontype: 'ObjectId' },
  ['x'],
  [{ $ne: 1 }],
  { toString: 1 },
  {},
];

test('an operator in the place of any string or number is refused, and the field is named', () => {
  let tried = 0;
  for (const { op, body } of BODIES) {
    for (const path of pathsOf(body)) {
      const [last = ''] = path.slice(-1);
      const was = path.reduce<unknown>((value, key) => (value as Json)[key], body);
      if (typeof was === 'object' || path.includes('data')) continue;
      // A token that is no string is a bad token: it is let through to be refused as one.
      if (op === 'session.hello' && last === 'token') continue;
      for (const operator of OPERATORS) {
        if (last === 'mentions' && Array.isArray(operator) && operator[0] === 'x') continue;
        const message = refused(frame(op, withAt(body, path, operator)));
        assert.ok(message.startsWith(path.join('.')), `${op} ${path.join('.')}: ${message}`);
        tried += 1;
      }
    }
  }
  assert.ok(tried > 500, String(tried));
});

test('a field that is required and not there is named', () => {
  assert.equal(refused(frame('room.read', { room: 'r' })), 'seq: is required');
  assert.equal(
    refused(frame('message.send', { room: 'r', cid: 'c', kind: 'text', body: {} })),
    'body.text: is required',
  );
  assert.equal(refused(frame('message.send', { room: 'r', cid: 'c', kind: 'text' })), 'body: is required');
  assert.equal(
    refused(frame('message.send', { cid: 'c', kind: 'custom', body: { type: 't' } })),
    'room: is required',
  );
});

const MAX = Number.MAX_SAFE_INTEGER;

test('a refusal says what is allowed', () => {
  const said: [string, Json, string][] = [
    ['room.read', { room: 'r', seq: 0 }, 'seq: must be an integer from 1 to 9007199254740991'],
    ['room.read', { room: 'r', seq: 1.5 }, 'seq: must be an integer from 1 to 9007199254740991'],
    ['room.read', { room: 'no room', seq: 1 }, 'room: must be a string that matches ^[A-Za-z0-9_-]{1,32}$'],
    [
      'session.hello',
      { version: 1, token: 't', cursors: { r: 'x' } },
      `cursors.r: must be an integer from ${-MAX} to ${MAX}`,
    ],
    ['room.prefs', { room: 'r', muted: 1 }, 'muted: must be true or false'],
    ['room.list', { scope: 'all' }, 'scope: must be "mine" or "open"'],
    ['room.create', { kind: 'direct' }, 'kind: must be "group" or "live" or "support"'],
    ['room.create', { kind: 'group', open: 'no' }, 'open: must be true or false'],
    [
      'room.manage',
      { room: 'r', cid: 'c', action: 'burn' },
      `action: must be one of ${GOOD['room.manage'].map(({ action }) => action).join(', ')}`,
    ],
    [
      'room.manage',
      { room: 'r', cid: 'c', action: 'role', user: 'u', role: 'bot' },
      'role: must be "owner" or "admin" or "member"',
    ],
    [
      'room.manage',
      { room: 'r', cid: 'c', action: 'invite', users: Array.from({ length: 1_001 }, () => 'u') },
      'users: must be a list of 1 to 1000',
    ],
    ['message.send', { ...GOOD['message.send'][0], mentions: 'some' }, 'mentions: must be "all" or a list'],
    [
      'message.send',
      { ...GOOD['message.send'][0], mentions: ['u', '$'] },
      'mentions.1: must be a string that matches ^[A-Za-z0-9_-]{1,32}$',
    ],
    [
      'message.send',
      { room: 'r', cid: 'c' },
      'kind: must be one of text, image, voice, video, file, location, card, custom',
    ],
    ['user.get', { users: Array.from({ length: 101 }, () => 'u') }, 'users: must be a list of 1 to 100'],
    [
      'message.history',
      { room: 'r', before: 1, after: 2 },
      'before, after: at most one of them may be given',
    ],
  ];
  for (const [op, body, message] of said) assert.equal(refused(frame(op, body)), message);
});

test('ids and cids have their length and letters', () => {
  const join = (room: string) => frame('room.join', { room });
  assert.deepEqual(taken(join('-_' + 'a'.repeat(30))), { room: '-_' + 'a'.repeat(30) });
  for (const room of ['', 'a'.repeat(33), 'a b', 'a\n', 'ä', '../x', 'a\u0000'])
    assert.match(refused(join(room)), /^room: /);
  const recall = (cid: string) => frame('message.recall', { room: 'r', cid, target: 1 });
  taken(recall('c'.repeat(36)));
  for (const cid of ['', 'c'.repeat(37), 'c.c']) assert.match(refused(recall(cid)), /^cid: /);
});

test('numbers that JSON can say and nobody can mean are refused', () => {
  for (const number of [
    '1e999',
    '-1e999',
    '9007199254740993',
    '-1',
    '-0',
    '0',
    '1.0000001',
    '"1"',
    'null',
    'true',
    '[1]',
  ]) {
    assert.match(refused(`{"id":7,"op":"room.read","body":{"room":"r","seq":${number}}}`), /^seq: /, number);
  }
  for (const number of ['1e999', '91', '-181', '"1"']) {
    const body = `{"room":"r","cid":"c","kind":"location","body":{"lat":${number},"lng":${number}}}`;
    assert.match(refused(`{"id":7,"op":"message.send","body":${body}}`), /^body\.l(at|ng): /, number);
  }
});

test('of a field that comes twice the last one counts, and is checked', () => {
  assert.deepEqual(taken('{"id":7,"op":"room.join","body":{"room":"$","room":"r"}}'), { room: 'r' });
  assert.match(refused('{"id":7,"op":"room.join","body":{"room":"r","room":"$"}}'), /^room: /);
  assert.match(refused('{"id":1,"id":7,"op":"room.join","op":"room.read","body":{"room":"r"}}'), /^seq: /);
});

test('__proto__ and constructor are names like any other, and change nothing', () => {
  const evil = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"room":"r"}';
  const body = taken(`{"id":7,"op":"room.join","body":${evil},"__proto__":{"id":9,"polluted":1}}`);
  assert.deepEqual(body, { room: 'r' });
  assert.equal(Object.getPrototypeOf(body), Object.prototype);
  assert.match(refused('{"id":7,"op":"room.join","body":{"__proto__":{"room":"r"}}}'), /^room: is required/);
  const custom = taken(
    `{"id":7,"op":"message.send","body":{"room":"r","cid":"c","kind":"custom","body":{"type":"t","data":${evil}}}}`,
  );
  assert.equal(JSON.stringify((custom.body as Json).data), evil, 'custom data comes back as it was sent');
  assert.equal(({} as Json).polluted, undefined);
});

test('half a surrogate pair and NUL are refused wherever text is kept', () => {
  const texts: [string, (text: string) => Json][] = [
    ['room.create', (name) => ({ kind: 'group', name })],
    ['room.manage', (name) => ({ room: 'r', cid: 'c', action: 'rename', name })],
    ['message.send', (text) => ({ room: 'r', cid: 'c', kind: 'text', body: { text } })],
    ['message.send', (title) => ({ room: 'r', cid: 'c', kind: 'card', body: { title } })],
    ['message.send', (name) => ({ room: 'r', cid: 'c', kind: 'location', body: { lat: 1, lng: 1, name } })],
    ['message.send', (type) => ({ room: 'r', cid: 'c', kind: 'custom', body: { type, data: 1 } })],
    ['message.send', (data) => ({ room: 'r', cid: 'c', kind: 'custom', body: { type: 't', data: [data] } })],
    [
      'message.send',
      (key) => ({ room: 'r', cid: 'c', kind: 'custom', body: { type: 't', data: { [key]: 1 } } }),
    ],
    ['message.report', (note) => ({ room: 'r', target: 1, reason: 'spam', note })],
  ];
  for (const [op, body] of texts) {
    for (const text of ['a\ud800', '\udc00a', '\ude00\ud83d', 'a\u0000b']) refused(frame(op, body(text)));
    taken(frame(op, body('😀\u202e茶')));
  }
});

test('names are counted in characters as people see them on a keyboard', () => {
  taken(frame('room.create', { kind: 'group', name: '😀'.repeat(64) }));
  refused(frame('room.create', { kind: 'group', name: '😀'.repeat(65) }));
  for (const name of ['', 'two\nlines', 'tab\t', '\u0085', '\u007f'])
    refused(frame('room.create', { kind: 'group', name }));
});

test('a hello without a token, or with one that is no string, is one with a bad token', () => {
  for (const token of [undefined, null, 7, { $ne: null }, ['t']]) {
    assert.equal(taken(frame('session.hello', { version: 1, token })).token, '');
  }
});

/** The quickest of some tries, in ms: what it costs, whatever else the machine does. */
function costOf(run: () => void): number {
  const tries = Array.from({ length: 12 }, () => {
    const began = performance.now();
    run();
    return performance.now() - began;
  });
  return Math.min(...tries);
}

const DEEP = '['.repeat(30_000) + ']'.repeat(30_000);
const LIST = JSON.stringify(Array.from({ length: 30_000 }, () => 7));
const names = (value: string): string =>
  `{${Array.from({ length: 5_000 }, (_, i) => `"k${i}":${value}`).join(',')}}`;
/** Each a frame that the limit of 64 KiB lets through, and how its refusal begins; null where it is ignored. */
const HOSTILE: [what: string, op: Op, body: string, refusal: string | null][] = [
  ['depth where nobody looks', 'room.list', `{"x":${DEEP}}`, null],
  ['depth in the place of a string', 'room.join', `{"room":${DEEP}}`, 'room: '],
  [
    'depth in custom data',
    'message.send',
    `{"room":"r","cid":"c","kind":"custom","body":{"type":"t","data":${DEEP}}}`,
    'body.data: must be nested at most 32 deep',
  ],
  ['names that nobody knows', 'room.list', names('1'), null],
  [
    'cursors of no number',
    'session.hello',
    `{"version":1,"token":"t","cursors":${names('"x"')}}`,
    'cursors: ',
  ],
  [
    'more cursors than rooms',
    'session.hello',
    `{"version":1,"token":"t","cursors":${names('1')}}`,
    'cursors: ',
  ],
  ['a list of what is no id', 'user.get', `{"users":${LIST}}`, 'users: must be a list of 1 to 100'],
  [
    'a list within alternatives',
    'message.send',
    `{"room":"r","cid":"c","kind":"text","body":{"text":"x"},"mentions":${LIST}}`,
    'mentions: must be a list of 0 to 50',
  ],
];

for (const [what, op, body, refusal] of HOSTILE) {
  test(`a frame full of ${what} costs little`, () => {
    const text = `{"id":7,"op":"${op}","body":${body}}`;
    assert.ok(text.length > 45_000 && text.length <= DEFAULT_LIMITS.frame, String(text.length));
    if (refusal === null) assert.deepEqual(taken(text), {});
    else assert.ok(refused(text).startsWith(refusal), refused(text));
    const ms = costOf(() => decode(text, DEFAULT_LIMITS));
    assert.ok(ms < 12, `${ms} ms`);
  });
}

test('a list that is longer than allowed is refused for that, however long', () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
  const hello = (count: number) => frame('session.hello', { version: 1, token: 't', cursors: many(count) });
  taken(hello(2_000));
  for (const count of [2_001, 5_000])
    assert.match(refused(hello(count)), /^cursors: must be an object of at most 2000 fields/);
});

test('the name of a field that the client made up is cut in the answer', () => {
  const cursors = { ['k'.repeat(30_000)]: 'x' };
  assert.ok(refused(frame('session.hello', { version: 1, token: 't', cursors })).length < 200);
});
