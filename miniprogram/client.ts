/**
 * The client without its platform: composes connection, engine and tree from ports. app.ts hands in the phone's,
 * tests hand in theirs. Nothing is decided here.
 */
import { createAccount } from './net/account';
import { backoffMs } from './net/backoff';
import type { Clock } from './net/clock';
import { Connection } from './net/connection';
import type { Http } from './net/http';
import type { OpenSocket } from './net/socket';
import { Tokens } from './net/token';
import type { KeptFiles } from './net/wx-files';
import { createStore } from './store/store';
import type { Store } from './store/store';
import { Cache } from './sync/cache';
import { CID_BYTES, makeCid } from './sync/cid';
import { Engine } from './sync/engine';
import { Notices } from './sync/notices';
import type { NoticesPorts } from './sync/notices';
import type { Storage } from './sync/storage';

export interface ClientPorts {
  /** Without a slash at the end. */
  serverUrl: string;
  socketUrl: string;
  openSocket: OpenSocket;
  http: Http;
  storage: Storage;
  files: KeptFiles;
  clock: Clock;
  /** A code of wx.login. */
  loginCode: () => Promise<string>;
  /** Asks the person to accept subscribe templates. */
  askConsent: NoticesPorts['ask'];
  randomBytes: (count: number) => Uint8Array;
  /** In [0, 1). */
  random: () => number;
  /** Runs what it is given soon, once. */
  nextTick: (run: () => void) => void;
  /** Told to the server: what it runs on, and which version it is. */
  about: { platform: string; app: string };
}

export interface Client {
  store: Store;
  engine: Engine;
  notices: Notices;
  /** Shows what is kept and connects. */
  start(): void;
  shown(): void;
  hidden(): void;
  networkChanged(connected: boolean): void;
}

export function createClient(ports: ClientPorts): Client {
  const { clock, http, random } = ports;
  const store = createStore(ports.nextTick);
  const cache = new Cache(ports.storage, clock);
  const newCid = (): string => makeCid(ports.randomBytes(CID_BYTES));
  const device = { id: deviceId(ports.storage, newCid), ...ports.about };

  const tokens = new Tokens({
    http,
    clock,
    shelf: {
      read: () => cache.storage.read('login'),
      write: (login) => void cache.storage.write('login', login),
      remove: () => cache.storage.remove('login'),
    },
    refused: (why) => engine.loginRefused(why),
  });
  const connection: Connection = new Connection({
    url: ports.socketUrl,
    openSocket: ports.openSocket,
    tokens,
    clock,
    random,
    greeting: () => ({ device, ...engine.greeting() }),
    changed: (state) => engine.linkChanged(state),
    greeted: (reply) => {
      notices.offered(reply.notices);
      engine.greeted(reply);
    },
    pushed: (push) => engine.pushed(push),
  });
  const account = createAccount(http, tokens);
  const notices = new Notices({
    ask: ports.askConsent,
    tell: (templates) => account.accepted(templates),
    storage: cache.storage,
    clock,
  });
  const engine: Engine = new Engine({
    view: store,
    link: connection,
    tokens,
    account,
    cache,
    clock,
    pauseMs: (attempts) => backoffMs(attempts, random()),
    newCid,
    loginCode: ports.loginCode,
    files: ports.files,
    serverUrl: ports.serverUrl,
  });

  return {
    store,
    engine,
    notices,
    start: () => engine.start(),
    shown: () => connection.show(),
    hidden() {
      connection.hide();
      engine.hide();
    },
    networkChanged: (connected) => connection.networkChanged(connected),
  };
}

/** The same on this phone until its storage is cleared. */
function deviceId(storage: Storage, newId: () => string): string {
  const kept = storage.read('device') as { id?: unknown } | null;
  if (typeof kept?.id === 'string') return kept.id;
  const id = newId();
  storage.write('device', { id });
  return id;
}
