/** The other end of a socket, as a session needs it. The edge implements it; after `end` nothing has an effect. */
export interface Peer {
  /** Sends a frame. The socket closes by itself where its buffer is full. */
  send(frame: string): void;
  /** The same, in one write with what else this turn of the event loop has for it. Nothing sent later comes before. */
  sendSoon(frame: string): void;
  /** Whatever is published to the topic from now on reaches this socket, after all that was sent to it before. */
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** Bytes that the socket has not taken yet. */
  buffered(): number;
  /** Closes after what is buffered. `reason`: at most 123 bytes. */
  end(closeCode: number, reason: string): void;
}

/** Sends one frame to all sockets of a topic, encoded once. */
export interface Hub {
  publish(topic: string, frame: string): void;
}
