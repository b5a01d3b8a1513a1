/**
 * The client of the contenders that have no protocol of their own: `join:ROOM ROOM…` is answered with `joined`, any
 * other text goes to everybody in the first of the rooms as it is.
 */
import type { Client } from '../contender.ts';
import { clientFrame, Link } from '../link.ts';
import { findNumbers, textOf } from '../numbered-text.ts';

import { backoffMs } from '../../../miniprogram/net/backoff.ts';

export const JOIN = 'join:';
export const JOINED = 'joined';

export class PlainClient implements Client {
  onDelivery: Client['onDelivery'] = () => undefined;
  onAck: Client['onAck'] = () => undefined;
  onTrouble: Client['onTrouble'] = () => undefined;
  readonly #link: Link;
  #joined: (() => void) | null = null;
  #room = '';

  private constructor(link: Link) {
    this.#link = link;
    link.onEnd = (why) => this.onTrouble(why);
    link.onText = (bytes, start, end) => {
      if (this.#joined && bytes.toString('latin1', start, end) === JOINED) this.#joined();
      else findNumbers({ bytes, start, end }, this.onDelivery);
    };
  }

  /** In the room where `client` was; what it missed is gone. */
  static async resume(url: string, client: Client): Promise<PlainClient> {
    const back = await PlainClient.open(url);
    if (client instanceof PlainClient) await back.join(client.#room);
    return back;
  }

  static async open(url: string): Promise<PlainClient> {
    return new PlainClient(await Link.open(`${url}/`));
  }

  join(room: string, ...others: string[]): Promise<void> {
    this.#room = room;
    const joined = new Promise<void>((resolve) => {
      this.#joined = () => {
        this.#joined = null;
        resolve();
      };
      this.#link.write(clientFrame(JOIN + [room, ...others].join(' ')));
    });
    return this.#link.orEnd(joined);
  }

  send(_room: string, numbers: readonly number[]): void {
    this.#link.write(Buffer.concat(numbers.map((number) => clientFrame(textOf(number)))));
  }

  keepAlive(): void {
    // Neither server closes a silent socket.
  }

  close(): void {
    this.#link.close();
  }

  reset(): void {
    this.#link.reset();
  }
}

let rooms = 0;

/** What both servers have in common. They bring no client, so it comes back as ours does. */
export const plainSide = {
  openRoom: () => Promise.resolve(`room-${++rooms}`),
  connect: (url: string) => PlainClient.open(url),
  resume: (url: string, client: Client) => PlainClient.resume(url, client),
  backoffMs: (attempt: number, random: number) => backoffMs(attempt, random),
};
