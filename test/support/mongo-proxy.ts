/**
 * Stands between a driver and a MongoDB server and understands enough of the wire protocol (OP_MSG) to do to a single
 * command what networks and elections do: lose its reply after it was carried out, close the line before or after,
 * hold it back, or answer it with an error as a server does that is no longer the primary. It can also be gone: what
 * is open hangs or breaks, and nobody gets through. Tells which commands passed.
 */
import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { BSON } from 'mongodb';

export interface Command {
  name: string;
  collection: string;
  body: BSON.Document;
}

export type Fault =
  /** The server carries it out; nobody hears. */
  | { type: 'lose-reply' }
  /** It never reaches the server. */
  | { type: 'close' }
  /** It reaches the server so much later. */
  | { type: 'delay'; ms: number }
  /** The server carries it out, and says that it is not on the disks of most: WriteConcernFailed. */
  | { type: 'doubt' }
  /** An answer in the server's name; it never gets the command. */
  | { type: 'error'; code: number; codeName: string };

/** What becomes of a command; undefined: it passes. */
export type Rule = (command: Command) => Fault | undefined;

type State = 'open' | 'silent' | 'refusing';

const OP_MSG = 2013;
const HEADER = 16;
/** Answered by a server that is a primary no longer, or not yet: the driver tries again. */
const STATE_CHANGES = new Set([91, 189, 10107, 11600, 11602, 13435, 13436]);
/** What the driver asks by itself. */
const OWN = new Set(['hello', 'ismaster', 'isMaster', 'ping', 'endSessions']);

export class MongoProxy {
  readonly commands: Command[] = [];
  rule: Rule = () => undefined;
  readonly #target: { host: string; port: number };
  readonly #options: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #state: State = 'open';
  /** What was to be passed on while it was silent. */
  #held: (() => void)[] = [];

  private constructor(url: string) {
    const { hostname, port, search } = new URL(url);
    this.#target = { host: hostname, port: Number(port || 27_017) };
    this.#options = search;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async start(url: string): Promise<MongoProxy> {
    const proxy = new MongoProxy(url);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `mongodb://127.0.0.1:${port}/${this.#options}`;
  }

  /** The names of the commands that were meant for the database, in order, since the last look. */
  take(): string[] {
    return this.commands
      .splice(0)
      .flatMap(({ name, collection }) => (OWN.has(name) ? [] : [`${name} ${collection}`]));
  }

  /** The next command that fits gets the fault; all others pass. */
  once(fits: (command: Command) => boolean, fault: Fault): void {
    let isDone = false;
    this.rule = (command) => {
      if (isDone || !fits(command)) return undefined;
      isDone = true;
      return fault;
    };
  }

  /** Lines stay open and nothing gets through, as where a machine has vanished. */
  silence(): void {
    this.#state = 'silent';
  }

  /** Lines break and nobody is let in, as where a process has died. */
  refuse(): void {
    this.#state = 'refusing';
    for (const socket of this.#sockets) socket.destroy();
  }

  restore(): void {
    this.#state = 'open';
    for (const pass of this.#held.splice(0)) pass();
  }

  async stop(): Promise<void> {
    this.refuse();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    if (this.#state === 'refusing') {
      client.destroy();
      return;
    }
    const server = connect(this.#target);
    const [lost, doubted] = [new Set<number>(), new Set<number>()];
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    messages(client, (message) => this.#hear({ message, client, server, lost, doubted }));
    messages(server, (message) => {
      const asked = message.readInt32LE(8);
      const reply = doubted.has(asked) ? inDoubt(message) : message;
      this.#pass(() => (lost.has(asked) ? client.destroy() : client.write(reply)));
    });
  }

  #hear({ message, client, server, lost, doubted }: Heard): void {
    const command = commandIn(message);
    if (!command) {
      this.#pass(() => server.write(message));
      return;
    }
    this.commands.push(command);
    const fault = this.rule(command);
    if (fault?.type === 'close') client.destroy();
    else if (fault?.type === 'error') client.write(answer(message, fault));
    else if (fault?.type === 'delay') setTimeout(() => server.write(message), fault.ms).unref();
    else {
      if (fault?.type === 'lose-reply') lost.add(message.readInt32LE(4));
      if (fault?.type === 'doubt') doubted.add(message.readInt32LE(4));
      this.#pass(() => server.write(message));
    }
  }

  #pass(run: () => unknown): void {
    if (this.#state === 'silent') this.#held.push(run);
    else run();
  }
}

interface Heard {
  message: Buffer;
  client: Socket;
  server: Socket;
  /** Requests whose replies are to be lost … */
  lost: Set<number>;
  /** … or to say that they are not certain. */
  doubted: Set<number>;
}

/** Cuts a stream into messages: each begins with its length. */
function messages(socket: Socket, heard: (message: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= HEADER && rest.length >= rest.readInt32LE(0)) {
      const length = rest.readInt32LE(0);
      heard(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  });
}

/** Null where it is no OP_MSG: the first word of a driver, in the old form. */
function commandIn(message: Buffer): Command | null {
  if (message.readInt32LE(12) !== OP_MSG) return null;
  let body: BSON.Document | null = null;
  const lists: Record<string, BSON.Document[]> = {};
  for (let at = HEADER + 4; at < message.length; at += 1 + message.readInt32LE(at + 1)) {
    const section = message.subarray(at + 1, at + 1 + message.readInt32LE(at + 1));
    if (message[at] === 0) body = BSON.deserialize(section);
    else Object.assign(lists, listIn(section));
  }
  if (!body) return null;
  const [name = ''] = Object.keys(body);
  return { name, collection: String(body[name]), body: { ...body, ...lists } };
}

/** What a command was given many of, such as updates, is beside its body: a name and documents in a row. */
function listIn(section: Buffer): Record<string, BSON.Document[]> {
  const end = section.indexOf(0, 4);
  const docs: BSON.Document[] = [];
  for (let at = end + 1; at < section.length; at += section.readInt32LE(at)) {
    docs.push(BSON.deserialize(section.subarray(at, at + section.readInt32LE(at))));
  }
  return { [section.toString('utf8', 4, end)]: docs };
}

function answer(message: Buffer, { code, codeName }: { code: number; codeName: string }): Buffer {
  const errmsg = `${codeName}, says the proxy`;
  const errorLabels = STATE_CHANGES.has(code) ? ['RetryableWriteError'] : [];
  return replyTo(message.readInt32LE(4), { ok: 0, code, codeName, errmsg, errorLabels });
}

function inDoubt(reply: Buffer): Buffer {
  const told = BSON.deserialize(reply.subarray(HEADER + 5));
  const writeConcernError = { code: 64, codeName: 'WriteConcernFailed', errmsg: 'says the proxy' };
  return replyTo(reply.readInt32LE(8), { ...told, writeConcernError });
}

function replyTo(request: number, told: BSON.Document): Buffer {
  const body = BSON.serialize(told);
  const reply = Buffer.alloc(HEADER + 5 + body.length);
  reply.writeInt32LE(reply.length, 0);
  reply.writeInt32LE(request, 8);
  reply.writeInt32LE(OP_MSG, 12);
  reply.set(body, HEADER + 5);
  return reply;
}
