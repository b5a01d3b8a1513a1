/**
 * The client of the contenders that have no protocol of their own: `join:ROOM` is answered with `joined`, any other
 * text goes to everybody in the room as it is.
 */
import type { Client } from '../contender.ts';
import { clientFrame, Link } from '../link.ts';
import { findNumbers, textOf } from '../numbered-text.ts';

export const JOIN = 'join:';
export const JOINED = 'joined';

export class PlainClient implements Client {
  onDelivery: Client['onDelivery'] = () => undefined;
  onAck: Client['onAck'] = () => undefined;
  onTrouble: Client['onTrouble'] = () => undefined;
  readonly #link: Link;
  #joined: (() => void) | null = null;

  private constructor(link: Link) {
    this.#link = link;
    link.onEnd = (why) => this.onTrouble(why);
    link.onText = (bytes, start, end) => {
      if (this.#joined && bytes.toString('latin1', start, end) === JOINED) this.#joined();
      else findNumbers({ bytes, start, end }, this.onDelivery);
    };
  }

  static async open(url: string): Promise<PlainClient> {
    return new PlainClient(await Link.open(`${url}/`));
  }

  join(room: string): Promise<void> {
    return new Promise((resolve) => {
      this.#joined = () => {
        this.#joined = null;
        resolve();
      };
      this.#link.write(clientFrame(JOIN + room));
    });
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
}
