/** Files in hostile hands: who may read them, what they claim to be, and how much of them the server takes in. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { errorOf, linkOf, postFile, upload } from '../support/files.ts';
import { png } from '../support/pictures.ts';
import { type Login, RawClient } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';

const LIMIT = 100_000;
let server: ServerProcess;
let alice: { client: RawClient; login: Login };
before(async () => {
  server = await ServerProcess.start({ env: { LIMITS: `sends=10000/10000,file=${LIMIT}` } });
  alice = await RawClient.arrive(server.url, 'alice');
});
after(() => server.stop());

const get = (path: string): Promise<Response> => fetch(server.url + path);
const kept = (): Promise<string[]> => readdir(join(server.dataDir, 'files'));

test('nobody uploads without a token, or with a bad one, however much they send', async () => {
  const before = await kept();
  for (const access of ['', 'nonsense', `${alice.login.access}x`]) {
    const response = await postFile(server.url, { access }, Buffer.alloc(LIMIT));
    assert.deepEqual([response.status, await errorOf(response)], [401, 'UNAUTHORIZED']);
  }
  assert.deepEqual(await kept(), before);
});

test('a link is forged by nobody: not for another file, not for longer, not by another key', async () => {
  const [one, two] = [
    await upload(server.url, alice.login, png(1, 1)),
    await upload(server.url, alice.login, png(2, 2)),
  ];
  const { url = '' } = (await linkOf(alice.client, one.file)) ?? {};
  assert.equal((await get(url)).status, 200);
  const forged = [
    `/v1/files/${one.file}`,
    url.replace(one.file, two.file),
    url.replace(/e=(\d+)/, (_, e: string) => `e=${Number(e) + 3_600_000}`),
    url.replace(/k=[^&]+/, 'k=other'),
    url.replace(/s=[^&]+/, 's='),
    url.replace(/s=(.)/, (_, first: string) => `s=${first === 'A' ? 'B' : 'A'}`),
  ];
  for (const path of forged) {
    const response = await get(path);
    assert.deepEqual([response.status, await errorOf(response)], [403, 'FORBIDDEN'], path);
  }
});

test('no path leads out of the folder of files', async () => {
  const { url = '' } =
    (await linkOf(alice.client, (await upload(server.url, alice.login, png(1, 1))).file)) ?? {};
  const query = url.slice(url.indexOf('?'));
  for (const id of [
    '..%2fchahua.db',
    '%2e%2e%2fkeys.json',
    '..%5ckeys.json',
    '%00',
    '.',
    'a%2f..%2f..%2fkeys.json',
  ]) {
    const response = await get(`/v1/files/${id}${query}`);
    assert.ok(response.status === 403 || response.status === 404, `${id}: ${response.status}`);
  }
  for (const files of [['../chahua.db'], ['a/b'], [''], [{ $ne: null }], 'x']) {
    const reply = await alice.client.request('file.get', { files });
    assert.equal(!reply.ok && reply.error.code, 'BAD_REQUEST', JSON.stringify(files));
  }
});

test('a page that a browser would run is saved and never shown, whatever its sender calls it', async () => {
  const page = Buffer.from('<!doctype html><script>alert(document.domain)</script>');
  const { file, mime } = await upload(server.url, alice.login, page);
  assert.equal(mime, 'application/octet-stream');
  const { room } = await alice.client.ask('room.create', { kind: 'group', name: 'files' });
  const reply = await alice.client.request('message.send', {
    room: room.id,
    cid: 'lie',
    kind: 'image',
    body: { file, w: 1, h: 1, size: 1 },
  });
  assert.equal(!reply.ok && reply.error.code, 'BAD_REQUEST');
  await alice.client.ask('message.send', {
    room: room.id,
    cid: 'f',
    kind: 'file',
    body: { file, name: 'a.png', size: 1 },
  });
  const response = await get((await linkOf(alice.client, file))?.url ?? '');
  assert.equal(response.headers.get('content-type'), 'application/octet-stream');
  assert.equal(response.headers.get('content-disposition'), 'attachment');
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(response.headers.get('content-security-policy'), "default-src 'none'; sandbox");
});

test('a stranger is not told that a file exists', async () => {
  const { file } = await upload(server.url, alice.login, png(1, 1));
  const sam = await RawClient.arrive(server.url, 'sam');
  assert.deepEqual(await sam.client.ask('file.get', { files: [file, 'no-such-file'] }), { files: [] });
  const { room } = await sam.client.ask('room.create', { kind: 'group', name: 'mine' });
  const refusals = [];
  for (const id of [file, 'no-such-file']) {
    const body = { file: id, w: 1, h: 1, size: 1 };
    refusals.push(await sam.client.request('message.send', { room: room.id, cid: id, kind: 'image', body }));
  }
  const [real, made] = refusals.map((reply) => !reply.ok && reply.error);
  assert.deepEqual(real, made);
  await sam.client.close();
});

test('too large a file is refused by its length, before its bytes come', async () => {
  const before = await kept();
  const answer = await raw(
    `POST /v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${alice.login.access}\r\n` +
      `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 999999999\r\n\r\n`,
  );
  assert.match(answer, /^HTTP\/1\.1 413 /);
  assert.deepEqual(await kept(), before);
});

test('one that hides its length is refused where the limit is passed, and nothing is kept', async () => {
  const before = await kept();
  const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n';
  const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
  const answer = await raw(
    `POST /v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${alice.login.access}\r\n` +
      `Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n` +
      chunk(head) +
      chunk('x'.repeat(LIMIT / 2)).repeat(3),
  );
  assert.match(answer, /^HTTP\/1\.1 4\d\d /);
  await alice.client.ask('session.ping', {});
  assert.deepEqual(await kept(), before);
});

test('an upload that breaks off leaves nothing, and the server serves on', async () => {
  const before = await kept();
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.write(
    `POST /v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${alice.login.access}\r\n` +
      `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 50000\r\n\r\n` +
      `--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n${'x'.repeat(20_000)}`,
  );
  const begun = async (): Promise<boolean> => (await kept()).some((name) => name.endsWith('.part'));
  while (!(await begun())) await alice.client.ask('session.ping', {});
  socket.destroy();
  while (await begun()) await alice.client.ask('session.ping', {});
  assert.deepEqual(await kept(), before);
  assert.equal((await upload(server.url, alice.login, png(1, 1))).mime, 'image/png');
});

test('what is no multipart body with a file is refused, and says what is wanted', async () => {
  const headers = { authorization: `Bearer ${alice.login.access}` };
  const post = (type: string, body: string): Promise<Response> =>
    fetch(`${server.url}/v1/files`, { method: 'POST', headers: { ...headers, 'content-type': type }, body });
  const part = (name: string, end: string): string =>
    `--b\r\nContent-Disposition: form-data; name="${name}"; filename="x"\r\n\r\nbytes${end}`;
  const cases: [string, string][] = [
    ['application/json', '{}'],
    ['application/x-www-form-urlencoded', 'file=x'],
    ['multipart/form-data', part('file', '\r\n--b--\r\n')],
    ['multipart/form-data; boundary=b', ''],
    ['multipart/form-data; boundary=b', 'nonsense'],
    ['multipart/form-data; boundary=b', part('other', '\r\n--b--\r\n')],
    ['multipart/form-data; boundary=b', part('file', '')],
    ['multipart/form-data; boundary=b', '--b\r\n\r\n\r\n--b--\r\n'],
    ['multipart/form-data; boundary=b', '--b--\r\n'],
    [`multipart/form-data; boundary=${'b'.repeat(300)}`, 'x'],
  ];
  for (const [type, body] of cases) {
    const response = await post(type, body);
    assert.equal(response.status, 400, `${type} ${body}`);
    assert.match(await response.text(), /file: is missing or broken off/);
  }
  assert.equal((await post('multipart/form-data; boundary=b', part('file', '\r\n--b--\r\n'))).status, 200);
});

/** What comes back, until something has or the connection ends. */
function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.on('error', reject);
    socket.on('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.on('close', () => resolve(''));
    socket.write(request);
  });
}
