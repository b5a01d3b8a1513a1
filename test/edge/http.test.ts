import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import { answer, MAX_BODY_BYTES, ok } from '../../server/edge/http.ts';
import type { Route } from '../../server/edge/http.ts';
import { whole, type WholeResponse } from './whole.ts';
import { Refusal } from '../../server/outcome.ts';

let faults: [unknown, string][];

beforeEach(() => {
  faults = [];
});

/** Takes a body and gives it back. */
const ECHO: Route = { method: 'POST', path: '/echo', run: (request) => ok(request.json()) };
const TABLE: Route[] = [
  ECHO,
  { method: 'GET', path: '/me', run: () => ok('got') },
  { method: 'PATCH', path: '/me', run: () => ok('patched') },
  {
    method: 'GET',
    path: '/a/:one/b/:two',
    run: ({ params, query, header, remote }) => ok([params, query.get('q'), header('x-colour'), remote]),
  },
];

function send(call: string, body: string | Uint8Array | null = '', table = TABLE): Promise<WholeResponse> {
  const [method = '', target = ''] = call.split(' ');
  const [path = '', query = ''] = target.split('?');
  return whole(
    answer(
      table,
      {
        method,
        path,
        query,
        header: (name) => (name === 'x-colour' ? 'red' : undefined),
        remote: '127.0.0.1',
        body: typeof body === 'string' ? Buffer.from(body) : body,
      },
      (reason, route) => void faults.push([reason, route]),
    ),
  );
}

function errorIn({ body }: WholeResponse): { code: string; message: string } {
  return (JSON.parse(body) as { error: { code: string; message: string } }).error;
}

test('an unknown path is 404', async () => {
  for (const path of ['', '/', '/ME', '/me/', '//me', '/a', '/a//b/y', '/a/x/b/', '/a/%/b/y', '/a/x/b/y/z']) {
    const response = await send(`GET ${path}`);
    assert.deepEqual([response.status, errorIn(response).code], [404, 'NOT_FOUND'], path);
  }
});

test('a known path with a wrong method is 405 with the methods that are allowed', async () => {
  const response = await send('DELETE /me');
  assert.equal(response.status, 405);
  assert.equal(response.headers.Allow, 'GET, PATCH');
  assert.equal(errorIn(response).code, 'BAD_REQUEST');
  assert.equal((await send('PATCH /me')).body, '"patched"');
});

test('the head alone is that of GET; where there is no GET it is refused', async () => {
  const response = await send('HEAD /me');
  assert.deepEqual([response.status, response.body], [200, '"got"']);
  assert.equal((await send('HEAD /echo')).status, 405);
  assert.equal((await send('HEAD /nowhere')).status, 404);
});

test('a route gets its params and its query decoded, the headers and the address', async () => {
  const { body } = await send('GET /a/x%2Fy/b/%E8%8C%B6?q=%E8%AF%9D');
  assert.deepEqual(JSON.parse(body), [{ one: 'x/y', two: '茶' }, '话', 'red', '127.0.0.1']);
});

test('S14: a body past 64 KiB is 413, one of 64 KiB is read', async () => {
  const response = await send('POST /echo', null);
  assert.equal(response.status, 413);
  assert.match(errorIn(response).message, /larger than 65536 bytes/);
  const full = JSON.stringify('x'.repeat(MAX_BODY_BYTES - 2));
  assert.equal((await send('POST /echo', full)).body, full);
});

test('a body that is no JSON or not UTF-8 is refused, and the refusal repeats nothing of what was sent', async () => {
  for (const body of ['', '{', 'SECRET', '{"refresh": SECRET}', Buffer.from([0x22, 0xff, 0x22])]) {
    const response = await send('POST /echo', body);
    assert.equal(response.status, 400);
    assert.equal(errorIn(response).message, 'The body is not JSON in UTF-8; allowed: a JSON object.');
  }
});

test('each refusal has the status that fits, and says when to come back', async () => {
  const statuses: Record<ErrorCode, number> = {
    BAD_REQUEST: 400,
    UNAUTHORIZED: 401,
    FORBIDDEN: 403,
    NOT_FOUND: 404,
    CONFLICT: 409,
    TOO_LARGE: 413,
    RATE_LIMITED: 429,
    MUTED: 403,
    BANNED: 403,
    CLOSED: 409,
    BLOCKED_CONTENT: 422,
    UNAVAILABLE: 503,
    TIMEOUT: 504,
    INTERNAL: 500,
  };
  for (const code of Object.values(ErrorCode)) {
    const run = (): never => {
      throw new Refusal(code, 'words', 1_500);
    };
    const response = await send('GET /x', '', [{ method: 'GET', path: '/x', run }]);
    assert.equal(response.status, statuses[code]);
    assert.deepEqual(errorIn(response), { code, message: 'words', retryAfterMs: 1_500 });
    const tellsWhen = response.status === 429 || response.status === 503;
    assert.equal(response.headers['Retry-After'], tellsWhen ? '2' : undefined);
  }
  assert.deepEqual(faults, []);
});

test('S25: a bug is 500 without a word of it to the outside, and is told inside', async () => {
  const bug = new Error('select * from secrets');
  const sync = (): never => {
    throw bug;
  };
  for (const run of [sync, () => Promise.reject(bug)]) {
    const response = await send('GET /x', '', [{ method: 'GET', path: '/x', run }]);
    assert.equal(response.status, 500);
    assert.equal(errorIn(response).code, 'INTERNAL');
    assert.ok(!response.body.includes('secrets'));
  }
  assert.deepEqual(faults, [
    [bug, 'GET /x'],
    [bug, 'GET /x'],
  ]);
});
