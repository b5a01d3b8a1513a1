/**
 * A WebSocket as the connection needs it. The platforms behind it promise little: `closed` may never come, events
 * of a socket given up may come late, and there is no way to ask a socket for its state. So nothing is taken from
 * here on trust: connection.ts has deadlines for silence and a generation number against late events.
 */

export interface Socket {
  /** A socket that is not open says so by `closed`, if at all; never throws. */
  send(text: string): void;
  /** No event of this socket comes afterwards. Closing what is closed does nothing; never throws. */
  close(): void;
}

export interface SocketEvents {
  opened(): void;
  received(text: string): void;
  /** `code` is 1006 where the platform does not tell. */
  closed(code: number, reason: string): void;
}

/** Starts to open a socket; never throws, a failure is `closed`, and no event comes before this returns. */
export type OpenSocket = (url: string, events: SocketEvents) => Socket;
