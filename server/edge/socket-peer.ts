/** The Peer port over a socket of uWebSockets.js, which must not be touched once it has closed. */
import type { Peer } from '../session/peer.ts';
import type { Outgoing } from './outgoing.ts';

/** What a socket can do, in the words of the library. */
export interface OpenSocket {
  send(frame: string): unknown;
  /** What is sent meanwhile goes out in one write. */
  cork(sending: () => void): unknown;
  subscribe(topic: string): unknown;
  unsubscribe(topic: string): unknown;
  getBufferedAmount(): number;
  end(code: number, reason: string): unknown;
}

export interface SocketPeerDeps {
  outgoing: Outgoing;
  onSent: (bytes: number) => void;
}

/** A socket that has closed throws when it is touched, whatever is asked of it: `forget` it first. */
export class SocketPeer implements Peer {
  #ws: OpenSocket | null;
  readonly #deps: SocketPeerDeps;
  /** Frames that wait for the end of the turn; null where none do. */
  #waiting: string[] | null = null;

  constructor(ws: OpenSocket, deps: SocketPeerDeps) {
    this.#ws = ws;
    this.#deps = deps;
  }

  send(frame: string): void {
    this.flush();
    this.#write(frame);
  }

  sendSoon(frame: string): void {
    if (!this.#ws) return;
    if (this.#waiting) {
      this.#waiting.push(frame);
      return;
    }
    this.#waiting = [frame];
    this.#deps.outgoing.add(this);
  }

  flush(): void {
    const frames = this.#waiting;
    this.#waiting = null;
    if (!frames || !this.#ws) return;
    // A buffer that is full ends the socket between two of them.
    this.#ws.cork(() => frames.forEach((frame) => this.#write(frame)));
  }

  subscribe(topic: string): void {
    this.flush();
    this.#ws?.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    this.#ws?.unsubscribe(topic);
  }

  buffered(): number {
    return this.#ws?.getBufferedAmount() ?? 0;
  }

  end(closeCode: number, reason: string): void {
    this.flush();
    const ws = this.#ws;
    this.forget();
    ws?.end(closeCode, reason);
  }

  forget(): void {
    this.#ws = null;
  }

  #write(frame: string): void {
    if (!this.#ws) return;
    this.#ws.send(frame);
    this.#deps.onSent(Buffer.byteLength(frame));
  }
}
