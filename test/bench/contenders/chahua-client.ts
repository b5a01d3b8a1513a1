/**
 * A client of ours that costs the generator little: it reads ids, seqs and message numbers off the bytes and parses
 * only what is no message. Who comes back sends the cursor of what it has read.
 */
import { login } from '../../support/raw-client.ts';
import type { Client } from '../contender.ts';
import { clientFrame, Link } from '../link.ts';
import { findNumbers, textOf } from '../numbered-text.ts';

/** Request ids of sends are the message number plus this; smaller ones are for all else. */
const FIRST_SEND_ID = 1_000_000;
const REPLY = Buffer.from('{"id":');
const OK = Buffer.from(',"ok":true');
const BYE = Buffer.from('{"op":"session.bye"');
const ENTRIES = Buffer.from('{"op":"entries"');
const SEQ = Buffer.from('{"seq":');
const ZERO = 0x30;
/** For what a store that is slow has refused. */
const [TRIES, TRY_AGAIN_MS] = [20, 1_000];
/** Of a room that the client has joined and heard nothing of. */
const UNHEARD = 0;

export class ChahuaClient implements Client {
  onDelivery: Client['onDelivery'] = () => undefined;
  onAck: Client['onAck'] = () => undefined;
  onTrouble: Client['onTrouble'] = () => undefined;
  readonly #link: Link;
  readonly #waiting = new Map<number, { resolve: (body: unknown) => void; reject: (error: Error) => void }>();
  readonly #token: string;
  #epoch = '';
  #room = '';
  /** The last entry of the room that was read off the socket. */
  #cursor = UNHEARD;
  #hintMs: number | undefined;
  #lastId = 0;

  private constructor(link: Link, token: string) {
    this.#link = link;
    this.#token = token;
    link.onEnd = (why) => this.onTrouble(why, this.#hintMs);
    link.onText = (bytes, start, end) => this.#read(bytes, start, end);
  }

  static async open(url: string, index: number): Promise<ChahuaClient> {
    return patiently(async () => {
      const { access } = await login(url, `bench-${index}`);
      const client = new ChahuaClient(await Link.open(`${url}/ws`), access);
      await client.#hello({});
      return client;
    });
  }

  /** With the cursor of what `before` has read. */
  static async resume(url: string, before: Client): Promise<ChahuaClient> {
    if (!(before instanceof ChahuaClient)) throw new Error('not a client of ours');
    const client = new ChahuaClient(await Link.open(`${url}/ws`), before.#token);
    client.#room = before.#room;
    client.#cursor = before.#cursor;
    client.onDelivery = before.onDelivery;
    client.onAck = before.onAck;
    await client.#hello({ epoch: before.#epoch, cursors: { [before.#room]: before.#cursor } });
    return client;
  }

  async #hello(more: { epoch?: string; cursors?: Record<string, number> }): Promise<void> {
    const { epoch } = (await this.#ask('session.hello', { version: 1, token: this.#token, ...more })) as {
      epoch: string;
    };
    this.#epoch = epoch;
  }

  async join(room: string): Promise<void> {
    const { room: summary } = (await patiently(() => this.#ask('room.join', { room }))) as {
      room: { head: number };
    };
    this.#room = room;
    this.#cursor = Math.max(this.#cursor, summary.head);
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
    this.#ask('session.ping', {}).catch(() => undefined); // onTrouble tells
  }

  close(): void {
    this.#link.close();
  }

  reset(): void {
    this.#link.reset();
  }

  #ask(op: string, body: object): Promise<unknown> {
    const id = ++this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#link.write(clientFrame(JSON.stringify({ id, op, body })));
    });
    return this.#link.orEnd(answer);
  }

  #read(bytes: Buffer, start: number, end: number): void {
    const digits = start + REPLY.length;
    if (!startsWith(bytes, start, REPLY)) {
      this.#push(bytes, start, end);
      return;
    }
    const id = numberAt(bytes, digits);
    const at = digits + String(id).length;
    if (bytes.compare(OK, 0, OK.length, at, Math.min(end, at + OK.length)) !== 0) {
      const why = `refused: ${bytes.toString('utf8', start, end)}`;
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (waiting) waiting.reject(new Error(why));
      else this.onTrouble(why);
      return;
    }
    if (id >= FIRST_SEND_ID) {
      this.onAck(id - FIRST_SEND_ID);
      return;
    }
    const { body } = JSON.parse(bytes.toString('utf8', start, end)) as { body: unknown };
    this.#waiting.get(id)?.resolve(body);
    this.#waiting.delete(id);
  }

  #push(bytes: Buffer, start: number, end: number): void {
    if (startsWith(bytes, start, ENTRIES)) {
      this.#cursor = numberAt(bytes, bytes.lastIndexOf(SEQ, end - 1) + SEQ.length);
      findNumbers({ bytes, start, end }, this.onDelivery);
      return;
    }
    if (startsWith(bytes, start, BYE)) {
      const { body } = JSON.parse(bytes.toString('utf8', start, end)) as { body: { retryAfterMs?: number } };
      this.#hintMs = body.retryAfterMs;
    }
  }
}

/** A store that is slow, as a database may be while a crowd arrives, says UNAVAILABLE and when to ask again. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left--) {
    try {
      return await ask();
    } catch (reason) {
      if (left === 0 || !String(reason).includes('UNAVAILABLE')) throw reason;
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
    }
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
