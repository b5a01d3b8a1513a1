/**
 * Owns the one socket: opens it, greets, and comes back when it is lost. Promises that never two sockets live, that
 * no event of a socket given up is heard, and that every request is settled. It has one alarm for all its deadlines
 * and reads the clock when that rings, so timers that piled up in a frozen app do no harm. Knows nothing of rooms.
 */
import { CloseCode, ErrorCode, isRetryable, mayComeBack } from '../protocol/errors';
import type { HelloBody, HelloReply, Op, Push, Reply, ReplyBody, RequestBody } from '../protocol/frames';
import { PROBE_LATE_MS, REPLY_DEADLINE_MS } from '../protocol/limits';
import { PROTOCOL_VERSION } from '../protocol/version';
import { Alarm } from './alarm';
import { backoffMs } from './backoff';
import { ChatError } from './chat-error';
import type { Clock } from './clock';
import { parseFrame } from './frame';
import { Live } from './live';
import { isResting } from './phase';
import type { LinkState, Phase, Resting } from './phase';
import type { OpenSocket, Socket } from './socket';
import type { Tokens } from './token';

export interface ConnectionPorts {
  url: string;
  openSocket: OpenSocket;
  tokens: Pick<Tokens, 'access' | 'refresh' | 'reject' | 'learn'>;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  /** What to say in hello beside version and token. */
  greeting: () => Omit<HelloBody, 'version' | 'token'>;
  changed: (state: LinkState) => void;
  /** Greeted: after `changed`, and before anything that follows is heard. */
  greeted: (reply: HelloReply) => void;
  pushed: (push: Push) => void;
}

const HELLO_ID = 1;
/** A connection that held so long starts the backoff anew. */
const HEALTHY_MS = 30_000;
/** Without network by the phone's word, which is not always true: try all the same. */
const OFFLINE_RETRY_MS = 30_000;
/** Where the platform does not tell. */
const LOST = 1006;

export class Connection {
  readonly #ports: ConnectionPorts;
  readonly #alarm: Alarm;
  #phase: Phase = { name: 'idle' };
  /** Counts the phases that begin something: an event that bears an older number comes from what was given up. */
  #generation = 0;
  /** Tries that failed since the last healthy connection. */
  #attempt = 0;
  #shown = true;
  #network = true;

