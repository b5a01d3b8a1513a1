/**
 * A hostile client: sends any bytes and keeps whatever comes back, valid or not; and the innocent bystander who shows
 * that the server still serves everybody else.
 */
import assert from 'node:assert/strict';
import { RawClient } from '../support/raw-client.ts';
import { RawSocket, type Closed, type OpenOptions } from '../support/raw-socket.ts';
import type { ServerProcess } from '../support/server-process.ts';

export interface Answer {
  id?: number;
  op?: string;
  ok?: boolean;
  body?: unknown;
  error?: { code: string; message: string; retryAfterMs?: number };
}

export class Attacker {
  /** Everything the server said, in order. */
  readonly answers: Answer[] = [];
  closed: Closed | null = null;
  #socket: RawSocket | null = null;
  #look: () => void = () => undefined;

  private constructor() {}

  static async connect(base: string, options: OpenOptions = {}): Promise<Attacker> {
    const attacker = new Attacker();
    attacker.#socket = await RawSocket.open(base, {
      ...options,
      onText: (text) => {
        attacker.answers.push(JSON.parse(text) as Answer);
        attacker.#look();
      },
      onClosed: (closed) => {
        attacker.closed = closed;
        attacker.#look();
      },
    });
    return attacker;
  }

  /** As somebody whom the server knows. */
  static async signedIn(base: string, access: string): Promise<Attacker> {
    const attacker = await Attacker.connect(base);
    const [hello] = await attacker.say({ id: 1, op: 'session.hello', body: { version: 1, token: access } });
    assert.equal(hello?.ok, true, 'the attacker may say hello');
    return attacker;
  }

  get socket(): RawSocket {
    return this.#socket!; // set before `connect` gives the attacker away
  }

  sendBytes(bytes: Buffer): void {
    this.socket.sendBytes(bytes);
  }

  /** Sends a frame; the replies to its id so far, once there is one or the socket has ended. */
  async say(frame: { id: number; op: string; body?: unknown }): Promise<Answer[]> {
    this.socket.sendText(JSON.stringify(frame));
    const replies = () => this.answers.filter((answer) => answer.id === frame.id);
    await this.until(() => replies().length > 0 || this.closed !== null);
    return replies();
  }

  /** The end of the socket, which is due at once; a busy machine is given some seconds. */
  async end(): Promise<Closed> {
    await this.until(() => this.closed !== null, 5_000);
    return this.closed!;
  }

  until(holds: () => boolean, limitMs = 10_000): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not within ${limitMs} ms`)), limitMs);
      this.#look = () => {
        if (!holds()) return;
        clearTimeout(timer);
        this.#look = () => undefined;
        resolve();
      };
    });
  }

  cut(): Promise<Closed> {
    return this.socket.cut();
  }
}

/** Sits in a room of their own and expects to be served whatever others do. */
export class Bystander {
  readonly client: RawClient;
  readonly user: string;
  readonly room: string;
  readonly #server: ServerProcess;
  readonly #pid: number;
  #count = 0;

  private constructor(server: ServerProcess, own: Pick<Bystander, 'client' | 'user' | 'room'>) {
    this.#server = server;
    this.#pid = server.pid;
    this.client = own.client;
    this.user = own.user;
    this.room = own.room;
  }

  static async arrive(server: ServerProcess): Promise<Bystander> {
    const { client, login } = await RawClient.arrive(server.url, 'bystander');
    const { room } = await client.ask('room.create', { kind: 'group', name: 'quiet' });
    return new Bystander(server, { client, user: login.user.id, room: room.id });
  }

  /** Whether anybody else has written into the room. */
  hasGuests(): boolean {
    return this.client.entries(this.room).some(({ from }) => from !== this.user);
  }

  /** Fails unless a message goes through, on the same socket, in the same process. */
  async isServed(): Promise<void> {
    const { seq } = await this.client.sendText(this.room, `still-here-${++this.#count}`, 'still here');
    await this.client.until('my own entry', () => this.client.entries(this.room).at(-1)?.seq === seq);
    assert.equal(this.#server.pid, this.#pid);
  }
}
