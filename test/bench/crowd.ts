/**
 * Many clients of one contender in one room, their deliveries held against each other. Promises that any trouble at
 * any socket, and 10 s without a single delivery while something is awaited, ends the run with an error: a figure
 * with a silent failure behind it does not exist.
 */
import type { Client } from './contender.ts';
import { Deliveries, type DeliveryFaults } from './deliveries.ts';
import type { Target } from './part.ts';

/** Sockets that connect at the same time. */
const CONNECT_AT_ONCE = 25;
const KEEP_ALIVE_MS = 5_000;
const STALL_MS = 10_000;
/** Late doubles still come in after the last message has arrived everywhere. */
const DRAIN_MS = 250;
const MESSAGES_PER_RUN = 2_000_000;

export interface Gathering {
  sockets: number;
  /** The sender of a message: each sender's own must stay in order. */
  senderOf: (number: number) => number;
  /** That each is in, 1 unless said; all that is sent goes to one of them. */
  rooms?: number;
  /** Of the first client; two crowds of one server have no user in common. */
  firstIndex?: number;
  /** At most, in the whole run. */
  messages?: number;
}

export class Crowd {
  readonly clients: Client[];
  readonly room: string;
  readonly deliveries: Deliveries;
  /** A message is at every socket. */
  onComplete: (number: number) => void = () => undefined;
  /** A message is at this socket, for the first or for another time. */
  onArrival: (number: number, socket: number) => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;
  readonly #timer: NodeJS.Timeout;
  #seenTotal = -1;

  /** @param timer what keeps `clients` alive, from the first that came */
  private constructor(
    clients: Client[],
    timer: NodeJS.Timeout,
    room: string,
    { senderOf, messages = MESSAGES_PER_RUN }: Gathering,
  ) {
    this.clients = clients;
    this.#timer = timer;
    this.room = room;
    this.deliveries = new Deliveries({ sockets: clients.length, messages }, senderOf, (number) =>
      this.onComplete(number),
    );
    clients.forEach((client, index) => this.seat(client, index));
  }

  static async gather({ contender, url }: Target, gathering: Gathering): Promise<Crowd> {
    const { sockets, firstIndex = 0, rooms = 1 } = gathering;
    const room = await contender.openRoom(url);
    const others: string[] = [];
    while (others.length < rooms - 1) others.push(await contender.openRoom(url));
    const clients: Client[] = [];
    // A crowd may take longer to come than a server lets somebody be silent.
    const timer = setInterval(() => clients.forEach((client) => client.keepAlive()), KEEP_ALIVE_MS);
    while (clients.length < sockets) {
      const count = Math.min(CONNECT_AT_ONCE, sockets - clients.length);
      const from = firstIndex + clients.length;
      const arrived = Array.from({ length: count }, (_, offset) => contender.connect(url, from + offset));
      clients.push(...(await Promise.all(arrived)));
    }
    const crowd = new Crowd(clients, timer, room, gathering);
    await crowd.whole(Promise.all(clients.map((client) => client.join(room, ...others))));
    return crowd;
  }

  /** Puts a client that has come back in the place of the one that it was. */
  seat(client: Client, index: number): void {
    this.clients[index] = client;
    client.onDelivery = (number) => {
      this.deliveries.deliver(index, number);
      this.onArrival(number, index);
    };
    client.onTrouble = (what) => this.#fail(new Error(`socket ${index}: ${what}`));
  }

  /** What `work` gives, unless there is trouble, or nothing is delivered any more, before. One at a time. */
  async whole<T>(work: Promise<T>): Promise<T> {
    const trouble = new Promise<never>((_, reject) => (this.#fail = reject));
    const stall = setInterval(() => {
      if (this.deliveries.total === this.#seenTotal && this.deliveries.isAwaiting) {
        this.#fail(
          new Error(`stalled after ${this.deliveries.total} deliveries of ${this.deliveries.sent} messages`),
        );
      }
      this.#seenTotal = this.deliveries.total;
    }, STALL_MS);
    try {
      return await Promise.race([work, trouble]);
    } finally {
      clearInterval(stall);
    }
  }

  /** Ends the session. Everything sent is taken to have had its time. */
  async disperse(): Promise<DeliveryFaults> {
    await new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
    clearInterval(this.#timer);
    for (const client of this.clients) client.close();
    return this.deliveries.finish();
  }
}
