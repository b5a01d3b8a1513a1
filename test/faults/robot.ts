/**
 * A person's client under test: it reconnects for ever, resumes from its cursor, pages when it is behind, and sends
 * again with the same cid what has no answer, in the order of saying. Promises to record everything in the history.
 * It is written by docs/protocol.md alone and shares nothing with the mini-program's client.
 */
import { type ErrorBody, isRetryable } from '../../miniprogram/protocol/errors.ts';
import type { HelloReply, Push } from '../../miniprogram/protocol/frames.ts';
import type { Entry } from '../../miniprogram/protocol/objects.ts';
import { login, Lost, RawClient, Refused, type Login } from '../support/raw-client.ts';
import { hashOf, sightOf, type History } from './history.ts';

/** Unanswered sends at a time. */
const WINDOW = 16;
const RECONNECT_MS = 20;
/** The contract has 30 s; no run waits so long. */
const [BACKOFF_FIRST_MS, BACKOFF_MOST_MS] = [500, 4_000];
const POLL_MS = 5;
const ARRIVE_AGAIN_MS = 500;
const MAX_ARRIVALS = 40;
/** For a machine that is busy with something else. */
const ARRIVAL_MS = 30_000;

interface Message {
  cid: string;
  text: string;
  attempts: number;
  state: 'waiting' | 'in flight';
}

/** `leaving`: the server has said goodbye, its end of the socket is awaited. */
type State = { name: 'away' } | { name: 'arriving' | 'here' | 'leaving'; client: RawClient };

type Goodbye = { code: number; retryAfterMs: number | undefined };

export interface RobotOptions {
  /** Where to connect, asked each time: a proxy may be in between, or another node take over. */
  url: string | (() => string);
  name: string;
  /** Where a person has several, also part of the cids. */
  device?: string;
  room: string;
  history: History;
}

export class Robot {
  readonly name: string;
  /** How each of its connections ended, and what `session.bye` had said. */
  readonly goodbyes: Goodbye[] = [];
  readonly #options: RobotOptions;
  readonly #login: Login;
  /** Said and not answered for good, in the order of saying. */
  readonly #outbox: Message[] = [];
  #state: State = { name: 'away' };
  #seen = 0;
  #said = 0;
  #settled = 0;
  #running = true;
  /** How often in a row it was told to come back later, and in how many ms at least. */
  #refusals = 0;
  #retryAfterMs = 0;
  #pausedUntil = 0;
  #life: Promise<void> = Promise.resolve();

  private constructor(options: RobotOptions, signedIn: Login) {
    this.#options = options;
    this.name = options.device ?? options.name;
    this.#login = signedIn;
  }

