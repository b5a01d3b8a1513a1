/**
 * A TCP proxy that behaves as bad networks do: slow, stuck in one direction, silent for ever, cut in the middle of a
 * byte stream, or chopped into single bytes. Promises that bytes it lets through keep their order, and that while it
 * is a black hole neither side hears of anything, not even of the other's end. It knows nothing of what it carries.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { reset } from './raw-socket.ts';

/** `up`: from the client to the server. */
export type Direction = 'up' | 'down';

/** So that the bytes before the cut have left: RST overtakes what is still queued. */
const RESET_AFTER_MS = 5;

/** What happens to bytes of one direction. */
type Flow =
  | { name: 'pass' }
  /** Not read: the sender's buffers fill. */
  | { name: 'paused' }
  /** Read and thrown away: the sender believes they arrived. */
  | { name: 'swallowed' }
  /** Passes `left` more bytes, then resets both sides. */
  | { name: 'cut'; left: number };

export class TcpProxy {
  readonly #server: Server;
  readonly #target: { host: string; port: number };
  readonly #pairs = new Set<Pair>();
  readonly #flows: Record<Direction, Flow> = { up: { name: 'pass' }, down: { name: 'pass' } };
  readonly #lost: Record<Direction, number> = { up: 0, down: 0 };
  #delayMs = 0;
  #largestWrite = Number.POSITIVE_INFINITY;

  private constructor(server: Server, target: { host: string; port: number }) {
    this.#server = server;
    this.#target = target;
  }

  /** @param target `http://host:port` of the real server */
  static async listen(target: string): Promise<TcpProxy> {
    const { hostname, port } = new URL(target);
    const server = createServer({ noDelay: true });
    const proxy = new TcpProxy(server, { host: hostname, port: Number(port) });
    server.on('connection', (client) => proxy.#accept(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections that are open on at least one side. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Bytes swallowed so far. */
  lost(direction: Direction): number {
    return this.#lost[direction];
  }

  /** Every chunk, in both directions, from now on. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Writes of at most `bytes`, each in its own segment. */
  split(bytes: number): void {
    this.#largestWrite = bytes;
  }

  pause(direction: Direction): void {
    this.#turn(direction, { name: 'paused' });
  }

  swallow(direction: Direction): void {
    this.#turn(direction, { name: 'swallowed' });
  }

  pass(direction: Direction): void {
    this.#turn(direction, { name: 'pass' });
  }

  /** RST to both sides after `bytes` more in this direction, all connections together. */
  cutAfter(direction: Direction, bytes: number): void {
    this.#turn(direction, { name: 'cut', left: bytes });
  }

  /** RST to both sides of every connection, now. */
  cut(): void {
    for (const pair of [...this.#pairs]) pair.reset();
  }

  /** Half-open: nothing passes and nobody is told. Ended by `pass` of both directions, or by `cut`. */
  blackhole(): void {
    this.pause('up');
    this.pause('down');
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #turn(direction: Direction, flow: Flow): void {
    this.#flows[direction] = flow;
    for (const pair of this.#pairs) pair.turned(direction, flow.name === 'paused');
  }

  #accept(client: Socket): void {
    const pair: Pair = new Pair(client, connect({ ...this.#target, noDelay: true }), {
      carry: (way, chunk) => this.#carry(way, chunk, pair),
      ended: () => void this.#pairs.delete(pair),
    });
    this.#pairs.add(pair);
    for (const direction of ['up', 'down'] as const) {
      pair.turned(direction, this.#flows[direction].name === 'paused');
    }
  }

  #carry(way: Way, chunk: Buffer, pair: Pair): void {
    const { direction } = way;
    const flow = this.#flows[direction];
    // Behind the bytes that were not let through comes nothing more, or the stream would have a hole.
    if (pair.isCut) return;
    if (flow.name === 'swallowed') {
      this.#lost[direction] += chunk.length;
      return;
    }
    if (flow.name !== 'cut') {
      this.#write(chunk, way);
      return;
    }
    this.#write(chunk.subarray(0, flow.left), way);
    flow.left -= chunk.length;
    if (flow.left > 0) return;
    this.#flows[direction] = { name: 'pass' };
    pair.isCut = true;
    this.#later(way, () => setTimeout(() => pair.reset(), RESET_AFTER_MS));
  }

  #write(chunk: Buffer, way: Way): void {
    this.#later(way, () => {
      for (let at = 0; at < chunk.length && way.to.writable; at += this.#largestWrite) {
        way.to.write(chunk.subarray(at, at + this.#largestWrite));
      }
    });
  }

  /** After the delay, and after what is under way already: a delay that got shorter lets nothing overtake. */
  #later({ waiting }: Way, work: () => void): void {
    if (this.#delayMs === 0 && waiting.length === 0) return work();
    const due = performance.now() + this.#delayMs;
    waiting.push({ due: Math.max(due, waiting.at(-1)?.due ?? 0), work });
    setTimeout(() => waiting.shift()?.work(), waiting.at(-1)!.due - performance.now());
  }
}

interface Way {
  direction: Direction;
  from: Socket;
  to: Socket;
  /** What is under way, in order. */
  waiting: { due: number; work: () => void }[];
}

interface PairOwner {
  carry(way: Way, chunk: Buffer): void;
  ended(): void;
}

/** The two sockets of one proxied connection. */
class Pair {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #paused: Record<Direction, boolean> = { up: false, down: false };
  readonly #ended: () => void;
  /** Some of its bytes were not let through, and it is about to be reset. */
  isCut = false;

  constructor(client: Socket, upstream: Socket, on: PairOwner) {
    this.#client = client;
    this.#upstream = upstream;
    this.#ended = on.ended;
    this.#join({ direction: 'up', from: client, to: upstream, waiting: [] }, on.carry);
    this.#join({ direction: 'down', from: upstream, to: client, waiting: [] }, on.carry);
  }

  turned(direction: Direction, paused: boolean): void {
    this.#paused[direction] = paused;
    const from = direction === 'up' ? this.#client : this.#upstream;
    if (paused) from.pause();
    else from.resume();
  }

  reset(): void {
    reset(this.#client);
    reset(this.#upstream);
    this.#ended();
  }

  #join(way: Way, carry: PairOwner['carry']): void {
    const { direction, from, to } = way;
    from.on('error', () => undefined); // 'close' follows
    from.on('data', (chunk) => carry(way, chunk));
    from.on('end', () => to.end());
    from.on('close', () => {
      // A black hole tells nobody: the other side stays as it is until the proxy cuts it.
      if (this.#paused[direction]) return;
      to.destroySoon();
      this.#ended();
    });
  }
}
