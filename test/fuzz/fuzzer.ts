/**
 * Sends volleys of nonsense (nonsense.ts) to a real server process, a few at a time, while a bystander expects to be
 * served; counts what was sent and what came of it. What is to hold: the process lives, no handler throws, nobody gets
 * into a room that is not theirs, no descriptor or socket is left, memory comes back. Violations are named with the
 * volleys that may have done it.
 */
import { connect } from 'node:net';
import { Attacker, Bystander } from '../security/attacker.ts';
import { RawClient, type Login } from '../support/raw-client.ts';
import { reset } from '../support/raw-socket.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { encodeText } from '../support/websocket-frames.ts';
import { HEALTH_ID, volley, type Kind, type Rooms, type Volley } from './nonsense.ts';
import { usageOf, type Usage } from './server-usage.ts';

/** For the server: its limit on sends is not on trial here, and a bystander who is not asked says nothing. */
export const FUZZED_ENV = { LIMITS: 'sends=10000/10000', HEARTBEAT_MS: '60000' };
/** Each has a patience of its own. */
const USERS = 100;
const LANES = 6;
/** Connections at a time of a volley over HTTP: half a request waits for its other half. */
const HTTP_LANES = 10;
/** Volleys between two looks at the bystander. */
const LOOK_EVERY = 60;
/** Nothing comes of an endless frame, or of half a request: nobody waits longer for it. */
const PATIENCE_MS = 100;
/** Above what was there before: resident memory, and descriptors that come and go (the store's). */
export const MOST_GROWN_BYTES = 20e6;
const MOST_DESCRIPTORS = 2;
const SETTLE_LOOKS = 40;
const SETTLE_MS = 250;

export interface Violation {
  what: string;
  /** First and last volley that may have done it; absent where it may have been any. */
  volleys?: [first: number, last: number];
}

export class Fuzzer {
  readonly seed: number;
  readonly sent = new Map<Kind, number>();
  /** What came back, by kind: `ok`, a code of error, a close code, an HTTP status … */
  readonly outcomes = new Map<string, number>();
  readonly violations: Violation[] = [];
  /** The worst p99 of the event loop's delay between two looks, in ms. */
  loopDelayMs = 0;
  readonly #server: ServerProcess;
  readonly #bystander: Bystander;
  readonly #logins: readonly Login[];
  readonly #rooms: Rooms;
  #logLines = 0;
  /** All before it are vouched for: the bystander was served after them. */
  #vouched = 0;

  private constructor(
    server: ServerProcess,
    own: { bystander: Bystander; logins: Login[]; rooms: Rooms },
    seed: number,
  ) {
    this.seed = seed;
    this.#server = server;
    this.#bystander = own.bystander;
    this.#logins = own.logins;
    this.#rooms = own.rooms;
  }

  /** @param server started with FUZZED_ENV */
  static async arrive(server: ServerProcess, seed: number): Promise<Fuzzer> {
    const bystander = await Bystander.arrive(server);
    const { client } = await RawClient.arrive(server.url, 'host');
    const { room } = await client.ask('room.create', { kind: 'group', name: 'playground', open: true });
    await client.close();
    const logins: Login[] = [];
    for (let count = 0; count < USERS; count++) {
      const fuzzer = await RawClient.arrive(server.url, `fuzzer${count}`);
      await fuzzer.client.ask('room.join', { room: room.id });
      await fuzzer.client.close();
      logins.push(fuzzer.login);
    }
    return new Fuzzer(
      server,
      { bystander, logins, rooms: { playground: room.id, closed: bystander.room } },
      seed,
    );
  }

