/** The Peer port over a socket of uWebSockets.js, which must not be touched once it has closed. */
import type { Peer } from '../session/peer.ts';

/** What a socket can do, in the words of the library. */
export interface OpenSocket {
  send(frame: string): unknown;
  subscribe(topic: string): unknown;
  unsubscribe(topic: string): unknown;
  getBufferedAmount(): number;
  end(code: number, reason: string): unknown;
}

/** A socket that has closed throws when it is touched, whatever is asked of it: `forget` it first. */
export class SocketPeer implements Peer {
  #ws: OpenSocket | null;
  readonly #onSent: (bytes: number) => void;

  constructor(ws: OpenSocket, onSent: (bytes: number) => void) {
    this.#ws = ws;
    this.#onSent = onSent;
  }

  send(frame: string): void {
    if (!this.#ws) return;
    this.#ws.send(frame);
    this.#onSent(Buffer.byteLength(frame));
  }

  subscribe(topic: string): void {
    this.#ws?.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    this.#ws?.unsubscribe(topic);
  }

  buffered(): number {
    return this.#ws?.getBufferedAmount() ?? 0;
  }

  end(closeCode: number, reason: string): void {
    const ws = this.#ws;
    this.forget();
    ws?.end(closeCode, reason);
  }

  forget(): void {
    this.#ws = null;
  }
}