  /** A member of the room from now on, connected, owed every entry of its log. */
  static async start(options: RobotOptions): Promise<Robot> {
    const robot = new Robot(options, await untilAvailable(() => login(addressOf(options), options.name)));
    await untilAvailable(async () => {
      const client = await RawClient.connect(addressOf(options));
      try {
        const { rooms } = await client.hello({ token: robot.#login.access });
        if (!rooms.some(({ id }) => id === options.room)) {
          await client.ask('room.join', { room: options.room });
        }
      } finally {
        await client.close();
      }
    });
    robot.#life = robot.#live();
    await robot
      .until(() => robot.#state.name === 'here', ARRIVAL_MS)
      .catch(async (error: unknown) => {
        await robot.stop();
        throw error;
      });
    return robot;
  }

  get user(): string {
    return this.#login.user.id;
  }

  /** The last seq it holds. */
  get seen(): number {
    return this.#seen;
  }

  /** How many messages were answered for good. */
  get settled(): number {
    return this.#settled;
  }

  /** How many are still to be answered. */
  get waiting(): number {
    return this.#outbox.length;
  }

  say(text: string): void {
    this.#outbox.push({ cid: `${this.name}-${++this.#said}`, text, attempts: 0, state: 'waiting' });
    this.#pump();
  }

  /** Stops reading from its socket: a reader that cannot keep up. */
  pause(): void {
    if (this.#state.name === 'here') this.#state.client.socket.pause();
  }

  resume(): void {
    if (this.#state.name === 'here') this.#state.client.socket.resume();
  }

  /** Real time: there are other processes to wait for. */
  async until(holds: () => boolean, limitMs: number): Promise<void> {
    const due = performance.now() + limitMs;
    while (!holds()) {
      if (performance.now() > due) throw new Error(`${this.name}: not within ${limitMs} ms`);
      await sleep(POLL_MS);
    }
  }

  async stop(): Promise<void> {
    this.#running = false;
    if (this.#state.name !== 'away') await this.#state.client.cut();
    await this.#life;
  }

  async #live(): Promise<void> {
    while (this.#running) {
      if (this.#refusals > 0) await sleep(this.#pauseMs());
      if (!this.#running) return;
      const client = await RawClient.connect(addressOf(this.#options)).catch(() => null);
      if (client && this.#running) await this.#session(client);
      else if (client) await client.cut();
      else await sleep(RECONNECT_MS); // the server is away
    }
  }

  /** From hello to the end of the socket. */
  async #session(client: RawClient): Promise<void> {
    this.#state = { name: 'arriving', client };
    const { room, history } = this.#options;
    let bye: { retryAfterMs?: number } | undefined;
    // While it pages, live entries wait; they follow the head that hello told.
    let waiting: Entry[] | null = [];
    client.onPush((push: Push) => {
      if (push.op === 'session.bye') {
        bye = push.body;
        this.#state = { name: 'leaving', client };
      }
      if (push.op !== 'entries' || push.body.room !== room) return;
      if (waiting) waiting.push(...push.body.entries);
      else push.body.entries.forEach((entry) => this.#receive(entry));
    });
    history.record({ type: 'resume', client: this.name, room, from: this.#seen });
    try {
      const hello = await client.hello({ token: this.#login.access, cursors: { [room]: this.#seen } });
      await this.#page(client, hello);
      for (const entry of waiting.splice(0)) this.#receive(entry);
      waiting = null;
      if (this.#state.name === 'arriving') this.#state = { name: 'here', client };
      if (this.#outbox.length === 0) this.#refusals = 0;
      this.#pump();
    } catch (error) {
      await client.cut();
      const comesBack = error instanceof Lost || (error instanceof Refused && isRetryable(error.error.code));
      if (error instanceof Refused) this.#refused(error.error);
      if (!comesBack) throw error;
    }
    const closed = await client.closed;
    this.#state = { name: 'away' };
    history.record({ type: 'close', client: this.name, code: closed.code });
    if (bye) this.#refused({});
    this.goodbyes.push({ code: closed.code, retryAfterMs: bye?.retryAfterMs });
  }

  /** A room that misses too much gets nothing unasked: up to the head of the hello, by pages. */
  async #page(client: RawClient, hello: HelloReply): Promise<void> {
    const { room, history } = this.#options;
    const summary = hello.rooms.find(({ id }) => id === room);
    if (!summary) throw new Error(`${this.name}: the room was taken away`);
    if (summary.reset) {
      history.record({ type: 'reset', client: this.name, room });
      history.record({ type: 'resume', client: this.name, room, from: 0 });
      this.#seen = 0;
    }
    while ((summary.behind || summary.reset) && this.#seen < summary.head) {
      const { entries } = await client.ask('message.history', { room, after: this.#seen });
      if (entries.length === 0) throw new Error(`${this.name}: an empty page before the head`);
      for (const entry of entries) if (entry.seq <= summary.head) this.#receive(entry);
    }
  }

  #receive(entry: Entry): void {
    const { room, history } = this.#options;
    history.record({ type: 'receive', client: this.name, ...sightOf(room, entry) });
    this.#seen = entry.seq;
  }

  /** In the order of saying, as far as the window allows. */
  #pump(): void {
    if (this.#state.name !== 'here' || this.#state.client.ended) return;
    if (performance.now() < this.#pausedUntil) return;
    const { client } = this.#state;
    const lastInFlight = this.#outbox.findLastIndex(({ state }) => state === 'in flight');
    // One that was refused: whatever was sent behind it is answered first, or it might be stored before.
    if (this.#outbox.findIndex(({ state }) => state === 'waiting') < lastInFlight) return;
    let open = this.#outbox.filter((message) => message.state === 'in flight').length;
    for (const message of this.#outbox) {
      if (open >= WINDOW) return;
      if (message.state !== 'waiting') continue;
      open++;
      void this.#send(client, message);
    }
  }

  async #send(client: RawClient, message: Message): Promise<void> {
    const { room, history } = this.#options;
    const { cid, text } = message;
    const attempt = ++message.attempts;
    const about = { client: this.name, sender: this.user, room, cid, attempt };
    message.state = 'in flight';
    history.record({ type: 'send', ...about, hash: hashOf({ kind: 'text', body: { text } }) });
    const outcome = await client
      .request('message.send', { room, cid, kind: 'text', body: { text } })
      .catch((error: unknown) => {
        if (error instanceof Lost) return null;
        throw error; // no reply in time and no end: the run is void
      });
    if (outcome?.ok) {
      history.record({ type: 'ack', ...about, seq: (outcome.body as { seq: number }).seq });
      this.#settle(message);
    } else if (outcome && !isRetryable(outcome.error.code)) {
      history.record({ type: 'fail', ...about, code: outcome.error.code });
      this.#settle(message);
    } else {
      history.record({ type: 'unknown', ...about });
      message.state = 'waiting';
      if (outcome && this.#state.name === 'here') this.#pause(outcome.error);
    }
    this.#pump();
  }

  /** The server has too much to do: it is left alone for a while, which grows. */
  #pause(refusal: ErrorBody): void {
    // Those that were sent together are refused together.
    if (performance.now() < this.#pausedUntil) return;
    this.#refused(refusal);
    const ms = this.#pauseMs();
    this.#pausedUntil = performance.now() + ms;
    void sleep(ms + 1).then(() => this.#pump());
  }

  #refused({ retryAfterMs = 0 }: Pick<ErrorBody, 'retryAfterMs'>): void {
    this.#refusals++;
    this.#retryAfterMs = retryAfterMs;
  }

  #pauseMs(): number {
    return this.#retryAfterMs + backoffMs(this.#refusals - 1, Math.random());
  }

  #settle(message: Message): void {
    this.#refusals = 0;
    this.#settled++;
    this.#outbox.splice(this.#outbox.indexOf(message), 1);
  }
}

const addressOf = ({ url }: RobotOptions): string => (typeof url === 'string' ? url : url());

/** As a person does who is told that the server has too much to do just now. */
async function untilAvailable<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const isBusy = error instanceof Error && (error instanceof Lost || /UNAVAILABLE/.test(error.message));
      if (!isBusy || tries === MAX_ARRIVALS) throw error;
      await sleep(ARRIVE_AGAIN_MS);
    }
  }
}

/**
 * Protocol §3, after `refusals` in a row before this one. Or a crowd that is refused because the server has too much to
 * do comes back at once, and gives it more.
 */
export function backoffMs(refusals: number, random: number): number {
  return random * Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** refusals);
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
