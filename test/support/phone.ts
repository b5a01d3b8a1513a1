/**
 * A phone with the app on it: composes the client as app.ts does, by the same wx adapters, over a FakeWx with a
 * storage of its own; and what can happen to a phone, as methods.
 */
import { createClient } from '../../miniprogram/client.ts';
import type { Client } from '../../miniprogram/client.ts';
import { readConfig } from '../../miniprogram/config.ts';
import type { Clock } from '../../miniprogram/net/clock.ts';
import { createSystemClock } from '../../miniprogram/net/system-clock.ts';
import { createWxFiles } from '../../miniprogram/net/wx-files.ts';
import { createWxHttp } from '../../miniprogram/net/wx-http.ts';
import { createWxSocket } from '../../miniprogram/net/wx-socket.ts';
import type { Row, State } from '../../miniprogram/store/state.ts';
import { createWxStorage } from '../../miniprogram/sync/wx-storage.ts';
import { FakeStorage } from './fake-storage.ts';
import { FakeWx } from './fake-wx.ts';
import type { Network } from './fake-wx.ts';
import { createRealNetwork } from './real-network.ts';

export interface PhoneOptions {
  /** The person signs in by it, on a server with DEV_LOGIN=1. */
  name: string;
  serverUrl?: string;
  /** The real time where there is none. */
  clock?: Clock;
  storage?: FakeStorage;
  /** Paths of the files on it. */
  files?: Iterable<string>;
  /** What the phone is connected to; the real network where there is none. */
  network?: Network;
  /** In [0, 1): for backoff. */
  random?: () => number;
}

export class Phone {
  readonly wx: FakeWx;
  readonly client: Client;
  readonly #options: PhoneOptions;

  constructor(options: PhoneOptions) {
    this.#options = { storage: new FakeStorage(), clock: createSystemClock(), ...options };
    const {
      storage = new FakeStorage(),
      clock = createSystemClock(),
      network = createRealNetwork(),
    } = this.#options;
    const { serverUrl, socketUrl } = readConfig({ server: options.serverUrl });
    this.wx = new FakeWx({ network, clock, storage, files: options.files ?? [] });
    this.client = createClient({
      serverUrl,
      socketUrl,
      openSocket: createWxSocket(this.wx),
      http: createWxHttp(this.wx, serverUrl, this.wx.clock),
      storage: createWxStorage(this.wx),
      files: createWxFiles(this.wx),
      clock: this.wx.clock,
      askConsent: () => Promise.reject(new Error('This phone is not asked.')),
      loginCode: () => Promise.reject(new Error('This phone signs in by name.')),
      randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
      random: options.random ?? Math.random,
      nextTick: (run) => queueMicrotask(() => this.wx.deliver(run)),
      about: { platform: 'test', app: 'test' },
    });
    this.client.start();
  }

  get engine(): Client['engine'] {
    return this.client.engine;
  }

  get state(): Readonly<State> {
    return this.client.store.state;
  }

  get storage(): FakeStorage {
    return this.wx.storage;
  }

  signIn(): Promise<void> {
    return this.engine.signInAs(this.#options.name);
  }

  rows(room: string): readonly Row[] {
    return this.state.chats[room]?.rows ?? [];
  }

  texts(room: string): string[] {
    return this.rows(room).map(({ kind, body }) => (kind === 'text' ? String(body['text']) : `[${kind}]`));
  }

  /** No network: open sockets break, new ones and HTTP fail. The phone does not say so; see `tellNetwork`. */
  cut(): void {
    this.wx.isCut = true;
    this.wx.breakSockets();
  }

  restore(): void {
    this.wx.isCut = false;
  }

  /** What wx.onNetworkStatusChange tells. */
  tellNetwork(connected: boolean): void {
    this.wx.deliver(() => this.client.networkChanged(connected));
  }

  /** The socket that is open carries nothing more, and neither side is told. */
  halfOpen(): void {
    this.wx.halfOpenSockets();
  }

  /** Into the background; JS goes on for a few seconds, until `freeze`. */
  hide(): void {
    this.client.hidden();
  }

  /** JS stands still. */
  freeze(): void {
    this.wx.freeze();
  }

  /** Timers and events that piled up fire, then the app is shown. */
  thaw(): void {
    this.wx.thaw();
    this.client.shown();
  }

  /** The system ends the app without a word, and the person opens it again: the storage is all that is left. */
  kill(): Phone {
    this.wx.end();
    const files = [...this.wx.files].filter((path) => path.includes('saved'));
    return new Phone({ ...this.#options, storage: this.storage, files });
  }

  /** The phone is put away: nothing of it runs on. */
  end(): void {
    this.wx.end();
  }

  /** Resolves when the state is as wanted, for tests over the real network; rejects after `timeoutMs`. */
  until(isSo: (state: Readonly<State>) => boolean, timeoutMs = 10_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const undo = this.client.store.subscribe(look);
      const timer = setTimeout(() => {
        undo();
        reject(new Error(`${this.#options.name}: not so after ${timeoutMs} ms`));
      }, timeoutMs);
      const finish = (): void => {
        undo();
        clearTimeout(timer);
        resolve();
      };
      const client = this.client;
      function look(): void {
        if (isSo(client.store.state)) finish();
      }
      look();
    });
  }
}

/** `realNetwork` says what is the case where no `network` is given; it is there to be read. */
export function createPhone(options: PhoneOptions & { realNetwork?: true }): Phone {
  return new Phone(options);
}
