/**
 * The link between nodes over NATS: core NATS, which keeps nothing. Subjects are `chahua.EPOCH.…`, so that servers of
 * different stores never hear each other. NATS being away when the server starts, or going away, is no reason not to
 * serve: the link says that it is down and comes back by itself. What waits to be sent is bounded; past the bound
 * texts are dropped, and the other nodes find what they missed in the store.
 */
import { readFile } from 'node:fs/promises';
import {
  connect,
  credsAuthenticator,
  type ConnectionOptions,
  errors,
  type NatsConnection,
  type Status,
  type Subscription,
} from '@nats-io/transport-node';
import type { Clock, Undo } from '../domain/ports.ts';
import type { NatsAddress } from './nats-address.ts';
import { LinkedBus, type Link, type LinkedBusDeps, type LinkEvents } from './linked.ts';

export interface NatsBusDeps {
  address: NatsAddress;
  /** The epoch of the store that the nodes share. */
  space: string;
  clock: Pick<Clock, 'after'>;
  /** The link went down, came up, or NATS complained. */
  onTrouble: (trouble: string) => void;
  onMessage?: LinkedBusDeps['onMessage'];
}

/** NATS's own default; a server may allow less, and tells so. */
const MAX_PAYLOAD = 1024 * 1024;
/** Bytes that may be on their way to NATS, unconfirmed; past it texts are dropped. */
const MAX_UNCONFIRMED = 16 * 1024 * 1024;
/** After so many bytes a confirmation is asked for. */
const CONFIRM_EVERY = 256 * 1024;
const CONNECT_MS = 2_000;
const RECONNECT_MS = 500;
/** Two unanswered pings, and the connection counts as dead. */
const PING_MS = 2_000;

/** @throws where NATS answers and does not let us in; where it does not answer the bus is away for now */
export async function openNatsBus(deps: NatsBusDeps): Promise<LinkedBus> {
  const options = await optionsOf(deps.address);
  const first = await firstConnection(options, deps);
  return new LinkedBus({
    open: (events) => new NatsLink({ deps, options, events, first }),
    ...(deps.onMessage && { onMessage: deps.onMessage }),
  });
}

async function optionsOf(address: NatsAddress): Promise<ConnectionOptions> {
  const { servers, tls, user, password, token, creds } = address;
  const file = creds === undefined ? undefined : await readCredentials(creds);
  return {
    servers: [...servers],
    name: 'chahua',
    // This node's own listeners have heard already.
    noEcho: true,
    reconnect: true,
    maxReconnectAttempts: -1,
    // A password that is changed under way must not end the link for good.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: RECONNECT_MS,
    timeout: CONNECT_MS,
    pingInterval: PING_MS,
    maxPingOut: 2,
    ...(tls && { tls: {} }),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { pass: password }),
    ...(token !== undefined && { token }),
    ...(file && { authenticator: credsAuthenticator(file) }),
  };
}

async function readCredentials(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (reason) {
    throw new Error(`NATS_CREDS: ${path} cannot be read`, { cause: reason });
  }
}

async function firstConnection(
  options: ConnectionOptions,
  deps: NatsBusDeps,
): Promise<NatsConnection | null> {
  try {
    return await connect(options);
  } catch (reason) {
    if (reason instanceof errors.AuthorizationError) {
      throw new Error('NATS_URL: NATS does not let us in with these credentials', { cause: reason });
    }
    deps.onTrouble(
      `no answer from ${options.servers?.toString() ?? ''}; this node is alone until there is one`,
    );
    return null;
  }
}

class NatsLink implements Link {
  readonly #deps: NatsBusDeps;
  readonly #options: ConnectionOptions;
  readonly #events: LinkEvents;
  readonly #prefix: string;
  /** By subject, without the prefix; null while there has not been a connection. */
  readonly #subscriptions = new Map<string, Subscription | null>();
  readonly #encoder = new TextEncoder();
  #nats: NatsConnection | null = null;
  #isUp = false;
  #isClosed = false;
  #retry: Undo = () => undefined;
  #unconfirmed = 0;
  #sinceAsked = 0;