  constructor(ports: ConnectionPorts) {
    this.#ports = ports;
    this.#alarm = new Alarm(
      ports.clock,
      () => this.#due(),
      (lateMs) => this.#ring(lateMs),
    );
  }

  /** From now on there shall be a connection. */
  start(): void {
    if (this.#phase.name === 'idle' || this.#phase.name === 'stopped') this.#connect();
  }

  stop(): void {
    this.#attempt = 0;
    this.#enter({ name: 'idle' });
  }

  /** The person asks for it: try now, whatever was decided before. */
  retry(): void {
    const phase = this.#phase;
    if (phase.name === 'idle') return;
    this.#attempt = 0;
    if (phase.name === 'live') phase.live.probe(PROBE_LATE_MS);
    else if (!this.#isFresh(phase)) this.#connect();
  }

  /** The app came to the foreground, perhaps after a long freeze: what it holds may be long dead. */
  show(): void {
    this.#shown = true;
    const phase = this.#phase;
    if (phase.name === 'live') phase.live.probe(PROBE_LATE_MS);
    else if (isResting(phase)) this.#comeBack(phase);
    else if ('socket' in phase && !this.#isFresh(phase)) this.#connect();
  }

  /** In the background nothing new is opened: the platform would cut it. */
  hide(): void {
    this.#shown = false;
  }

  /** The network changed, to another one or to none. */
  networkChanged(connected: boolean): void {
    this.#network = connected;
    const phase = this.#phase;
    if (phase.name === 'live') phase.live.probe(PROBE_LATE_MS);
    else if (isResting(phase)) {
      if (connected) this.#comeBack(phase);
      else this.#wait(phase.notBefore);
    }
    // Begun over the network that is gone, it would hang until its deadline.
    else if (connected && 'socket' in phase) this.#connect();
  }

  /** Rejects with ChatError: the server's own, TIMEOUT, or OFFLINE where there is no live socket or it is lost. */
  request<O extends Op>(op: O, body: RequestBody<O>): Promise<ReplyBody<O>> {
    return this.#phase.name === 'live' ? this.#phase.live.request(op, body) : Promise.reject(offline());
  }

  /** Says what needs no answer; nothing where there is no live socket. */
  tell(op: 'room.typing', body: RequestBody<'room.typing'>): void {
    if (this.#phase.name === 'live') this.#phase.live.tell(op, body);
  }

  #connect(): void {
    this.#enter({ name: 'authorizing', since: this.#now() });
    const mine = this.#guard();
    this.#ports.tokens.access().then(
      (token) => mine(() => this.#open(token)),
      (error: unknown) => mine(() => this.#refused(error)),
    );
  }

  #open(token: string): void {
    const mine = this.#guard();
    const socket = this.#ports.openSocket(this.#ports.url, {
      opened: () => mine(() => this.#greet(socket, token)),
      received: (text) => mine(() => this.#receive(text)),
      closed: (code, reason) => mine(() => this.#lost(code, reason)),
    });
    this.#phase = { name: 'connecting', socket, since: this.#now() };
    this.#alarm.arm();
  }

  #greet(socket: Socket, token: string): void {
    this.#phase = { name: 'greeting', socket, since: this.#now() };
    this.#alarm.arm();
    const body: HelloBody = { version: PROTOCOL_VERSION, token, ...this.#ports.greeting() };
    socket.send(JSON.stringify({ id: HELLO_ID, op: 'session.hello', body }));
  }

  #receive(text: string): void {
    const frame = parseFrame(text);
    const phase = this.#phase;
    if (!frame) return;
    if (phase.name === 'live') phase.live.receive(frame);
    else if (phase.name === 'greeting' && 'id' in frame && frame.id === HELLO_ID)
      this.#welcomed(phase.socket, frame);
  }

  #welcomed(socket: Socket, reply: Reply): void {
    if (!reply.ok) return this.#refused(ChatError.from(reply.error));
    const mine = this.#guard();
    const hello = reply.body as HelloReply;
    const live = new Live(
      {
        socket,
        clock: this.#ports.clock,
        tokens: this.#ports.tokens,
        pushed: this.#ports.pushed,
        hurried: () => mine(() => this.#alarm.arm()),
        dead: (reason) => mine(() => this.#lost(LOST, reason)),
        refused: (error) => mine(() => this.#refused(error)),
      },
      hello,
    );
    this.#phase = { name: 'live', live };
    this.#ports.tokens.learn(hello.serverTime);
    this.#alarm.arm();
    this.#ports.changed({ name: 'live' });
    this.#ports.greeted(hello);
  }

  /** There is no token to be had, or the server does not take it, or not now. */
  #refused(error: unknown): void {
    const known = error instanceof ChatError ? error : offline();
    const { code, message, retryAfterMs } = known;
    if (code === ErrorCode.BANNED) return this.#stopped(CloseCode.BANNED, known);
    if (code === ErrorCode.UNAUTHORIZED) {
      if (this.#phase.name === 'greeting') this.#lost(CloseCode.UNAUTHORIZED, message);
      else this.stop(); // The login is over, as its owner has been told.
      return;
    }
    // Of another refusal of hello the close code that follows says what to do.
    if (this.#phase.name === 'greeting' && !isRetryable(code)) return;
    this.#wait(this.#now() + (retryAfterMs ?? 0));
  }

  #lost(closeCode: number, reason: string): void {
    const live = this.#phase.name === 'live' ? this.#phase.live : null;
    if (live && live.ageMs >= HEALTHY_MS) this.#attempt = 0;
    const bye = live?.bye;
    const code = closeCode === LOST ? (bye?.code ?? LOST) : closeCode;
    if (!mayComeBack(code)) return this.#stopped(code, bye?.code === code ? bye : { reason });
    if (code === CloseCode.UNAUTHORIZED) this.#ports.tokens.reject();
    this.#wait(this.#now() + (bye?.retryAfterMs ?? 0));
  }

  #stopped(
    closeCode: number,
    { reason = '', until }: { reason?: string | undefined; until?: number | undefined },
  ): void {
    this.#enter({ name: 'stopped', closeCode, reason, ...(until !== undefined && { until }) });
  }

  #wait(notBefore: number): void {
    if (!this.#network) {
      const until = Math.max(this.#now() + OFFLINE_RETRY_MS, notBefore);
      return this.#enter({ name: 'offline', until, notBefore });
    }
    const until = Math.max(this.#now() + backoffMs(this.#attempt, this.#ports.random()), notBefore);
    this.#attempt += 1;
    this.#enter({ name: 'waiting', until, notBefore });
  }

  /** At once, but for what the server asked. */
  #comeBack({ notBefore }: Resting): void {
    if (notBefore <= this.#now()) this.#connect();
    else this.#enter({ name: 'waiting', until: notBefore, notBefore });
  }

  /** Leaves a phase with all that belongs to it; its socket is closed before there can be another. */
  #enter(next: Phase): void {
    const left = this.#phase;
    this.#generation += 1;
    this.#phase = next;
    if ('socket' in left) left.socket.close();
    if ('live' in left) left.live.end();
    this.#alarm.arm();
    this.#ports.changed(this.#describe(next));
    if ('live' in left) left.live.settle(offline());
  }

  #describe(phase: Phase): LinkState {
    switch (phase.name) {
      case 'authorizing':
      case 'connecting':
      case 'greeting':
        return { name: 'connecting' };
      case 'waiting': {
        const until = this.#ports.clock.now() + phase.until - this.#now();
        return { name: 'waiting', until, attempt: this.#attempt };
      }
      case 'offline':
      case 'live':
      case 'idle':
        return { name: phase.name };
      case 'stopped':
        return phase;
    }
  }

  /** Runs what it is given as long as the phase begun now, or what follows from it by itself, lasts. */
  #guard(): (event: () => void) => void {
    const generation = this.#generation;
    return (event) => {
      if (generation === this.#generation) event();
    };
  }

  #due(): number {
    const phase = this.#phase;
    if (phase.name === 'live') return phase.live.due;
    if ('socket' in phase) return phase.since + REPLY_DEADLINE_MS;
    return isResting(phase) && this.#shown ? phase.until : Infinity;
  }

  #ring(lateMs: number): void {
    const phase = this.#phase;
    if (phase.name === 'live') phase.live.ring(lateMs);
    else if ('socket' in phase) this.#lost(LOST, 'no answer');
    else this.#connect();
  }

  /** Begun a moment ago: to begin again would only cost time. */
  #isFresh(phase: Phase): boolean {
    return 'since' in phase && this.#now() - phase.since < PROBE_LATE_MS;
  }

  #now(): number {
    return this.#ports.clock.monotonic();
  }
}

function offline(): ChatError {
  return new ChatError('OFFLINE', 'There is no connection.');
}
