import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { WebSocket, WebSocketServer } from 'ws';
import { PHONE_HEADER } from '../phone/wx/http.ts';
import { marked, PACKAGE_PATH } from './paths.ts';
import { MOST_LINES, PreviewServer } from './preview-server.ts';

const fixture = fileURLToPath(new URL('../fixture/', import.meta.url));

describe("the preview's server", () => {
  let folder = '';
  let chat: Server;
  let preview: PreviewServer;
  const sockets: WebSocket[] = [];
  let asked: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chahua-preview-'));
    await cp(fixture, folder, { recursive: true });
    await writeFile(join(folder, 'dot.png'), 'a picture');
    chat = createServer((incoming, reply) => {
      let body = '';
      incoming.on('data', (chunk) => (body += String(chunk)));
      incoming.on('end', () => {
        asked.push({
          method: incoming.method ?? '',
          url: incoming.url ?? '',
          headers: incoming.headers,
          body,
        });
        reply.writeHead(418, { 'x-answer': 'tea' }).end('from the chat server');
      });
    });
    const sockets = new WebSocketServer({ server: chat });
    sockets.on('connection', (socket, incoming) => {
      socket.send(`hello from ${incoming.url ?? ''}`);
      socket.on('message', (data: Buffer) => socket.send(`echo ${data.toString()}`));
    });
    chat.listen(0, '127.0.0.1');
    await once(chat, 'listening');
    const server = `http://127.0.0.1:${(chat.address() as AddressInfo).port}`;
    preview = await PreviewServer.listen({ server, port: 0, folder });
  });
  beforeEach(() => {
    asked = [];
  });
  after(async () => {
    for (const socket of sockets) socket.terminate();
    await preview.close();
    chat.closeAllConnections();
    chat.close();
    await rm(folder, { recursive: true, force: true });
  });

  const order = (phone: string, what: object): Promise<Response> =>
    fetch(`${preview.url}/preview/line?phone=${phone}`, { method: 'POST', body: JSON.stringify(what) });

  async function connect(phone: string): Promise<{ socket: WebSocket; next: () => Promise<string> }> {
    const socket = new WebSocket(
      marked(`${preview.url.replace('http', 'ws')}/ws`, new URL(preview.url).host, phone),
    );
    sockets.push(socket);
    const arrived: string[] = [];
    socket.on('message', (data: Buffer) => arrived.push(data.toString()));
    await once(socket, 'open');
    const next = async (): Promise<string> => {
      while (arrived.length === 0) await once(socket, 'message');
      return arrived.shift() ?? '';
    };
    return { socket, next };
  }

  it('serves the shell, the phone and the pictures of the mini-program', async () => {
    for (const path of [
      '/',
      '/phone.html',
      '/phone.js',
      '/shell.js',
      '/phone.css',
      '/over.css',
      '/built-ins.css',
      '/shell.css',
    ]) {
      assert.equal((await fetch(preview.url + path)).status, 200, path);
    }
    const picture = await fetch(`${preview.url}${PACKAGE_PATH}/dot.png`);
    assert.deepEqual([picture.headers.get('content-type'), await picture.text()], ['image/png', 'a picture']);
    assert.equal((await fetch(`${preview.url}${PACKAGE_PATH}/none.png`)).status, 404);
    assert.deepEqual(asked, []);
  });

  it('an edit is in the next bundle; without one nothing is built again', async () => {
    const build = async (): Promise<number> =>
      ((await (await fetch(`${preview.url}/preview/build`)).json()) as { id: number }).id;
    const first = await build();
    assert.equal(await build(), first);
    await writeFile(join(folder, 'greeting.ts'), 'export const greeting = (): string => "an edit";');
    assert.equal(await build(), first + 1);
    assert.match(await (await fetch(`${preview.url}/bundle.js`)).text(), /an edit/);
  });

  it('hands a request on as it is, without the mark of the phone, and the answer back', async () => {
    const answer = await fetch(`${preview.url}/v1/login?x=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer t', [PHONE_HEADER]: 'alice' },
      body: '{"dev":"alice"}',
    });
    assert.deepEqual(
      [answer.status, answer.headers.get('x-answer'), await answer.text()],
      [418, 'tea', 'from the chat server'],
    );
    const [request] = asked;
    assert.deepEqual(
      [request?.method, request?.url, request?.body],
      ['POST', '/v1/login?x=1', '{"dev":"alice"}'],
    );
    assert.equal(request?.headers.authorization, 'Bearer t');
    assert.equal(request?.headers[PHONE_HEADER], undefined);
  });

  it('hands a socket on, and does not say whose it is', async () => {
    const { socket, next } = await connect('alice');
    assert.equal(await next(), 'hello from /ws');
    socket.send('tea');
    assert.equal(await next(), 'echo tea');
    socket.close();
    await once(socket, 'close');
  });

  it("a cut ends one phone's socket and requests, and leaves the other's alone", async () => {
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    const closed = once(alice.socket, 'close');
    await order('alice', { isCut: true });
    const [code] = (await closed) as [number];
    assert.equal(code, 1006);
    await assert.rejects(fetch(`${preview.url}/v1/me`, { headers: { [PHONE_HEADER]: 'alice' } }));
    assert.equal((await fetch(`${preview.url}/v1/me`, { headers: { [PHONE_HEADER]: 'bob' } })).status, 418);
    await bob.next();
    bob.socket.send('still here');
    assert.equal(await bob.next(), 'echo still here');
    await order('alice', { isCut: false });
    assert.equal((await fetch(`${preview.url}/v1/me`, { headers: { [PHONE_HEADER]: 'alice' } })).status, 418);
    bob.socket.close();
    await once(bob.socket, 'close');
  });

  it('with more phones than it keeps lines for, the one used longest ago starts anew', async () => {
    await order('first', { isCut: true });
    const ask = (phone: string): Promise<Response> =>
      fetch(`${preview.url}/v1/me`, { headers: { [PHONE_HEADER]: encodeURIComponent(phone) } });
    for (let n = 1; n < MOST_LINES; n += 1) await order(`电话${n}`, {});
    await assert.rejects(ask('first'));
    await order('one more', {});
    await order('and one more', {});
    assert.equal((await ask('电话1')).status, 418);
    await assert.rejects(ask('first'), 'it was used a moment ago');
  });

  it('gives nothing from outside the mini-program', async () => {
    await writeFile(join(folder, '../outside.png'), 'secret');
    try {
      for (const path of [
        '/../outside.png',
        `${PACKAGE_PATH}/../../outside.png`,
        `${PACKAGE_PATH}/%2e%2e/outside.png`,
        `${PACKAGE_PATH}/..%2foutside.png`,
        `${PACKAGE_PATH}//../outside.png`,
      ]) {
        const answer = await fetch(preview.url + path);
        assert.doesNotMatch(await answer.text(), /secret/, path);
      }
    } finally {
      await rm(join(folder, '../outside.png'));
    }
  });
});
