/**
 * A phone's `wx`, as far as the client uses it, with the quirks that platform.md §4 lists: sockets that die without
 * a word, tasks that throw when closed twice, events that come late, JS that freezes, storage that fills up. Fails
 * the test by itself when two sockets are alive at once. What lies behind the air is a Network: a server in this
 * process, or real sockets.
 */
import type { Clock, Undo } from '../../miniprogram/net/clock.ts';
import type { FakeStorage } from './fake-storage.ts';

/** One socket as the network carries it. */
export interface Wire {
  send(text: string): void;
  close(): void;
}

export interface WireEvents {
  opened(): void;
  received(text: string): void;
  closed(code: number, reason: string): void;
}

export interface HttpCall {
  method: string;
  url: string;
  header: Record<string, string>;
  data: unknown;
}

export interface Network {
  connect(url: string, events: WireEvents): Wire;
  /** Rejects where no answer came. */
  fetch(call: HttpCall): Promise<{ status: number; body: unknown }>;
}

/** For what needs a phone and no network: fails the test that touches it. */
export const NO_NETWORK: Network = {
  connect() {
    throw new Error('This test has no network.');
  },
  fetch: () => Promise.reject(new Error('This test has no network.')),
};

type Option<M extends 'connectSocket' | 'request' | 'uploadFile'> = Parameters<WechatMiniprogram.Wx[M]>[0];

const NO_ANSWER = { errMsg: 'request:fail', errno: 600001 } as WechatMiniprogram.RequestFailCallbackErr;

export class FakeWx {
  /** Sockets that were opened, in all. */
  opened = 0;
  /** While set, nothing gets through and what is open breaks. */
  isCut = false;
  readonly storage: FakeStorage;
  /** Paths under which there is a file. */
  readonly files: Set<string>;
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #tasks = new Set<FakeTask>();
  /** What happened while JS was frozen; null where it is not. */
  #pile: (() => void)[] | null = null;
  #isDead = false;

  constructor(ports: { network: Network; clock: Clock; storage: FakeStorage; files?: Iterable<string> }) {
    this.#network = ports.network;
    this.#clock = ports.clock;
    this.storage = ports.storage;
    this.files = new Set(ports.files);
  }

