/**
 * A client of ours that costs the generator little: it reads ids, seqs and message numbers off the bytes and parses
 * only what is no message. Who comes back sends the cursor of what it has read, and pages where it has missed more
 * than the hello brings.
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
const SEQ = Buffer.from('{"seq":');
const ZERO = 0x30;
/** Protocol §4: these mean, send again with the same cid. */
const AGAIN = /"code":"(?:UNAVAILABLE|RATE_LIMITED|TIMEOUT|INTERNAL)"/;
const RETRY_AFTER = /"retryAfterMs":(\d+)/;
/** For what a store that is slow has refused. */
const [TRIES, TRY_AGAIN_MS] = [20, 1_000];
/** Of a room that the client has joined and heard nothing of. */
const UNHEARD = 0;

/** How each push of entries of a room begins. */
const entriesOf = (room: string): Buffer =>
  Buffer.from(`{"op":"entries","body":{"room":${JSON.stringify(room)},`);

/** Of the `index`-th client's user. */
export const nameOf = (index: number): string => `bench-${index}`;

interface Hello {
  epoch: string;
  rooms: { id: string; head: number; behind?: true }[];
}

interface Page {
  entries: { seq: number }[];
}

export class ChahuaClient implements Client {
  onDelivery: Client['onDelivery'] = () => undefined;
  onAck: Client['onAck'] = () => undefined;
  onTrouble: Client['onTrouble'] = () => undefined;
  readonly #link: Link;
  readonly #waiting = new Map<number, { resolve: (body: unknown) => void; reject: (error: Error) => void }>();
  readonly #token: string;
  #epoch = '';
  /** The one that counts: what others bring, such as the lobby, is not looked at. */
  #room = '';
  #entries = entriesOf('');
  /** The last entry of the room that was read off the socket. */
  #cursor = UNHEARD;
  /** Entries that came while those before them were still asked for; null: they are taken as they come. */
  #held: Buffer[] | null = null;
  #hintMs: number | undefined;
  #lastId = 0;
  resent = 0;
  /** Sends that were refused for the moment, and those after them, which must not overtake them. */
  #unsent: number[] = [];
  #againTimer: NodeJS.Timeout | null = null;

  private constructor(link: Link, token: string) {
    this.#link = link;
    this.#token = token;
    link.onEnd = (why) => this.onTrouble(why, this.#hintMs);
    link.onText = (bytes, start, end) => this.#read(bytes, start, end);
  }

  static async open(url: string, index: number): Promise<ChahuaClient> {
    return patiently(async () => {
      const { access } = await login(url, nameOf(index));
      const client = new ChahuaClient(await Link.open(`${url}/ws`), access);
      await client.#hello({});
      return client;
    });
  }

  /** With the cursor of what `before` has read. */
  static async resume(url: string, before: Client): Promise<ChahuaClient> {
    if (!(before instanceof ChahuaClient)) throw new Error('not a client of ours');
    const client = new ChahuaClient(await Link.open(`${url}/ws`), before.#token);
    client.#enter(before.#room);
    client.#cursor = before.#cursor;
    client.onDelivery = before.onDelivery;
    client.onAck = before.onAck;
    client.#held = [];
    try {
      const cursors = { [before.#room]: before.#cursor };
      const { rooms } = await client.#hello({ epoch: before.#epoch, cursors });
      const missed = rooms.find(({ id, behind }) => id === before.#room && behind);
      if (missed) await client.#page(missed.head);
      client.#release();
    } finally {
      // Where this try came to nothing the next one goes on from here.
      before.#cursor = client.#cursor;
    }
    return client;
  }

  async #hello(more: { epoch?: string; cursors?: Record<string, number> }): Promise<Hello> {
    const hello = (await this.#ask('session.hello', { version: 1, token: this.#token, ...more })) as Hello;
    this.#epoch = hello.epoch;
    return hello;
  }

  /** Reads the room from the cursor up to `head`, page by page. */
  async #page(head: number): Promise<void> {
    while (this.#cursor < head) {
      const asked = { room: this.#room, after: this.#cursor };
      const page = (await patiently(() => this.#ask('message.history', asked))) as Page;
      // A page may go past the head: those come live, and are held.
      const entries = page.entries.filter(({ seq }) => seq <= head);
      const last = entries.at(-1);
      if (!last) throw new Error(`no entry ${this.#cursor + 1} of a room that goes on to ${head}`);
      const bytes = Buffer.from(JSON.stringify(entries));
      findNumbers({ bytes, start: 0, end: bytes.length }, this.onDelivery);
      this.#cursor = last.seq;
    }
  }

  /** What was held has its turn, and from now on nothing is. */
  #release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const bytes of held) this.#take(bytes, 0, bytes.length);
  }

  #enter(room: string): void {
    this.#room = room;
    this.#entries = entriesOf(room);
  }

  async join(room: string, ...others: string[]): Promise<void> {
    for (const other of others) await patiently(() => this.#ask('room.join', { room: other }));
    this.#enter(room);
    const { room: summary } = (await patiently(() => this.#ask('room.join', { room }))) as {
      room: { head: number };
    };
    this.#cursor = Math.max(this.#cursor, summary.head);
  }

  send(room: string, numbers: readonly number[]): void {
    if (this.#againTimer === null) this.#write(room, numbers);
    else this.#unsent.push(...numbers);
  }

  #write(room: string, numbers: readonly number[]): void {
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
    clearTimeout(this.#againTimer ?? undefined);
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
      if (id >= FIRST_SEND_ID && AGAIN.test(why)) {
        this.#sendAgain(id - FIRST_SEND_ID, Number(RETRY_AFTER.exec(why)?.[1] ?? TRY_AGAIN_MS));
        return;
      }
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

  /** As every client does, in the order in which they were sent; those in flight behind it are refused as well. */
  #sendAgain(number: number, afterMs: number): void {
    this.resent++;
    this.#unsent.push(number);
    this.#againTimer ??= setTimeout(() => {
      this.#againTimer = null;
      this.#write(
        this.#room,
        this.#unsent.splice(0).sort((a, b) => a - b),
      );
    }, afterMs);
  }

  #push(bytes: Buffer, start: number, end: number): void {
    if (startsWith(bytes, start, this.#entries)) {
      if (this.#held) this.#held.push(Buffer.from(bytes.subarray(start, end)));
      else this.#take(bytes, start, end);
      return;
    }
    if (startsWith(bytes, start, BYE)) {
      const { body } = JSON.parse(bytes.toString('utf8', start, end)) as { body: { retryAfterMs?: number } };
      this.#hintMs = body.retryAfterMs;
    }
  }

  #take(bytes: Buffer, start: number, end: number): void {
    this.#cursor = numberAt(bytes, bytes.lastIndexOf(SEQ, end - 1) + SEQ.length);
    findNumbers({ bytes, start, end }, this.onDelivery);
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
