/**
 * One WebSocket on node:net: can send any bytes at all, cut the TCP connection without a goodbye, and stop reading.
 * Promises that `closed` resolves exactly once, when the TCP connection is gone, with the code the server gave or
 * 1006. Answers pings and echoes a close frame; never reconnects, never interprets a message.
 */
import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import {
  encodeClose,
  encodeFrame,
  encodeText,
  FrameDecoder,
  Opcode,
  type Frame,
} from './websocket-frames.ts';

export interface Closed {
  /** The code in the server's close frame; 1005 where it gave none, 1006 where there was no close frame. */
  code: number;
  reason: string;
}

export interface OpenOptions {
  /** Default `/ws`. */
  path?: string;
  headers?: Record<string, string>;
  onText?: (text: string) => void;
  /** Called once, when the TCP connection is gone. */
  onClosed?: (closed: Closed) => void;
  /** Whole handshake; default 10,000 ms. */
  timeoutMs?: number;
}

/** The server answered the upgrade with something else than 101. */
export class UpgradeRefused extends Error {
  override readonly name = 'UpgradeRefused';
  readonly status: number;

  constructor(status: number) {
    super(`the upgrade was answered with status ${status}`);
    this.status = status;
  }
}

const HEAD_LIMIT = 16_384;

export class RawSocket {
  readonly closed: Promise<Closed>;
  /** Of the 101 response; names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder();
  readonly #onText: (text: string) => void;
  #fragments: Buffer[] = [];
  #goodbye: Closed | null = null;

  private constructor(socket: Socket, headers: ReadonlyMap<string, string>, options: OpenOptions) {
    this.#socket = socket;
    this.headers = headers;
    this.#onText = options.onText ?? (() => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        const closed = this.#goodbye ?? { code: 1006, reason: '' };
        resolve(closed);
        options.onClosed?.(closed);
      });
    });
    socket.on('data', (chunk) => this.#read(chunk));
  }

  /**
   * Rejects with UpgradeRefused, or with the socket's error.
   * @param base `http://host:port`
   */
  static async open(base: string, options: OpenOptions = {}): Promise<RawSocket> {
    const { hostname, port, host } = new URL(base);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    socket.on('error', () => undefined); // 'close' follows and says all that is needed
    const key = randomBytes(16).toString('base64');
    const headers = {
      Host: host,
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Key': key,
      'Sec-WebSocket-Version': '13',
      ...options.headers,
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`GET ${options.path ?? '/ws'} HTTP/1.1\r\n${lines.join('')}\r\n`);
    try {
      const { head, rest } = await readHead(socket, options.timeoutMs ?? 10_000);
      const accepted = checkHead(head, key);
      const opened = new RawSocket(socket, accepted, options);
      if (rest.length > 0) opened.#read(rest);
      socket.resume();
      return opened;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  sendText(text: string): void {
    this.sendBytes(encodeText(text));
  }

  /** Frames or not: written as they are. After the end, nothing happens. */
  sendBytes(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** Says goodbye properly. */
  close(code = 1000): Promise<Closed> {
    this.sendBytes(encodeClose(code));
    return this.closed;
  }

  /** RST, no goodbye: what a lost network looks like once the packets are gone. */
  cut(): Promise<Closed> {
    reset(this.#socket);
    return this.closed;
  }

  /** Stops reading; the kernel's buffers fill, then the server's. An end goes unnoticed until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #read(chunk: Buffer): void {
    for (const frame of this.#decoder.push(chunk)) this.#accept(frame);
  }

  #accept(frame: Frame): void {
    switch (frame.opcode) {
      case Opcode.TEXT:
      case Opcode.CONTINUATION: {
        this.#fragments.push(frame.payload);
        if (!frame.fin) return;
        const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(this.#fragments));
        this.#fragments = [];
        this.#onText(text);
        return;
      }
      case Opcode.PING:
        this.sendBytes(encodeFrame({ opcode: Opcode.PONG, payload: frame.payload }));
        return;
      case Opcode.CLOSE: {
        const code = frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : 1005;
        this.#goodbye = { code, reason: frame.payload.subarray(2).toString() };
        this.sendBytes(encodeFrame({ opcode: Opcode.CLOSE, payload: frame.payload.subarray(0, 2) }));
        this.#socket.end();
        return;
      }
      case Opcode.PONG:
        return;
      default:
        throw new Error(`the server sent a frame with opcode ${frame.opcode}`);
    }
  }
}

/** RST; a FIN where one has left already: Node would never tell the end of a socket that is reset after it. */
export function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

function readHead(socket: Socket, timeoutMs: number): Promise<{ head: string; rest: Buffer }> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onClose);
      finish();
    };
    const timer = setTimeout(() => settle(() => reject(new Error('no answer to the upgrade'))), timeoutMs);
    const onClose = () => settle(() => reject(new Error('the connection ended during the upgrade')));
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf('\r\n\r\n');
      if (end >= 0) {
        // Paused, so that nothing is read before the owner listens.
        socket.pause();
        settle(() => resolve({ head: bytes.toString('latin1', 0, end), rest: bytes.subarray(end + 4) }));
        return;
      }
      if (bytes.length > HEAD_LIMIT) settle(() => reject(new Error('the response head is endless')));
    };
    socket.on('data', onData).once('close', onClose);
  });
}

function checkHead(head: string, key: string): ReadonlyMap<string, string> {
  const [statusLine = '', ...lines] = head.split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  if (status !== 101) throw new UpgradeRefused(status);
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const expected = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  if (headers.get('sec-websocket-accept') !== expected) throw new Error('Sec-WebSocket-Accept is wrong');
  return headers;
}