  volley(number: number): Volley {
    return volley(this.seed, number, this.#rooms, USERS);
  }

  /** Sends the volleys from `first` to `last`; ends early where something was violated. */
  async run(first: number, last: number): Promise<void> {
    this.#vouched = first;
    for (let at = first; at <= last && this.violations.length === 0; at += LOOK_EVERY) {
      const end = Math.min(last, at + LOOK_EVERY - 1);
      await this.#lanes(at, end);
      await this.#look(end);
    }
  }

  /** Counts from here on. */
  forget(): void {
    this.sent.clear();
    this.outcomes.clear();
    this.loopDelayMs = 0;
  }

  get usage(): Promise<Usage> {
    return usageOf(this.#server);
  }

  /** Waits until what was held before is all that is held; names what is not let go. @returns the usage at the end */
  async settle(before: Usage): Promise<Usage> {
    let now = await this.usage;
    const leaks = () => [
      ...(now.descriptors - before.descriptors > MOST_DESCRIPTORS
        ? [`${now.descriptors - before.descriptors} descriptors more than before`]
        : []),
      ...(now.sockets !== before.sockets ? [`${now.sockets - before.sockets} sockets more than before`] : []),
      ...(now.residentBytes - before.residentBytes > MOST_GROWN_BYTES
        ? [`${megabytes(now.residentBytes - before.residentBytes)} MB more than before`]
        : []),
    ];
    // A heap breathes, and the ends of sockets take their time; what has leaked stays.
    for (let look = 0; look < SETTLE_LOOKS && leaks().length > 0; look++) {
      await this.#bystander.isServed();
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      now = await this.usage;
    }
    for (const what of leaks()) this.violations.push({ what });
    return now;
  }

  async #lanes(first: number, last: number): Promise<void> {
    let next = first;
    const lane = async () => {
      while (next <= last) {
        const { via, user, pieces } = this.volley(next++);
        for (const { kind } of pieces) count(this.sent, kind);
        if (via === 'http') await this.#http(pieces.map(({ bytes }) => bytes));
        else
          await this.#socket(
            pieces.map(({ bytes }) => bytes),
            user,
          );
      }
    };
    // A lane that cannot connect says so by the bystander, who cannot either.
    await Promise.allSettled(Array.from({ length: LANES }, lane));
  }

  async #socket(frames: readonly Buffer[], user: number | null): Promise<void> {
    const attacker =
      user === null
        ? await Attacker.connect(this.#server.url) // some never say hello
        : await Attacker.signedIn(this.#server.url, this.#logins[user]!.access);
    attacker.sendBytes(Buffer.concat(frames));
    attacker.sendBytes(encodeText(`{"id":${HEALTH_ID},"op":"session.ping","body":{}}`));
    // It is answered, or the socket has ended, or waits for the rest of some endless frame.
    const settled = () => attacker.closed !== null || attacker.answers.some(({ id }) => id === HEALTH_ID);
    await attacker.until(settled, PATIENCE_MS).catch(() => count(this.outcomes, 'waits for more'));
    for (const { ok, op, error } of attacker.answers) {
      if (ok !== undefined) count(this.outcomes, error?.code ?? 'ok');
      else if (op !== undefined) count(this.outcomes, 'push');
    }
    if (attacker.closed) count(this.outcomes, `closed ${attacker.closed.code}`);
    await attacker.cut();
  }

  async #http(pieces: readonly Buffer[]): Promise<void> {
    const left = [...pieces];
    const one = async () => {
      for (let piece = left.shift(); piece; piece = left.shift()) {
        count(this.outcomes, await answerTo(this.#server.url, piece));
      }
    };
    await Promise.all(Array.from({ length: HTTP_LANES }, one));
  }

  /** Whether all is well after the volleys up to `last`. */
  async #look(last: number): Promise<void> {
    const volleys: [number, number] = [this.#vouched, last];
    const served = this.#bystander.isServed().then(
      () => null,
      (reason: unknown) =>
        `the bystander was not served: ${reason instanceof Error ? reason.message : String(reason)}`,
    );
    const ended = this.#server.exited.then((code) => `the process ended (code ${code})`);
    const trouble = await Promise.race([ended, served]);
    if (trouble !== null) {
      this.violations.push({ what: trouble, volleys });
      return;
    }
    const errors = this.#server.logs
      .slice(this.#logLines)
      .filter((line) => /"level":(50|60)|"level":"(error|fatal)"/.test(line));
    this.#logLines = this.#server.logs.length;
    if (errors[0] !== undefined) this.violations.push({ what: `an error in the log: ${errors[0]}`, volleys });
    if (this.outcomes.has('INTERNAL'))
      this.violations.push({ what: 'a handler threw what it should have refused', volleys });
    if (this.#bystander.hasGuests())
      this.violations.push({ what: 'somebody wrote into a room that is not theirs', volleys });
    this.loopDelayMs = Math.max(this.loopDelayMs, (await this.usage).loopDelayMs);
    if (this.violations.length === 0) this.#vouched = last + 1;
  }
}

/** The status of the first answer, or what came instead. */
function answerTo(base: string, bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const settle = (outcome: string) => {
      clearTimeout(timer);
      reset(socket); // leaves no address waiting, of which there are 28,000
      resolve(outcome);
    };
    const timer = setTimeout(() => settle('HTTP waits for more'), PATIENCE_MS);
    socket.on('error', () => undefined);
    socket.once('close', () => settle('HTTP hung up'));
    socket.once('data', (chunk) => {
      const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(chunk.toString('latin1')) ?? [];
      settle(`HTTP ${status ?? 'answered with something else'}`);
    });
    socket.write(bytes);
  });
}

export function count<K>(counts: Map<K, number>, what: K): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

export const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