  constructor(parts: {
    deps: NatsBusDeps;
    options: ConnectionOptions;
    events: LinkEvents;
    first: NatsConnection | null;
  }) {
    this.#deps = parts.deps;
    this.#options = parts.options;
    this.#events = parts.events;
    this.#prefix = `chahua.${parts.deps.space}.`;
    if (parts.first) this.#use(parts.first);
    else this.#tryLater();
  }

  get maxBytes(): number {
    return this.#nats?.info?.max_payload ?? MAX_PAYLOAD;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  send(subject: string, text: string): void {
    if (!this.#isUp || this.#unconfirmed > MAX_UNCONFIRMED) return;
    const bytes = this.#encoder.encode(text);
    this.#nats?.publish(this.#prefix + subject, bytes);
    this.#unconfirmed += bytes.length;
    this.#sinceAsked += bytes.length;
    if (this.#sinceAsked >= CONFIRM_EVERY) void this.#confirm();
  }

  async #confirm(): Promise<void> {
    const asked = this.#unconfirmed;
    this.#sinceAsked = 0;
    // A flush that fails means that the connection has ended; what was on its way is gone with it.
    await this.#nats?.flush().catch(() => undefined);
    this.#unconfirmed = Math.max(0, this.#unconfirmed - asked);
  }

  follow(subject: string): void {
    this.#subscriptions.set(subject, this.#nats ? this.#subscribe(this.#nats, subject) : null);
  }

  unfollow(subject: string): void {
    this.#subscriptions.get(subject)?.unsubscribe();
    this.#subscriptions.delete(subject);
  }

  async ping(): Promise<void> {
    if (!this.#nats || !this.#isUp) throw new Error('NATS is away');
    await this.#nats.flush();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#isUp = false;
    this.#retry();
    const nats = this.#nats;
    this.#nats = null;
    // What was published last is worth a moment; NATS being away is not.
    if (nats) await Promise.race([nats.flush().catch(() => undefined), this.#pause(RECONNECT_MS)]);
    await nats?.close();
  }

  #subscribe(nats: NatsConnection, subject: string): Subscription {
    return nats.subscribe(this.#prefix + subject, {
      callback: (reason, message) => {
        if (reason) this.#deps.onTrouble(`a subscription failed: ${reason.message}`);
        else this.#events.onText(subject, message.string());
      },
    });
  }

  /** From now on over this connection, which mends itself. */
  #use(nats: NatsConnection): void {
    this.#nats = nats;
    this.#isUp = true;
    for (const subject of this.#subscriptions.keys()) this.follow(subject);
    void this.#watch(nats);
  }

  async #watch(nats: NatsConnection): Promise<void> {
    for await (const status of nats.status()) this.#heed(status);
    if (this.#isClosed || this.#nats !== nats) return;
    // It has given up mending itself.
    this.#nats = null;
    this.#isUp = false;
    this.#tryLater();
  }

  #heed(status: Status): void {
    if (this.#isClosed) return;
    if (status.type === 'disconnect' && this.#isUp) {
      this.#isUp = false;
      this.#deps.onTrouble('the connection is lost; this node is alone until it is back');
    }
    if (status.type === 'reconnect') {
      this.#isUp = true;
      this.#unconfirmed = 0;
      this.#deps.onTrouble('the connection is back');
      this.#events.onReturn();
    }
    if (status.type === 'error') this.#deps.onTrouble(status.error.message);
  }

  #tryLater(): void {
    this.#retry = this.#deps.clock.after(RECONNECT_MS, () => void this.#tryAgain());
  }

  async #tryAgain(): Promise<void> {
    const nats = await connect(this.#options).catch(() => null);
    if (this.#isClosed) {
      await nats?.close();
      return;
    }
    if (!nats) {
      this.#tryLater();
      return;
    }
    this.#use(nats);
    this.#deps.onTrouble('the connection is there');
    this.#events.onReturn();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#deps.clock.after(ms, resolve));
  }
}
