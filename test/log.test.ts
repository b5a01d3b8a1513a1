import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '../server/log.ts';
import type { Fields, Logger, LogOptions } from '../server/log.ts';

const MARKER = 'MARKER-that-must-not-be-seen';

function open(changes: Partial<LogOptions> = {}): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { log: createLogger({ level: 'debug', form: 'json', destination, ...changes }), lines };
}

function only(lines: string[]): Record<string, unknown> {
  assert.equal(lines.length, 1, lines.join(''));
  return JSON.parse(lines[0]!) as Record<string, unknown>;
}

test('a line is JSON with its level by name, a time that people read, the sentence and the fields', () => {
  const { log, lines } = open();
  log.warn('A thing happened', { room: 'r1', ms: 12 });
  const { time, pid, hostname, ...rest } = only(lines);
  assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.ok(pid && hostname);
  assert.deepEqual(rest, { level: 'warn', msg: 'A thing happened', room: 'r1', ms: 12 });
});

test('what lies below the level is not written', () => {
  const { log, lines } = open({ level: 'warn' });
  log.debug('no');
  log.info('no');
  log.child({ room: 'r1' }).info('no');
  log.error('yes');
  assert.equal(only(lines).msg, 'yes');
});

test('a child adds its fields to every line, below those of the line', () => {
  const { log, lines } = open();
  log.child({ user: 'u1', room: 'r1' }).child({ sid: 's1' }).info('yes', { room: 'r2' });
  const { user, room, sid } = only(lines);
  assert.deepEqual({ user, room, sid }, { user: 'u1', room: 'r2', sid: 's1' });
});

const SECRET_NAMES = [
  'token',
  'access',
  'refresh',
  'refreshToken',
  'access_token',
  'authorization',
  'Authorization',
  'set-cookie',
  'secret',
  'WECHAT_SECRET',
  'password',
  'openid',
  'unionid',
  'session_key',
  'sessionKey',
  'js_code',
  'sealed',
  'text',
  'body',
  'query',
];

for (const form of ['json', 'terminal'] as const) {
  test(`S9, S28: no secret gets through under its name, at any depth, in the form ${form}`, () => {
    const { log, lines } = open({ form });
    for (const name of SECRET_NAMES) {
      const fields = { [name]: MARKER };
      log.info('top', fields);
      log.info('deep', { a: [{ b: { c: fields } }] });
      log.child(fields).info('child');
      log.child({ request: fields }).info('child, deep');
      log.error('error', { err: Object.assign(new Error('x'), fields) });
      log.error('cause', {
        err: new Error('x', { cause: Object.assign(new Error('y'), { request: fields }) }),
      });
      log.info('object in place of a string', { [name]: { raw: [MARKER] } });
    }
    assert.equal(lines.length, SECRET_NAMES.length * 7);
    for (const line of lines) assert.ok(!line.includes(MARKER), line);
  });
}

test('S9: a JWT or the query of a WeChat call inside a sentence or an error is hidden', () => {
  const { log, lines } = open();
  const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.${MARKER}`;
  const address = `https://api.weixin.qq.com/x?appid=wx1&secret=${MARKER}&js_code=${MARKER}`;
  log.info(`with ${jwt} and ${address}`, { at: address, err: new Error(jwt, { cause: new Error(address) }) });
  assert.ok(!lines[0]!.includes(MARKER), lines[0]);
  assert.match(lines[0]!, /appid=wx1/);
});

test('an error is written with its name, stack, own fields and causes', () => {
  const { log, lines } = open();
  const cause = Object.assign(new TypeError('inner'), { code: 'ECONNREFUSED' });
  log.error('It failed', { err: new Error('outer', { cause }) });
  const err = only(lines).err as { message: string; stack: string; cause: Fields };
  assert.equal(err.message, 'outer');
  assert.match(err.stack, /log\.test\.ts/);
  assert.deepEqual(
    [err.cause.name, err.cause.message, err.cause.code],
    ['TypeError', 'inner', 'ECONNREFUSED'],
  );
});

test('a field that is huge, circular or no JSON makes a line of bounded size and no exception', () => {
  const { log, lines } = open();
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, n]));
  const list = Array.from({ length: 10_000 }, () => 'x');
  log.info('x'.repeat(1e6), {
    circular,
    wide,
    list,
    long: 'x'.repeat(1e6),
    big: 1n,
    run: () => 1,
    raw: Buffer.alloc(9),
  });
  const { big, run, raw } = only(lines);
  assert.deepEqual({ big, run, raw }, { big: '1', run: undefined, raw: '[9 bytes]' });
  assert.ok(lines[0]!.length < 20_000, String(lines[0]!.length));
});

test('on a terminal a line is for people', () => {
  const { log, lines } = open({ form: 'terminal' });
  log.info('It runs', { port: 8080 });
  assert.match(lines.join(''), /INFO.*It runs[\s\S]*port.*8080/);
  assert.throws(() => JSON.parse(lines[0]!));
});
