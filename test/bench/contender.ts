/**
 * What every server under test looks like to the benchmark: how to start it on its core, and how one client of it
 * speaks. A contender is one file under contenders/; a part of the benchmark knows this port and no contender.
 */

/**
 * What an acknowledgement means. Figures under different labels are not compared without saying so. `not known`: the
 * store is somebody else's server, which does not say when it writes.
 */
export type Ack = 'none' | 'memory' | 'page cache' | 'fsynced' | 'not known';

export interface Contender {
  /** On the command line. */
  name: string;
  title: string;
  ack: Ack;
  /** npm packages whose versions belong to the result. */
  packages: readonly string[];
  /** Why it cannot be measured on this machine, and what to do about it; null where it can. */
  absence?(): string | null;
  /** @param pin words put before the command line: `['taskset', '-c', '0']` */
  start(pin: readonly string[]): Promise<Served>;
  /** The name of a room that clients can join, and that nobody is in. */
  openRoom(url: string): Promise<string>;
  /** Makes the users of the first `count` clients, where the server tells those who are there of everybody new. */
  prepare?(url: string, count: number): Promise<void>;
  /** The `index`-th client, as a user of its own where the server knows users. Ready to join. */
  connect(url: string, index: number): Promise<Client>;
  /**
   * `client`, whose connection is gone, comes back as its own library would: in the room it had joined, and where the
   * server keeps what was missed it follows. Rejects where the server cannot be reached.
   */
  resume(url: string, client: Client): Promise<Client>;
  /**
   * How long its own client waits before try `attempt` (0: the first) to come back.
   * @param random in [0, 1)
   * @param hintMs what the server said when it went
   */
  backoffMs(attempt: number, random: number, hintMs: number | undefined): number;
}

export interface Served {
  url: string;
  /** The processes whose CPU time and memory count, with all their threads: whatever a message passes through. */
  readonly pids: readonly number[];
  /** What only a look at the running server tells, instead of the contender's own. */
  title?: string;
  ack?: Ack;
  /** More than that do not get in within the time of a session. */
  mostSockets?: number;
  /** Of what is no npm package. */
  versions?: Record<string, string>;
  /** SIGTERM, and when it is gone the same again on the same port and data; resolves when it listens. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Handlers are set once, before anything is sent. */
export interface Client {
  /** Resolves when what is sent to the room from now on arrives here. `others`: rooms that it is in besides. */
  join(room: string, ...others: string[]): Promise<void>;
  /** The texts of these numbers, in one write. */
  send(room: string, numbers: readonly number[]): void;
  /** Number by number, as it is read off the socket; the sender's own included. */
  onDelivery: (number: number) => void;
  /** What was sent is stored as `ack` says. Never called where `ack` is none. */
  onAck: (number: number) => void;
  /** Sends that the server refused for the moment and that were sent again, as the contract of ours has it. */
  readonly resent?: number;
  /** The connection ended, or the server refused something. `hintMs`: when the server said to come back. */
  onTrouble: (what: string, hintMs?: number) => void;
  /** Called every 5 s: whatever keeps the connection open. */
  keepAlive(): void;
  close(): void;
  /** Tears the connection down with a TCP reset, so that what is on its way is lost. Tells nobody. */
  reset(): void;
}
