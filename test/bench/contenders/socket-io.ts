/**
 * Socket.IO with its rooms, at its defaults. The client speaks engine.io 4 over WebSocket by hand: `40` connects,
 * `42[event,data]` is an event, `2` is a ping that wants `3`. Where the server recovers connections, each event ends
 * with an offset, and who comes back names the last one beside the private id that `40` gave.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type ServerOptions } from 'socket.io';
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
  ...socketIoSide(),
};

/** What both ways to run it have in common. */
export function socketIoSide(): Pick<Contender, 'openRoom' | 'connect' | 'resume' | 'backoffMs'> {
  let rooms = 0;
  return {
    openRoom: () => Promise.resolve(`room-${++rooms}`),
    connect: (url) => SocketIoClient.open(url),
    resume: (url, client) => SocketIoClient.resume(url, client),
    // Its client's defaults: reconnectionDelay 1 s, doubled up to 5 s, randomizationFactor 0.5.
    backoffMs: (attempt, random) => Math.min(5_000, 1_000 * 2 ** attempt) * (0.5 + random),
  };
}

/** Resolves with the port; 0: any that is free. */
export function serve(port: number): Promise<number> {
  return serveSocketIo(port, {});
}

export async function serveSocketIo(port: number, options: Partial<ServerOptions>): Promise<number> {
  const http = createServer();
  const io = new Server(http, options);
  io.on('connection', (socket) => {
    socket.on('join', (room: string, done: () => void) => {
      void socket.join(room);
      done();
    });
    socket.on('text', (room: string, text: string) => io.to(room).emit('text', text));
  });
  http.listen(port, '127.0.0.1');
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
  #room = '';
  /** Of the session, where the server recovers it. */
  #pid: string | undefined;
  #offset: string | undefined;
  /** Waits for a packet that starts so. */
  #awaited: { start: string; done: (packet: string) => void } | null = null;

  private constructor(link: Link) {
    this.#link = link;
    link.onEnd = (why) => this.onTrouble(why);
    link.onText = (bytes, start, end) => this.#read(bytes, start, end);
  }

  static async open(url: string): Promise<SocketIoClient> {
    const client = new SocketIoClient(await Link.open(`${url}/socket.io/?EIO=4&transport=websocket`));
    client.#greeted(await client.#exchange('40', '40{'));
    return client;
  }

  /** Where the server does not know the session any more it joins anew, and what it missed is gone. */
  static async resume(url: string, before: Client): Promise<SocketIoClient> {
    if (!(before instanceof SocketIoClient)) throw new Error('not a client of Socket.IO');
    const client = new SocketIoClient(await Link.open(`${url}/socket.io/?EIO=4&transport=websocket`));
    client.onDelivery = before.onDelivery;
    client.#offset = before.#offset;
    client.#room = before.#room;
    const auth =
      before.#pid === undefined ? '' : JSON.stringify({ pid: before.#pid, offset: before.#offset });
    client.#greeted(await client.#exchange(`40${auth}`, '40{'));
    if (client.#pid === undefined || client.#pid !== before.#pid) await client.join(before.#room);
    return client;
  }

  #greeted(packet: string): void {
    this.#pid = (JSON.parse(packet.slice(2)) as { pid?: string }).pid;
  }

  async join(room: string): Promise<void> {
    this.#room = room;
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

  reset(): void {
    this.#link.reset();
  }

  #exchange(packet: string, answer: string): Promise<string> {
    const answered = new Promise<string>((resolve) => {
      this.#awaited = { start: answer, done: resolve };
      this.#link.write(clientFrame(packet));
    });
    return this.#link.orEnd(answered);
  }

  #read(bytes: Buffer, start: number, end: number): void {
    if (end - start === 1 && bytes[start] === PING) {
      this.#link.write(PONG_FRAME);
      return;
    }
    const awaited = this.#awaited;
    if (awaited && bytes.toString('latin1', start, start + awaited.start.length) === awaited.start) {
      this.#awaited = null;
      awaited.done(bytes.toString('utf8', start, end));
      return;
    }
    if (this.#pid !== undefined) this.#offset = offsetIn(bytes, end) ?? this.#offset;
    findNumbers({ bytes, start, end }, this.onDelivery);
  }
}

/** The last argument of an event, `…,"OFFSET"]`. */
function offsetIn(bytes: Buffer, end: number): string | undefined {
  const start = bytes.lastIndexOf('"', end - 3);
  return bytes[end - 1] === 0x5d && start > 0 ? bytes.toString('latin1', start + 1, end - 2) : undefined;
}
