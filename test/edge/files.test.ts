/** Files through the real server: up, linked, down, in whole and in part, and away again. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { errorOf, linkOf, postFile, upload } from '../support/files.ts';
import { mp3, pdf, png } from '../support/pictures.ts';
import { RawClient } from '../support/raw-client.ts';
import { startServer } from '../support/server.ts';

async function setUp(t: TestContext, env = {}) {
  const server = await startServer(t, { env });
  const { client, login } = await RawClient.arrive(server.url, 'alice');
  t.after(() => client.close());
  const read = async (file: string, headers: Record<string, string> = {}): Promise<Response> => {
    const link = await linkOf(client, file);
    assert.ok(link, 'there is a link');
    return fetch(server.url + link.url, { headers });
  };
  return { server, client, login, read };
}
const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

test('a picture goes up, is sent, and is read by who is in the room', async (t) => {
  const { server, client, login } = await setUp(t);
  const bytes = png(5, 7);
  const { file, url, expiresAt, ...facts } = await upload(server.url, login, bytes);
  assert.deepEqual(await linkOf(client, file), { url, expiresAt, id: file, ...facts });
  assert.deepEqual(facts, { size: bytes.byteLength, mime: 'image/png', w: 5, h: 7 });
  const bob = await RawClient.arrive(server.url, 'bob');
  t.after(() => bob.client.close());
  assert.equal(await linkOf(bob.client, file), undefined);
  const { room } = await client.ask('room.open', { user: bob.login.user.id });
  const body = { file, w: 1, h: 1, size: 1 };
  await client.ask('message.send', { room: room.id, cid: 'c1', kind: 'image', body });
  const entry = (await bob.client.ask('message.history', { room: room.id })).entries.at(-1);
  assert.deepEqual(entry?.body, { file, w: 5, h: 7, size: bytes.byteLength });
  const link = await linkOf(bob.client, file);
  const response = await fetch(server.url + (link?.url ?? ''));
  assert.equal(response.status, 200);
  assert.deepEqual(await bytesOf(response), bytes);
  assert.equal(response.headers.get('content-type'), 'image/png');
  assert.equal(response.headers.get('content-length'), String(bytes.byteLength));
  assert.equal(response.headers.get('content-disposition'), 'inline');
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
  assert.match(response.headers.get('cache-control') ?? '', /^private, max-age=\d{4}, immutable$/);
  await client.ask('message.recall', { room: room.id, cid: 'c2', target: entry?.seq ?? 0 });
  const gone = await fetch(server.url + (link?.url ?? ''));
  assert.deepEqual([gone.status, await errorOf(gone)], [404, 'NOT_FOUND']);
});

test('a file of many pieces comes back to the byte, to a reader who takes his time', async (t) => {
  const { server, login, read } = await setUp(t);
  const bytes = randomBytes(6_000_000);
  const { file, mime } = await upload(server.url, login, bytes);
  assert.equal(mime, 'application/octet-stream');
  const response = await read(file);
  assert.equal(response.headers.get('content-disposition'), 'attachment');
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body ?? []) {
    // Long enough for what the server may push to fill every buffer in between.
    if (chunks.length < 3) await new Promise((resolve) => setImmediate(resolve));
    chunks.push(chunk as Uint8Array);
  }
  assert.ok(Buffer.concat(chunks).equals(bytes));
});

test('a player reads a sound in parts', async (t) => {
  const { server, login, read } = await setUp(t);
  const bytes = mp3();
  const size = bytes.byteLength;
  const { file } = await upload(server.url, login, bytes);
  const cases: [range: string, status: number, from: number, to: number][] = [
    ['bytes=0-1', 206, 0, 1],
    ['bytes=10-', 206, 10, size - 1],
    ['bytes=-5', 206, size - 5, size - 1],
    ['bytes=0-999999', 206, 0, size - 1],
    ['bytes=5-2', 200, 0, size - 1],
    ['bytes=0-1,4-5', 200, 0, size - 1],
    ['lines=0-1', 200, 0, size - 1],
  ];
  for (const [range, status, from, to] of cases) {
    const response = await read(file, { range });
    assert.equal(response.status, status, range);
    assert.deepEqual(await bytesOf(response), bytes.subarray(from, to + 1), range);
    const said = status === 206 ? `bytes ${from}-${to}/${size}` : null;
    assert.equal(response.headers.get('content-range'), said, range);
  }
  for (const range of [`bytes=${size}-`, 'bytes=-0']) {
    const response = await read(file, { range });
    assert.deepEqual(
      [response.status, response.headers.get('content-range')],
      [416, `bytes */${size}`],
      range,
    );
  }
});

test('a document is called what it is, and saved', async (t) => {
  const { server, login, read } = await setUp(t);
  const { file, mime } = await upload(server.url, login, pdf());
  assert.equal(mime, 'application/pdf');
  const response = await read(file);
  assert.equal(response.headers.get('content-disposition'), 'attachment');
});

test('a picture of one’s own becomes the avatar, and everybody may see it', async (t) => {
  const { server, client, login } = await setUp(t);
  const { file } = await upload(server.url, login, png(2, 2));
  const change = (avatar: string, access = login.access): Promise<Response> =>
    fetch(`${server.url}/v1/me`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access}`, 'content-type': 'application/json' },
      body: JSON.stringify({ avatar }),
    });
  assert.equal((await change(file)).status, 200);
  const sam = await RawClient.arrive(server.url, 'sam');
  t.after(() => sam.client.close());
  const { users } = await sam.client.ask('user.get', { users: [login.user.id] });
  assert.equal(users[0]?.avatar, file);
  assert.equal((await linkOf(sam.client, file))?.mime, 'image/png');
  assert.equal((await change(file, sam.login.access)).status, 404, 'it is not his');
  const { file: sound } = await upload(server.url, login, mp3());
  assert.equal((await change(sound)).status, 400);
  await client.ask('session.ping', {});
});

test('one who uploads without pause is told to wait', async (t) => {
  const { server, login } = await setUp(t);
  const statuses: number[] = [];
  for (let i = 0; i < 35; i += 1) statuses.push((await postFile(server.url, login, png(1, 1))).status);
  assert.ok(statuses.slice(0, 30).every((status) => status === 200));
  assert.ok(statuses.includes(429));
});
