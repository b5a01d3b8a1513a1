/**
 * Ours, as it ships: authenticated users, checked frames, every message stored and fsynced before it is acknowledged
 * and fanned out. Only the limits are raised, so that not they are measured.
 */
import { ServerProcess } from '../../support/server-process.ts';
import { login, RawClient } from '../../support/raw-client.ts';
import type { Client, Contender } from '../contender.ts';
import { clientFrame, Link } from '../link.ts';
import { findNumbers, textOf } from '../numbered-text.ts';

export const chahua: Contender = {
  name: 'chahua',
  title: 'ours',
  ack: 'fsynced',
  packages: ['uWebSockets.js'],
  start: async (pin) => {
    const server = await ServerProcess.start({
      prefix: pin,
      env: { LIMITS: 'sends=10000/10000,requests=1000,members=100000' },
    });
    return { url: server.url, pid: server.pid, stop: () => server.stop() };
  },
  openRoom: async (url) => {
    const { client } = await RawClient.arrive(url, 'owner');
    const { room } = await client.ask('room.create', { kind: 'group', name: 'bench', open: true });
    await client.close();
    return room.id;
  },
  connect: (url, index) => ChahuaClient.open(url, index),
};

/** Request ids of sends are the message number plus this; smaller ones are for all else. */
const FIRST_SEND_ID = 1_000_000;
const REPLY = Buffer.from('{"id":');
const OK = Buffer.from(',"ok":true');
const ZERO = 0x30;

class ChahuaClient implements Client {
  onDelivery: Client['onDelivery'] = () => undefined;
  onAck: Client['onAck'] = () => undefined;
  onTrouble: Client['onTrouble'] = () => undefined;
  readonly #link: Link;
  readonly #waiting = new Map<number, () => void>();
  #lastId = 0;

  private constructor(link: Link) {
    this.#link = link;
    link.onEnd = (why) => this.onTrouble(why);
    link.onText = (bytes, start, end) => this.#read(bytes, start, end);
  }

  static async open(url: string, index: number): Promise<ChahuaClient> {
    const { access } = await login(url, `bench-${index}`);
    const client = new ChahuaClient(await Link.open(`${url}/ws`));
    await client.#ask('session.hello', { version: 1, token: access });
    return client;
  }

  join(room: string): Promise<void> {
    return this.#ask('room.join', { room });
  }

  send(room: string, numbers: readonly number[]): void {
    const frame = (number: number) =>
      clientFrame(
        `{"id":${FIRST_SEND_ID + number},"op":"message.send","body":{"room":"${room}","cid":"n${number}",` +
          `"kind":"text","body":{"text":"${textOf(number)}"}}}`,
      );
    this.#link.write(Buffer.concat(numbers.map(frame)));
  }

  keepAlive(): void {
    void this.#ask('session.ping', {});
  }

  close(): void {
    this.#link.close();
  }

  #ask(op: string, body: object): Promise<void> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#link.write(clientFrame(JSON.stringify({ id, op, body })));
    });
  }

  #read(bytes: Buffer, start: number, end: number): void {
    const digits = start + REPLY.length;
    if (bytes.compare(REPLY, 0, REPLY.length, start, digits) !== 0) {
      findNumbers({ bytes, start, end }, this.onDelivery);
      return;
    }
    let at = digits;
    let id = 0;
    for (; bytes[at]! >= ZERO && bytes[at]! <= ZERO + 9; at++) id = id * 10 + bytes[at]! - ZERO;
    if (bytes.compare(OK, 0, OK.length, at, Math.min(end, at + OK.length)) !== 0) {
      this.onTrouble(`refused: ${bytes.toString('utf8', start, end)}`);
      return;
    }
    if (id >= FIRST_SEND_ID) {
      this.onAck(id - FIRST_SEND_ID);
      return;
    }
    this.#waiting.get(id)?.();
    this.#waiting.delete(id);
  }
}