  /** Sockets that the platform or the server still counts. */
  get alive(): number {
    return [...this.#tasks].filter(({ isAlive }) => isAlive).length;
  }

  /** The clock of what runs on this phone: stands still, as far as it can see, while JS is frozen. */
  get clock(): Clock {
    return {
      now: () => this.#clock.now(),
      monotonic: () => this.#clock.monotonic(),
      after: (ms, run): Undo => {
        let undone = false;
        const undo = this.#clock.after(ms, () => this.deliver(() => undone || run()));
        return () => {
          undone = true;
          undo();
        };
      },
    };
  }

  /** Runs an event of the platform, now or when JS thaws; never on a phone whose app is gone. */
  deliver(event: () => void): void {
    if (this.#isDead) return;
    if (this.#pile) this.#pile.push(event);
    else event();
  }

  freeze(): void {
    this.#pile ??= [];
  }

  /** All that piled up, timers too, fires together. */
  thaw(): void {
    const pile = this.#pile ?? [];
    this.#pile = null;
    for (const event of pile) this.deliver(event);
  }

  /** The app is gone with all it had in memory. */
  end(): void {
    this.#isDead = true;
    for (const task of this.#tasks) task.drop();
  }

  /** Every socket breaks; the app hears of it. */
  breakSockets(code = 1006): void {
    for (const task of this.#tasks) {
      if (task.isAlive) task.drop(code);
    }
  }

  /** Every socket is gone, and onClose never fires. */
  loseSockets(): void {
    for (const task of this.#tasks) task.drop();
  }

  /** Nothing passes on the sockets that are open, in either direction, and neither side is told. */
  halfOpenSockets(): void {
    for (const task of this.#tasks) task.isSilent = true;
  }

  connectSocket = (option: Option<'connectSocket'>): WechatMiniprogram.SocketTask => {
    if (this.alive > 0) {
      // Not by throwing, which the app may survive.
      queueMicrotask(() => {
        throw new Error('Two live sockets: one was opened before the other was closed.');
      });
    }
    this.opened += 1;
    const task = new FakeTask((event) => this.deliver(event));
    this.#tasks.add(task);
    if (this.isCut) this.#clock.after(1, () => task.drop(1006));
    else task.wire = this.#network.connect(option.url, task.events);
    return task;
  };

  request = (option: Option<'request'>): WechatMiniprogram.RequestTask => {
    const call: HttpCall = {
      method: option.method ?? 'GET',
      url: option.url,
      header: option.header ?? {},
      data: option.data,
    };
    const answer = this.isCut ? Promise.reject(new Error('cut')) : this.#network.fetch(call);
    answer.then(
      ({ status, body }) =>
        this.deliver(() => {
          if (this.isCut) return option.fail?.(NO_ANSWER);
          option.success?.({ statusCode: status, data: body as string } as Parameters<
            NonNullable<typeof option.success>
          >[0]);
        }),
      () => this.deliver(() => option.fail?.(NO_ANSWER)),
    );
    return {} as WechatMiniprogram.RequestTask;
  };

  uploadFile = (option: Option<'uploadFile'>): WechatMiniprogram.UploadTask => {
    const listeners: ((told: { progress: number }) => void)[] = [];
    if (!this.files.has(option.filePath)) {
      this.deliver(() => option.fail?.({ errMsg: `uploadFile:fail file not found ${option.filePath}` }));
    } else {
      this.#clock.after(1, () => this.deliver(() => listeners.forEach((told) => told({ progress: 40 }))));
      this.request({
        url: option.url,
        method: 'POST',
        header: option.header ?? {},
        data: { filePath: option.filePath },
        success: ({ statusCode, data }) =>
          option.success?.({ statusCode, data: JSON.stringify(data), errMsg: 'uploadFile:ok' } as Parameters<
            NonNullable<typeof option.success>
          >[0]),
        fail: () => option.fail?.({ errMsg: 'uploadFile:fail' }),
      });
    }
    return { onProgressUpdate: (listener: never) => listeners.push(listener) } as never;
  };

  /** Temporary files are gone with the app; what was saved stays with the storage. */
  getFileSystemManager = (): WechatMiniprogram.FileSystemManager => {
    type Done<T> = { success?: (result: T) => void; fail?: () => void };
    const saveFile = ({
      tempFilePath,
      ...done
    }: { tempFilePath: string } & Done<{ savedFilePath: string }>) => {
      const savedFilePath = tempFilePath.replace('tmp', 'saved');
      if (this.files.has(tempFilePath)) this.files.add(savedFilePath);
      queueMicrotask(() =>
        this.deliver(() =>
          this.files.has(savedFilePath) ? done.success?.({ savedFilePath }) : done.fail?.(),
        ),
      );
    };
    const getSavedFileList = ({ success }: Done<{ fileList: { filePath: string }[] }>) =>
      success?.({
        fileList: [...this.files].filter((path) => path.includes('saved')).map((filePath) => ({ filePath })),
      });
    const removeSavedFile = ({ filePath }: { filePath: string }) => void this.files.delete(filePath);
    return { saveFile, getSavedFileList, removeSavedFile } as never;
  };

  getStorageSync = <T>(key: string): T => this.storage.get(key) as T;
  setStorageSync = (key: string, value: unknown): void => this.storage.set(key, value);
  removeStorageSync = (key: string): void => this.storage.remove(key);
  getStorageInfoSync = (): WechatMiniprogram.GetStorageInfoSyncOption => this.storage.info();
}

/** A SocketTask: no readyState, no off-methods. */
class FakeTask {
  isAlive = true;
  isSilent = false;
  wire: Wire | null = null;
  readonly #deliver: (event: () => void) => void;
  readonly #on: Record<'open' | 'message' | 'close' | 'error', ((result: never) => void)[]> = {
    open: [],
    message: [],
    close: [],
    error: [],
  };

  constructor(deliver: (event: () => void) => void) {
    this.#deliver = deliver;
  }

  get events(): WireEvents {
    return {
      opened: () => this.#tell('open', { header: {} }),
      received: (data) => this.#tell('message', { data }),
      closed: (code, reason) => {
        if (!this.isAlive || this.isSilent) return;
        this.isAlive = false;
        this.#tell('close', { code, reason });
      },
    };
  }

  /** @param code what the app is told; nothing where there is none */
  drop(code?: number): void {
    this.isAlive = false;
    this.wire?.close();
    if (code === undefined) return;
    this.#tell('error', { errMsg: 'fail' });
    this.#tell('close', { code, reason: 'abnormal closure' });
  }

  send(option: { data: string; fail?: (error: { errMsg: string }) => void }): void {
    if (!this.isAlive || !this.wire) option.fail?.({ errMsg: 'sendSocketMessage:fail' });
    else if (!this.isSilent) this.wire.send(option.data);
  }

  close(): void {
    if (!this.isAlive) throw new Error('task not found');
    this.isAlive = false;
    if (!this.isSilent) this.wire?.close();
    // Late, as on a phone: whoever closed does not want to hear it any more.
    this.#tell('close', { code: 1000, reason: '' });
  }

  onOpen(listener: (result: never) => void): void {
    this.#on.open.push(listener);
  }

  onMessage(listener: (result: never) => void): void {
    this.#on.message.push(listener);
  }

  onClose(listener: (result: never) => void): void {
    this.#on.close.push(listener);
  }

  onError(listener: (result: never) => void): void {
    this.#on.error.push(listener);
  }

  #tell(name: 'open' | 'message' | 'close' | 'error', result: object): void {
    if (this.isSilent && name !== 'close') return;
    this.#deliver(() => this.#on[name].forEach((listener) => listener(result as never)));
  }
}
