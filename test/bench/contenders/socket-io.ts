/**
 * Socket.IO with its rooms, at its defaults. The client speaks engine.io 4 over WebSocket by hand: `40` connects,
 * `42[event,data]` is an event, `2` is a ping that wants `3`.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import type { Client, Contender } from '../contender.ts';
import { clientFrame, Link } from '../link.ts';
import { findNumbers, textOf } from '../numbered-text.ts';
import { serveHere } from '../peer-process.ts';

export const socketIo: Contender = {
  name: 'socket.io',
  title: 'Socket.IO rooms',
  ack: 'none',
  packages: ['socket.io', 'ws'],
  start: (pin) => serveHere(import.meta.filename, pin),
  openRoom: () => Promise.resolve('room'),
  connect: (url) => SocketIoClient.open(url),
};

/** Resolves with the port. */
export async function serve(): Promise<number> {
  const http = createServer();
  const io = new Server(http);
  io.on('connection', (socket) => {
    socket.on('join', (room: string, done: () => void) => {
      void socket.join(room);
      done();
    });
    socket.on('text', (room: string, text: string) => io.to(room).emit('text', text));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return (http.address() as AddressInfo).port;
}

const PING = 0x32; // '2'
const PONG_FRAME = clientFrame('3');

class SocketIoClient implements Client {
  onDelivery: Client['onDelivery'] = () => undefined;
  onAck: Client['onAck'] = () => undefined;
  onTrouble: Client['onTrouble'] = () => undefined;
  readonly #link: Link;
  /** Waits for a packet that starts so. */
  #awaited: { start: string; done: () => void } | null = null;

  private constructor(link: Link) {
    this.#link = link;
    link.onEnd = (why) => this.onTrouble(why);
    link.onText = (bytes, start, end) => this.#read(bytes, start, end);
  }

  static async open(url: string): Promise<SocketIoClient> {
    const client = new SocketIoClient(await Link.open(`${url}/socket.io/?EIO=4&transport=websocket`));
    await client.#exchange('40', '40{');
    return client;
  }

  async join(room: string): Promise<void> {
    await this.#exchange(`420${JSON.stringify(['join', room])}`, '430[');
  }

  send(room: string, numbers: readonly number[]): void {
    const frame = (number: number) => clientFrame(`42${JSON.stringify(['text', room, textOf(number)])}`);
    this.#link.write(Buffer.concat(numbers.map(frame)));
  }

  keepAlive(): void {
    // The server pings; #read answers.
  }

  close(): void {
    this.#link.close();
  }

  #exchange(packet: string, answer: string): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited = { start: answer, done: resolve };
      this.#link.write(clientFrame(packet));
    });
  }

  #read(bytes: Buffer, start: number, end: number): void {
    if (end - start === 1 && bytes[start] === PING) {
      this.#link.write(PONG_FRAME);
      return;
    }
    const awaited = this.#awaited;
    if (awaited && bytes.toString('latin1', start, start + awaited.start.length) === awaited.start) {
      this.#awaited = null;
      awaited.done();
      return;
    }
    findNumbers({ bytes, start, end }, this.onDelivery);
  }
}
