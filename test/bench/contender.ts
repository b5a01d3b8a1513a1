/**
 * What every server under test looks like to the benchmark: how to start it on its core, and how one client of it
 * speaks. A contender is one file under contenders/; a part of the benchmark knows this port and no contender.
 */

/** What an acknowledgement means. Figures under different labels are not compared without saying so. */
export type Ack = 'none' | 'memory' | 'page cache' | 'fsynced';

export interface Contender {
  /** On the command line. */
  name: string;
  title: string;
  ack: Ack;
  /** npm packages whose versions belong to the result. */
  packages: readonly string[];
  /** @param pin words put before the command line: `['taskset', '-c', '0']` */
  start(pin: readonly string[]): Promise<Served>;
  /** The name of a room that clients can join. */
  openRoom(url: string): Promise<string>;
  /** The `index`-th client, as a user of its own where the server knows users. Ready to join. */
  connect(url: string, index: number): Promise<Client>;
}

export interface Served {
  url: string;
  /** The process whose CPU time and memory count, with all its threads. */
  pid: number;
  stop(): Promise<void>;
}

/** Handlers are set once, before anything is sent. */
export interface Client {
  /** Resolves when what is sent to the room from now on arrives here. */
  join(room: string): Promise<void>;
  /** The texts of these numbers, in one write. */
  send(room: string, numbers: readonly number[]): void;
  /** Number by number, as it is read off the socket; the sender's own included. */
  onDelivery: (number: number) => void;
  /** What was sent is stored as `ack` says. Never called where `ack` is none. */
  onAck: (number: number) => void;
  /** The connection ended, or the server refused something: the run is void. */
  onTrouble: (what: string) => void;
  /** Called every 5 s: whatever keeps the connection open. */
  keepAlive(): void;
  close(): void;
}
