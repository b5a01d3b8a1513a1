/**
 * The generator's WebSocket: a raw TCP socket that reads into one buffer shared by all, finds frame borders and hands
 * text payloads on in place. Made to cost less than any server under test. Payloads are valid only during the call.
 */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

type Phase = 'upgrading' | 'open' | 'ended';

/** libuv fills it right before the read callback and never keeps it, so one serves all sockets. */
const shared = Buffer.allocUnsafe(256 * 1024);
const ZERO_MASK_LENGTH = 4;

export class Link {
  onText: (bytes: Buffer, start: number, end: number) => void = () => undefined;
  onEnd: (why: string) => void = () => undefined;
  #phase: Phase = 'upgrading';
  #rest: Buffer | null = null;
  #socket: Socket;
  #opened: () => void = () => undefined;
  #failed: (error: Error) => void = () => undefined;
  readonly #ended: Promise<never>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#ended = new Promise((_, reject) => (this.#failed = reject));
    this.#ended.catch(() => undefined); // nobody may be waiting
  }

  /** @param url `http://host:port/path` */
  static open(url: string): Promise<Link> {
    const { hostname, port, pathname, search, host } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect({
        host: hostname,
        port: Number(port),
        noDelay: true,
        onread: {
          buffer: shared,
          callback: (length) => {
            link.#read(length);
            return true;
          },
        },
      });
      const link = new Link(socket);
      link.#opened = () => resolve(link);
      link.onEnd = (why) => reject(new Error(`${url}: ${why}`));
      socket.on('error', (error) => link.#end(error.message));
      socket.on('close', () => link.#end('the connection closed'));
      socket.write(
        `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      );
    });
  }

  /** What `work` gives, unless the connection ends before. */
  orEnd<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#ended]);
  }

  /** One or more whole frames. */
  write(frames: Buffer): void {
    if (this.#phase === 'open') this.#socket.write(frames);
  }

  close(): void {
    this.#phase = 'ended';
    this.#socket.destroy();
  }

  reset(): void {
    this.#phase = 'ended';
    this.#socket.resetAndDestroy();
  }

  #end(why: string): void {
    if (this.#phase === 'ended') return;
    this.close();
    this.#failed(new Error(why));
    this.onEnd(why);
  }

  #read(length: number): void {
    let bytes = shared;
    let end = length;
    if (this.#rest) {
      bytes = Buffer.concat([this.#rest, shared.subarray(0, length)]);
      end = bytes.length;
      this.#rest = null;
    }
    let at = this.#phase === 'upgrading' ? this.#upgrade(bytes.subarray(0, end)) : 0;
    while (this.#phase === 'open') {
      const next = this.#frame(bytes, at, end);
      if (next === at) break;
      at = next;
    }
    if (at < end && this.#phase !== 'ended') this.#rest = Buffer.from(bytes.subarray(at, end));
  }

  /** How many bytes the head took; 0 while it is not whole. */
  #upgrade(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return 0;
    const status = bytes.toString('latin1', 9, 12);
    if (status === '101') {
      this.#phase = 'open';
      this.#opened();
    } else this.#end(`the upgrade was answered with status ${status}`);
    return end + 4;
  }

  /** Where the next frame begins; `at` itself while this one is not whole. */
  #frame(bytes: Buffer, at: number, end: number): number {
    if (end - at < 2) return at;
    const short = bytes[at + 1]! & 0x7f;
    let start = at + 2;
    let length = short;
    if (short === 126) {
      start = at + 4;
      if (end < start) return at;
      length = bytes.readUInt16BE(at + 2);
    } else if (short === 127) {
      start = at + 10;
      if (end < start) return at;
      length = Number(bytes.readBigUInt64BE(at + 2));
    }
    if (end < start + length) return at;
    const first = bytes[at]!;
    if (first === 0x81) this.onText(bytes, start, start + length);
    else if (first === 0x89) this.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
    else this.#end(first === 0x88 ? `closed with ${closeCode(bytes, start, length)}` : `frame ${first}`);
    return start + length;
  }
}

function closeCode(bytes: Buffer, start: number, length: number): string {
  return length < 2
    ? 'no code'
    : `${bytes.readUInt16BE(start)} ${bytes.toString('utf8', start + 2, start + length)}`;
}

/** Masked, as the RFC demands, with the mask that changes nothing: the server unmasks all the same. */
export function clientFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < 126 ? 2 : 4;
  if (length > 65_535) throw new Error('longer than the benchmark ever sends');
  const frame = Buffer.alloc(head + ZERO_MASK_LENGTH + length);
  frame[0] = 0x81;
  frame[1] = 0x80 | (head === 2 ? length : 126);
  if (head === 4) frame.writeUInt16BE(length, 2);
  frame.write(text, head + ZERO_MASK_LENGTH);
  return frame;
}
