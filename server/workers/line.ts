/**
 * One end of the line between a worker and the hub: a unix socket that carries messages as JSON, all that one turn of
 * the event loop brings in one line of text, so that a busy line costs few system calls. Whoever sends a line that is
 * no list of messages, or is longer than the bound, is hung up on: both ends are of one version.
 */
import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';

/** What went wrong with a call: a refusal that a person may hear, or a bug. */
export type Failure =
  | { refusal: { code: string; message: string; retryAfterMs?: number } }
  | { bug: { message: string; stack?: string } };

export type ToHub =
  | { type: 'call'; id: number; method: string; args: unknown[] }
  /** Texts of the subject are wanted, or no more. */
  | { type: 'follow' | 'unfollow'; subject: string }
  | { type: 'text'; subject: string; text: string }
  | { type: 'ping'; id: number }
  /** The figures of all other workers, please; the answer comes as `done`. */
  | { type: 'gather'; id: number }
  | { type: 'figures'; round: number; figures: unknown };

export type FromHub =
  /** The first message. `epoch`: of the store behind the hub, or null where there is none. */
  | { type: 'hello'; epoch: string | null }
  | { type: 'done'; id: number; value?: unknown }
  | { type: 'failed'; id: number; failure: Failure }
  | { type: 'text'; subject: string; text: string }
  | { type: 'figures?'; round: number };

/** Characters; a page of history of large entries is far below. */
const LONGEST = 64 * 2 ** 20;
/** Bytes that may wait in the socket before texts, which may be lost, are. */
const MAX_WAITING = 16 * 2 ** 20;

export class Line<Out, In> {
  readonly #socket: Socket;
  #out: Out[] = [];

  constructor(socket: Socket, onMessage: (message: In) => void) {
    this.#socket = socket;
    const decoder = new StringDecoder('utf8');
    let rest = '';
    socket.on('data', (chunk) => {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST) socket.destroy();
      for (const line of lines) {
        for (const message of parsed<In>(line, socket)) onMessage(message);
      }
    });
  }

  /** So much waits that what may be lost should be. */
  get isFull(): boolean {
    return this.#socket.writableLength > MAX_WAITING;
  }

  send(message: Out): void {
    this.#out.push(message);
    if (this.#out.length === 1) setImmediate(() => this.#flush());
  }

  end(): void {
    this.#flush();
    this.#socket.end();
  }

  /** What waits is not sent. */
  destroy(): void {
    this.#out = [];
    this.#socket.destroy();
  }

  #flush(): void {
    const batch = this.#out;
    this.#out = [];
    if (batch.length > 0 && this.#socket.writable) this.#socket.write(`${JSON.stringify(batch)}\n`);
  }
}

function parsed<In>(line: string, socket: Socket): In[] {
  try {
    const messages: unknown = JSON.parse(line);
    if (Array.isArray(messages)) return messages as In[];
  } catch {
    // As below.
  }
  socket.destroy();
  return [];
}
