/** A socket that keeps every frame the server sends, control frames too, and answers none of them by itself. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { encodeText, FrameDecoder, Opcode, type Frame } from '../support/websocket-frames.ts';

const LIMIT_MS = 10_000;

export class Wire {
  readonly frames: Frame[] = [];
  isEnded = false;
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder();
  #head: Buffer | null = Buffer.alloc(0);
  #look: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isEnded = true;
      this.#look();
    });
  }

  /** Upgraded and greeted as the owner of the token; what the greeting brought is forgotten. */
  static async greeted(base: string, token: string): Promise<Wire> {
    const { hostname, port } = new URL(base);
    const wire = new Wire(connect({ host: hostname, port: Number(port), noDelay: true }));
    wire.send(
      Buffer.from(
        `GET /ws HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
      ),
    );
    await wire.until('the upgrade', () => wire.#head === null);
    wire.send(encodeText(JSON.stringify({ id: 1, op: 'session.hello', body: { version: 1, token } })));
    await wire.until('the hello', () => wire.replied(1));
    return wire;
  }

  send(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** In so many bytes at a time, each in a turn of its own. */
  async dribble(bytes: Buffer, size: number): Promise<void> {
    for (let at = 0; at < bytes.length; at += size) {
      this.send(bytes.subarray(at, at + size));
      await new Promise(setImmediate);
    }
  }

  /** The request of this id was answered well. */
  replied(id: number): boolean {
    return this.frames.some(({ opcode, payload }) => {
      if (opcode !== Opcode.TEXT) return false;
      const frame = JSON.parse(payload.toString()) as { id?: number; ok?: boolean };
      return frame.id === id && frame.ok === true;
    });
  }

  pongs(): string[] {
    return this.frames
      .filter(({ opcode }) => opcode === Opcode.PONG)
      .map(({ payload }) => payload.toString('latin1'));
  }

  /** The code of the server's close frame; 1005 where it names none, 1006 where there was no such frame. */
  async closed(): Promise<number> {
    await this.until('the end', () => this.isEnded);
    const close = this.frames.find(({ opcode }) => opcode === Opcode.CLOSE);
    if (!close) return 1006;
    return close.payload.length >= 2 ? close.payload.readUInt16BE() : 1005;
  }

  until(what: string, holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${what}: not within ${LIMIT_MS} ms`)), LIMIT_MS);
      this.#look = () => {
        if (!holds() && !this.isEnded) return;
        clearTimeout(timer);
        this.#look = () => undefined;
        if (holds()) resolve();
        else reject(new Error(`${what}: the socket ended first`));
      };
    });
  }

  end(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#head !== null) {
      const head = Buffer.concat([this.#head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      this.#head = end < 0 ? head : null;
      if (end < 0) return;
      assert.match(head.toString('latin1', 0, end), /^HTTP\/1.1 101 /);
      bytes = head.subarray(end + 4);
    }
    this.frames.push(...this.#decoder.push(bytes));
    this.#look();
  }
}
