/**
 * One phone's line to the chat server, with everything that goes wrong on one: cut, silent, slow, lossy. It hands out
 * connections that behave so; bytes that get through keep their order. TCP loses no bytes: a lost packet is sent again
 * after a while and everything behind it waits, so loss shows as stalls. Silence ("half-open") befalls the connections
 * there are, for ever, as when a router forgets them; new ones are fine.
 */
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';

export interface LineFaults {
  isCut: boolean;
  /** Each way. */
  delayMs: number;
  /** Share of packets lost, 0 … 0.9. */
  loss: number;
}

export interface LineDeps {
  host: string;
  port: number;
  after(ms: number, run: () => void): void;
  /** In [0, 1). */
  random(): number;
  /** Monotonic, ms. */
  now(): number;
}

/** First retransmission of a lost packet; each next one waits twice as long. */
export const RETRANSMIT_MS = 300;
const MOST_RETRANSMISSIONS = 5;

export class Line {
  readonly #deps: LineDeps;
  readonly #connections = new Set<LineConnection>();
  #faults: LineFaults = { isCut: false, delayMs: 0, loss: 0 };

  constructor(deps: LineDeps) {
    this.#deps = deps;
  }

  get faults(): Readonly<LineFaults> {
    return this.#faults;
  }

  get connections(): number {
    return this.#connections.size;
  }

  set(faults: Partial<LineFaults>): void {
    this.#faults = { ...this.#faults, ...faults };
    if (this.#faults.isCut) this.reset();
  }

  /** Every connection ends at once, with an RST to the server. */
  reset(): void {
    for (const connection of [...this.#connections]) connection.reset();
  }

  /** Nothing passes any more on the connections that there are, and nobody is told. */
  silence(): void {
    for (const connection of this.#connections) connection.silence();
  }

  /** None where the line is cut: there is nobody to hear the call. */
  connect(): Duplex | null {
    if (this.#faults.isCut) return null;
    const connection = new LineConnection(
      connect({ host: this.#deps.host, port: this.#deps.port, noDelay: true }),
      { delayMs: () => this.#delayMs(), after: this.#deps.after, now: this.#deps.now },
    );
    this.#connections.add(connection);
    connection.once('close', () => this.#connections.delete(connection));
    return connection;
  }

  /** Of one packet, with the times that it is lost on its way. */
  #delayMs(): number {
    let ms = this.#faults.delayMs;
    for (let times = 0; times < MOST_RETRANSMISSIONS && this.#deps.random() < this.#faults.loss; times += 1) {
      ms += RETRANSMIT_MS * 2 ** times;
    }
    return ms;
  }
}

interface Road {
  delayMs(): number;
  after(ms: number, run: () => void): void;
  now(): number;
}

class LineConnection extends Duplex {
  readonly #socket: Socket;
  readonly #road: Road;
  /** When the last packet of each way arrives: none overtakes it. */
  readonly #arrival = { up: 0, down: 0 };
  #isSilent = false;

  constructor(socket: Socket, road: Road) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    this.#road = road;
    socket.on('data', (chunk: Buffer) => this.#travel('down', () => this.push(chunk)));
    socket.on('end', () => this.#travel('down', () => this.push(null)));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.#travel('down', () => this.destroy()));
  }

  reset(): void {
    this.#socket.resetAndDestroy();
    this.destroy(Object.assign(new Error('the line is cut'), { code: 'ECONNRESET' }));
  }

  silence(): void {
    this.#isSilent = true;
  }

  override _read(): void {
    // Pushed as it arrives: a phone reads all it gets.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#travel('up', () => this.#socket.write(chunk));
    done();
  }

  override _final(done: () => void): void {
    this.#travel('up', () => this.#socket.end());
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.#isSilent) this.#socket.destroy();
    done(error);
  }

  #travel(way: 'up' | 'down', arrive: () => void): void {
    const now = this.#road.now();
    const at = Math.max(this.#arrival[way], now + this.#road.delayMs());
    this.#arrival[way] = at;
    const land = (): void => {
      if (!this.#isSilent && !this.destroyed) arrive();
    };
    if (at <= now) land();
    else this.#road.after(at - now, land);
  }
}
