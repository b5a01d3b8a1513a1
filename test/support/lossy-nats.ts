/**
 * A proxy before a NATS server that knows enough of its protocol to lose messages on their way to the client: one in
 * so many, counted, so that a run can be repeated. All else passes unchanged (docs.nats.io, "Client Protocol").
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class LossyNats {
  /** Messages that were lost, and that came through. */
  lost = 0;
  passed = 0;
  readonly #server: Server;
  readonly #oneIn: number;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, oneIn: number) {
    this.#server = server;
    this.#oneIn = oneIn;
  }

  /** @param target `nats://host:port` */
  static async listen(target: string, oneIn: number): Promise<LossyNats> {
    const { hostname, port } = new URL(target);
    const server = createServer({ noDelay: true });
    const proxy = new LossyNats(server, oneIn);
    server.on('connection', (client) => proxy.#accept(client, connect(Number(port), hostname)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `nats://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket, nats: Socket): void {
    client.pipe(nats);
    let rest = Buffer.alloc(0);
    nats.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      rest = rest.subarray(this.#pass(rest, client));
    });
    for (const [one, other] of [
      [client, nats],
      [nats, client],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }

  /** Hands on the whole frames at the beginning of `bytes`. @returns how many bytes they were */
  #pass(bytes: Buffer, client: Socket): number {
    let at = 0;
    for (;;) {
      const end = bytes.indexOf('\r\n', at);
      if (end < 0) return at;
      const line = bytes.toString('latin1', at, end);
      // MSG <subject> <sid> [reply-to] <#bytes>
      const isMessage = line.startsWith('MSG ');
      const next = end + 2 + (isMessage ? Number(line.slice(line.lastIndexOf(' '))) + 2 : 0);
      if (next > bytes.length) return at;
      if (!isMessage || !this.#loses()) client.write(bytes.subarray(at, next));
      at = next;
    }
  }

  #loses(): boolean {
    if ((this.lost + this.passed + 1) % this.#oneIn !== 0) {
      this.passed += 1;
      return false;
    }
    this.lost += 1;
    return true;
  }
}
