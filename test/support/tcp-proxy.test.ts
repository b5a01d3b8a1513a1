import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { TcpProxy } from './tcp-proxy.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

/** An echo server behind a proxy, and one client of it. */
async function stage(t: TestContext) {
  const served: Socket[] = [];
  const received: string[] = [];
  const server = createServer((socket) => {
    served.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received.push(chunk.toString());
      socket.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await TcpProxy.listen(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const client = connect({ port: Number(new URL(proxy.url).port), noDelay: true });
  client.on('error', () => undefined);
  await once(client, 'connect');
  let echoed = '';
  client.on('data', (chunk) => (echoed += chunk.toString()));
  const echo = async (text: string) => {
    const due = echoed + text;
    client.write(text);
    while (echoed.length < due.length) await once(client, 'data');
    return echoed;
  };
  t.after(async () => {
    client.destroy();
    await proxy.close();
    for (const socket of served) socket.destroy();
    server.close();
  });
  return { proxy, client, echo, received, served, echoed: () => echoed };
}

test('bytes split one by one keep their order', async (t) => {
  const { proxy, echo, received } = await stage(t);
  proxy.split(1);
  assert.equal(await echo('abcdefgh'), 'abcdefgh');
  assert.equal(received.join(''), 'abcdefgh');
});

test('a swallowed direction loses bytes, the other one does not', async (t) => {
  const { proxy, client, echo, received } = await stage(t);
  await echo('a');
  proxy.swallow('down');
  client.write('b');
  while (proxy.lost('down') < 1) await turn();
  proxy.pass('down');
  assert.equal(await echo('c'), 'ac');
  assert.deepEqual(received, ['a', 'b', 'c']);
});

test('a cut after n bytes lets n bytes through and resets both sides', async (t) => {
  const { proxy, client, echo, served, echoed } = await stage(t);
  await echo('a');
  proxy.cutAfter('down', 2);
  const ends = Promise.all([closed(client), closed(served[0]!)]);
  client.write('bcdef');
  await ends;
  assert.equal(echoed(), 'abc');
  assert.equal(proxy.connections, 0);
});

test('a black hole keeps the end of one side from the other until it is cut', async (t) => {
  const { proxy, client, echo, served } = await stage(t);
  await echo('a');
  proxy.blackhole();
  client.write('lost for now');
  client.end();
  let told = false;
  served[0]!.once('end', () => (told = true)).once('close', () => (told = true));
  for (let count = 0; count < 20; count++) await turn();
  assert.equal(told, false);
  assert.equal(proxy.connections, 1);
  const ended = closed(served[0]!);
  proxy.cut();
  await ended;
});

test('a paused direction delivers all of it when it passes again', async (t) => {
  const { proxy, client, echo, received, served } = await stage(t);
  await echo('a');
  proxy.pause('up');
  client.write('b');
  for (let count = 0; count < 20; count++) await turn();
  assert.deepEqual(received, ['a']);
  proxy.pass('up');
  await once(served[0]!, 'data');
  assert.deepEqual(received, ['a', 'b']);
});

test('a delayed chunk arrives no earlier than its delay', async (t) => {
  const { proxy, echo } = await stage(t);
  proxy.delay(20);
  const began = performance.now();
  assert.equal(await echo('abc'), 'abc');
  assert.ok(performance.now() - began >= 39, 'both directions are delayed');
});

test('what comes behind the cut of a connection does not pass, however late the reset is', async (t) => {
  const { proxy, client, received } = await stage(t);
  proxy.delay(30);
  proxy.cutAfter('up', 3);
  client.write('abcde');
  await new Promise((resolve) => setTimeout(resolve, 10));
  proxy.delay(0);
  client.write('fgh');
  await closed(client);
  assert.equal(received.join(''), 'abc');
});

test('bytes that come with a shorter delay do not overtake those that are on their way', async (t) => {
  const { proxy, client, echo, received } = await stage(t);
  await echo('0');
  proxy.delay(100);
  client.write('a');
  // Long enough for the proxy to read it, too short for it to pass it on.
  await new Promise((resolve) => setTimeout(resolve, 30));
  proxy.delay(0);
  client.write('b');
  while (received.join('').length < 3) await turn();
  assert.equal(received.join(''), '0ab');
});
