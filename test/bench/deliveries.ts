/**
 * Holds every delivery at every socket against one order: the first socket to hear of a message gives it its place,
 * all others must have it there. Promises to notice each message that is lost, doubled, out of order or was never
 * sent, at any socket. Pure; sized at construction, because it runs millions of times a second.
 */

export interface DeliveryFaults {
  /** Deliveries that never came. */
  lost: number;
  /** Deliveries of a message for the second time, or after a later one. */
  again: number;
  /** Messages of one sender that overtook each other. */
  misordered: number;
  /** Numbers that nobody had sent. */
  strange: number;
}

/** Losses that are remembered one by one. */
const MOST_GAPS = 100;

export class Deliveries {
  /** Deliveries so far, faulty ones not counted. */
  total = 0;
  readonly #sockets: number;
  readonly #senderOf: (number: number) => number;
  readonly #complete: (number: number) => void;
  /** Next place in the order, by socket. */
  readonly #positions: Int32Array;
  /** Place by message number; -1: nobody has it. */
  readonly #places: Int32Array;
  readonly #copies: Uint16Array;
  readonly #latest = new Map<number, number>();
  readonly #faults: DeliveryFaults = { lost: 0, again: 0, misordered: 0, strange: 0 };
  /** Each loss as it was noticed: the places from … to that this socket skipped. Bounded. */
  readonly #gaps: { socket: number; from: number; to: number }[] = [];
  #sent = 0;
  #known = 0;

  /**
   * @param limits `messages` that one run may send; a sender's numbers ascend
   * @param complete called when a message is at every socket
   */
  constructor(
    limits: { sockets: number; messages: number },
    senderOf: (number: number) => number,
    complete: (number: number) => void,
  ) {
    this.#sockets = limits.sockets;
    this.#senderOf = senderOf;
    this.#complete = complete;
    this.#positions = new Int32Array(limits.sockets);
    this.#places = new Int32Array(limits.messages).fill(-1);
    this.#copies = new Uint16Array(limits.messages);
  }

  /** How many messages were sent so far: numbers 0 … count-1. */
  get sent(): number {
    return this.#sent;
  }

  /** Something that was sent is not everywhere yet. */
  get isAwaiting(): boolean {
    return this.total < this.#sent * this.#sockets;
  }

  /** The number of the next message. Throws at the limit. */
  next(): number {
    if (this.#sent >= this.#places.length)
      throw new Error(`more than ${this.#places.length} messages in one run`);
    return this.#sent++;
  }

  deliver(socket: number, number: number): void {
    if (!(number >= 0 && number < this.#sent)) {
      this.#faults.strange++;
      return;
    }
    const place = this.#placeOf(number);
    const position = this.#positions[socket]!;
    if (place < position) {
      this.#faults.again++;
      return;
    }
    if (place > position) {
      this.#faults.lost += place - position;
      if (this.#gaps.length < MOST_GAPS) this.#gaps.push({ socket, from: position, to: place });
    }
    this.#positions[socket] = place + 1;
    this.total++;
    this.#copies[place]!++;
    if (this.#copies[place] === this.#sockets) this.#complete(number);
  }

  /** Every message sent must be everywhere now; what is not is lost. Call it once. */
  finish(): DeliveryFaults {
    for (const [socket, position] of this.#positions.entries()) {
      if (position === this.#sent) continue;
      this.#faults.lost += this.#sent - position;
      if (this.#gaps.length < MOST_GAPS) this.#gaps.push({ socket, from: position, to: this.#sent });
    }
    return { ...this.#faults };
  }

  /** Which of the messages that were lost, and where: the first `most`. After `finish`. */
  missing(most: number): { socket: number; number: number }[] {
    const numbers: number[] = [];
    this.#places.subarray(0, this.#sent).forEach((place, number) => {
      if (place >= 0) numbers[place] = number;
    });
    // What nobody has has no place; it stands behind all that have one.
    const unplaced = [...this.#places.subarray(0, this.#sent).keys()].filter(
      (number) => this.#places[number] === -1,
    );
    const inOrder = [...numbers, ...unplaced];
    return this.#gaps
      .flatMap(({ socket, from, to }) => inOrder.slice(from, to).map((number) => ({ socket, number })))
      .slice(0, most);
  }

  #placeOf(number: number): number {
    const place = this.#places[number]!;
    if (place >= 0) return place;
    const sender = this.#senderOf(number);
    if ((this.#latest.get(sender) ?? -1) > number) this.#faults.misordered++;
    this.#latest.set(sender, number);
    this.#places[number] = this.#known;
    return this.#known++;
  }
}
