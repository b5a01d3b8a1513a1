/**
 * A client of Centrifugo's JSON protocol: commands with ids, several replies in one frame with line feeds between
 * them, `{}` is a ping and its pong. Who comes back names the epoch and the offset up to which it has read.
 */
import jwt from 'jsonwebtoken';
import type { Client } from '../contender.ts';
import { clientFrame, Link } from '../link.ts';
import { findNumbers, textOf } from '../numbered-text.ts';

/** Of a server that lives for one session of the benchmark, on loopback. */
export const TOKEN_SECRET = 'of-a-server-that-lives-for-one-session-of-the-benchmark';

/** Command ids of publications are the message number plus this; smaller ones are for all else. */
const FIRST_PUBLISH_ID = 1_000_000;
const LINE_FEED = 0x0a;
const ZERO = 0x30;
const PONG_FRAME = clientFrame('{}');
const REPLY = Buffer.from('{"id":');
const PUSH = Buffer.from('{"push":');
const OFFSET = Buffer.from('"offset":');
const ERROR = Buffer.from(',"error":');

interface Reply {
  subscribe?: { epoch?: string; offset?: number; recovered?: boolean };
}

export class CentrifugoClient implements Client {
  onDelivery: Client['onDelivery'] = () => undefined;
  onAck: Client['onAck'] = () => undefined;
  onTrouble: Client['onTrouble'] = () => undefined;
  readonly #link: Link;
  readonly #token: string;
  readonly #waiting = new Map<number, { resolve: (reply: Reply) => void; reject: (error: Error) => void }>();
  #channel = '';
  #epoch = '';
  #offset = 0;
  #lastId = 0;

  private constructor(link: Link, token: string) {
    this.#link = link;
    this.#token = token;
    link.onEnd = (why) => this.onTrouble(why);
    link.onText = (bytes, start, end) => {
      for (let from = start; from < end;) {
        const feed = bytes.indexOf(LINE_FEED, from);
        const to = feed < 0 || feed > end ? end : feed;
        this.#read(bytes, from, to);
        from = to + 1;
      }
    };
  }

  static open(url: string, index: number): Promise<CentrifugoClient> {
    return CentrifugoClient.#connect(url, jwt.sign({ sub: `bench-${index}` }, TOKEN_SECRET));
  }

  /** Where the server does not know the stream any more what was missed is gone. */
  static async resume(url: string, before: Client): Promise<CentrifugoClient> {
    if (!(before instanceof CentrifugoClient)) throw new Error('not a client of Centrifugo');
    const client = await CentrifugoClient.#connect(url, before.#token);
    client.onDelivery = before.onDelivery;
    client.onAck = before.onAck;
    client.#epoch = before.#epoch;
    client.#offset = before.#offset;
    await client.#subscribe(before.#channel, { recover: true, epoch: before.#epoch, offset: before.#offset });
    return client;
  }

  static async #connect(url: string, token: string): Promise<CentrifugoClient> {
    const client = new CentrifugoClient(await Link.open(`${url}/connection/websocket`), token);
    await client.#ask({ connect: { token } });
    return client;
  }

  async join(room: string, ...others: string[]): Promise<void> {
    for (const one of [...others, room]) await this.#subscribe(one, {});
  }

  send(room: string, numbers: readonly number[]): void {
    const frame = (number: number) =>
      clientFrame(
        `{"id":${FIRST_PUBLISH_ID + number},"publish":{"channel":"${room}","data":{"text":"${textOf(number)}"}}}`,
      );
    this.#link.write(Buffer.concat(numbers.map(frame)));
  }

  keepAlive(): void {
    // The server pings; #read answers.
  }

  close(): void {
    this.#link.close();
  }

  reset(): void {
    this.#link.reset();
  }

  async #subscribe(channel: string, from: object): Promise<void> {
    const { subscribe } = await this.#ask({ subscribe: { channel, ...from } });
    this.#channel = channel;
    this.#epoch = subscribe?.epoch ?? '';
    this.#offset = subscribe?.offset ?? 0;
  }

  #ask(command: object): Promise<Reply> {
    const id = ++this.#lastId;
    const answer = new Promise<Reply>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#link.write(clientFrame(JSON.stringify({ id, ...command })));
    });
    return this.#link.orEnd(answer);
  }

  #read(bytes: Buffer, start: number, end: number): void {
    if (end - start === 2) {
      this.#link.write(PONG_FRAME);
      return;
    }
    if (startsWith(bytes, start, PUSH)) {
      const at = bytes.lastIndexOf(OFFSET, end - 1);
      if (at > start) this.#offset = numberAt(bytes, at + OFFSET.length);
      findNumbers({ bytes, start, end }, this.onDelivery);
      return;
    }
    if (startsWith(bytes, start, REPLY)) this.#reply(bytes, start, end);
    else this.onTrouble(`not understood: ${bytes.toString('utf8', start, Math.min(end, start + 200))}`);
  }

  #reply(bytes: Buffer, start: number, end: number): void {
    const id = numberAt(bytes, start + REPLY.length);
    const after = start + REPLY.length + String(id).length;
    if (startsWith(bytes, after, ERROR)) {
      const why = `refused: ${bytes.toString('utf8', start, end)}`;
      this.#waiting.get(id)?.reject(new Error(why));
      this.onTrouble(why);
      return;
    }
    if (id >= FIRST_PUBLISH_ID) {
      this.onAck(id - FIRST_PUBLISH_ID);
      return;
    }
    // What was missed comes with the reply to the subscription.
    findNumbers({ bytes, start, end }, this.onDelivery);
    this.#waiting.get(id)?.resolve(JSON.parse(bytes.toString('utf8', start, end)) as Reply);
    this.#waiting.delete(id);
  }
}

const startsWith = (bytes: Buffer, start: number, words: Buffer): boolean =>
  bytes.compare(words, 0, words.length, start, Math.min(bytes.length, start + words.length)) === 0;

function numberAt(bytes: Buffer, start: number): number {
  let number = 0;
  for (let at = start; bytes[at]! >= ZERO && bytes[at]! <= ZERO + 9; at++) {
    number = number * 10 + bytes[at]! - ZERO;
  }
  return number;
}
