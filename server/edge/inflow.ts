/**
 * The body of a request as it comes in: pushed by the socket, pulled by whoever reads it, and bounded in between.
 * Where nobody pulls, the sender is told to pause; what nobody wants is let through and dropped.
 */
export class Inflow implements AsyncIterable<Uint8Array> {
  readonly #brake: Brake;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #state: 'open' | 'whole' | 'cut' | 'unwanted' = 'open';
  #isPaused = false;
  #wake: () => void = () => undefined;

  constructor(brake: Brake) {
    this.#brake = brake;
  }

  /** @param chunk the reader's own from now on */
  push(chunk: Uint8Array, isLast: boolean): void {
    if (this.#state !== 'open') return;
    this.#chunks.push(chunk);
    this.#size += chunk.byteLength;
    if (isLast) this.#state = 'whole';
    else if (this.#size > MAX_WAITING && !this.#isPaused) {
      this.#isPaused = true;
      this.#brake.pause();
    }
    this.#wake();
  }

  /** The connection has ended: nothing of it may be touched any more. */
  cut(): void {
    this.#isPaused = false;
    if (this.#state === 'open') this.#state = 'cut';
    this.#wake();
  }

  /** Lets the rest through: to be called before the answer, after which the socket is not ours any more. */
  discard(): void {
    if (this.#state === 'open') this.#state = 'unwanted';
    this.#chunks = [];
    this.#size = 0;
    this.#release();
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) {
        this.#size -= chunk.byteLength;
        if (this.#size <= MAX_WAITING / 2) this.#release();
        yield chunk;
      } else if (this.#state === 'whole') {
        return;
      } else if (this.#state !== 'open') {
        throw new Cut();
      } else {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    }
  }

  #release(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#brake.resume();
  }
}

export interface Brake {
  pause(): void;
  resume(): void;
}

/** The other end went away in the middle. Nobody is there to be told. */
export class Cut extends Error {
  constructor() {
    super('the request ended before its body did');
    this.name = 'Cut';
  }
}

const MAX_WAITING = 64 * 1024;
