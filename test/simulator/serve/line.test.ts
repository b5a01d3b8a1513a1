import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ManualClock } from '../../support/manual-clock.ts';
import { Line, RETRANSMIT_MS } from './line.ts';

/** The far end: what it got from each connection, and the connections to answer on. */
interface FarEnd {
  server: Server;
  sockets: Socket[];
  texts: string[];
  ends: string[];
}

async function listen(): Promise<FarEnd> {
  const end: FarEnd = { server: createServer(), sockets: [], texts: [], ends: [] };
  end.server.on('connection', (socket) => {
    const index = end.sockets.push(socket) - 1;
    end.texts[index] = '';
    socket.on('data', (chunk) => (end.texts[index] += chunk.toString()));
    socket.on('error', (error: NodeJS.ErrnoException) => end.ends.push(error.code ?? ''));
    socket.on('end', () => end.ends.push('end'));
  });
  end.server.listen(0, '127.0.0.1');
  await once(end.server, 'listening');
  return end;
}

/** Real sockets take their time; nothing here waits for a clock. */
async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; !holds(); turns += 1) {
    assert.ok(turns < 50_000, 'it never came to be');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const pause = async (): Promise<void> => {
  for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe("a phone's line", () => {
  let far: FarEnd;
  let clock: ManualClock;
  let rolls: number[];
  let line: Line;
  const open: Duplex[] = [];

  beforeEach(async () => {
    far = await listen();
    clock = new ManualClock();
    rolls = [];
    line = new Line({
      host: '127.0.0.1',
      port: (far.server.address() as AddressInfo).port,
      after: (ms, run) => void clock.after(ms, run),
      random: () => rolls.shift() ?? 1,
      now: () => clock.monotonic(),
    });
  });
  afterEach(() => {
    for (const connection of open.splice(0)) connection.destroy();
    for (const socket of far.sockets) socket.destroy();
    far.server.close();
  });

  async function connect(): Promise<{ connection: Duplex; text: () => string; ended: string[] }> {
    const connection = line.connect();
    assert.ok(connection);
    open.push(connection);
    let text = '';
    const ended: string[] = [];
    connection.on('data', (chunk: Buffer) => (text += chunk.toString()));
    connection.on('error', (error: NodeJS.ErrnoException) => ended.push(error.code ?? 'error'));
    connection.on('close', () => ended.push('close'));
    const before = far.sockets.length;
    await until(() => far.sockets.length > before || connection.destroyed);
    return { connection, text: () => text, ended };
  }

  it('without faults carries bytes both ways', async () => {
    const { connection, text } = await connect();
    connection.write('up');
    await until(() => far.texts[0] === 'up');
    far.sockets[0]!.write('down');
    await until(() => text() === 'down');
  });

  it('cut: what is open is reset for both sides, nothing can be opened, and mended it works again', async () => {
    const { ended } = await connect();
    line.set({ isCut: true });
    await until(() => ended.length === 2 && far.ends.length === 1);
    assert.deepEqual([ended, far.ends], [['ECONNRESET', 'close'], ['ECONNRESET']]);
    assert.equal(line.connect(), null);
    line.set({ isCut: false });
    const second = await connect();
    second.connection.write('again');
    await until(() => far.texts.at(-1) === 'again');
  });

  it('silent: nothing passes for ever and nobody is told; a new connection is fine', async () => {
    const { connection, text, ended } = await connect();
    line.silence();
    connection.write('up');
    far.sockets[0]!.write('down');
    await pause();
    assert.deepEqual([far.texts[0], text(), ended, far.ends], ['', '', [], []]);
    const second = await connect();
    second.connection.write('fresh');
    await until(() => far.texts[1] === 'fresh');
  });

  it('slow: each packet comes so much later, in order', async () => {
    const { connection } = await connect();
    line.set({ delayMs: 800 });
    connection.write('a');
    await pause();
    clock.advance(400);
    connection.write('b');
    await pause();
    clock.advance(400);
    await until(() => far.texts[0] === 'a');
    clock.advance(400);
    await until(() => far.texts[0] === 'ab');
  });

  it('lossy: a lost packet comes later, and what follows waits for it', async () => {
    const { connection } = await connect();
    line.set({ loss: 0.2 });
    rolls = [0.1, 0.1, 0.9, 0.9]; // lost twice, then through; the next goes through at once
    connection.write('first ');
    connection.write('second');
    await pause();
    clock.advance(3 * RETRANSMIT_MS - 1);
    await pause();
    assert.equal(far.texts[0], '');
    clock.advance(1);
    await until(() => far.texts[0] === 'first second');
  });

  it('lets go of connections that have ended', async () => {
    const { connection } = await connect();
    assert.equal(line.connections, 1);
    connection.destroy();
    await until(() => line.connections === 0);
  });
});
