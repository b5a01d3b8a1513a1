/**
 * `wx.connectSocket` over the browser's WebSocket, with SocketTask's habits (docs: platform.md §4): no readyState, no
 * off-methods, five at once, a reason of at most 123 bytes. What the platform drops in the background hears no event
 * any more, and closing it throws "task not found". Everything reaches the app on its thread, counted by the meter.
 */
import { sizeOf } from '../meter.ts';
import { number, text, type Asked, type Run, type WxPart } from './call.ts';

/** Of the browser's WebSocket: what is used. */
export interface BrowserSocket {
  binaryType: string;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  send(data: string | ArrayBuffer): void;
  close(code?: number, reason?: string): void;
}

export interface SocketsDeps {
  open(url: string, protocols: string[]): BrowserSocket;
  run: Run;
  /** Real time. */
  after(ms: number, run: () => void): () => void;
  sent(text: string): void;
  received(text: string): void;
}

export const MOST_SOCKETS = 5;
const MOST_REASON_BYTES = 123;
const DEFAULT_TIMEOUT_MS = 60_000;

type State = 'connecting' | 'open' | 'closing' | 'closed' | 'dropped';
type EventName = 'open' | 'message' | 'close' | 'error';

export class Sockets {
  readonly #deps: SocketsDeps;
  readonly #tasks = new Set<SocketTask>();

  constructor(deps: SocketsDeps) {
    this.#deps = deps;
  }

  get live(): number {
    return this.#tasks.size;
  }

  connect(asked: Asked): SocketTask {
    const refused = this.#tasks.size >= MOST_SOCKETS;
    const task = new SocketTask(this.#deps, asked, () => this.#tasks.delete(task));
    if (refused) task.refuse(`exceed max task count (${MOST_SOCKETS})`);
    else {
      this.#tasks.add(task);
      task.start();
    }
    return task;
  }

  /** The platform takes them all away; the app hears nothing of it. Whoever calls cuts the line as well. */
  drop(): void {
    for (const task of [...this.#tasks]) task.drop();
  }
}

export class SocketTask {
  readonly #deps: SocketsDeps;
  readonly #asked: Asked;
  readonly #ended: () => void;
  readonly #listeners: Record<EventName, ((event: object) => void)[]> = {
    open: [],
    message: [],
    close: [],
    error: [],
  };
  #socket: BrowserSocket | null = null;
  #state: State = 'connecting';

  constructor(deps: SocketsDeps, asked: Asked, ended: () => void) {
    this.#deps = deps;
    this.#asked = asked;
    this.#ended = ended;
  }

  readonly onOpen = (listener: (event: object) => void): void => void this.#listeners.open.push(listener);
  readonly onMessage = (listener: (event: object) => void): void =>
    void this.#listeners.message.push(listener);
  readonly onClose = (listener: (event: object) => void): void => void this.#listeners.close.push(listener);
  readonly onError = (listener: (event: object) => void): void => void this.#listeners.error.push(listener);

  readonly send = (asked: Asked): void => {
    const data = asked['data'];
    if (this.#state !== 'open' || !(typeof data === 'string' || data instanceof ArrayBuffer)) {
      const why = this.#state === 'open' ? 'invalid data' : 'WebSocket is not connected';
      this.#answer(asked, { errMsg: `sendSocketMessage:fail ${why}` }, 'fail');
      return;
    }
    this.#socket?.send(data);
    if (typeof data === 'string') this.#deps.sent(data);
    this.#answer(asked, { errMsg: 'sendSocketMessage:ok' }, 'success');
  };

  readonly close = (asked: Asked = {}): void => {
    if (this.#state === 'dropped' || this.#state === 'closed') {
      throw Object.assign(new Error('closeSocket:fail task not found'), {
        errMsg: 'closeSocket:fail task not found',
      });
    }
    const [code, reason] = [number(asked, 'code', 1000), text(asked, 'reason')];
    if (code !== 1000 && !(code >= 3000 && code <= 4999)) {
      this.#answer(asked, { errMsg: `closeSocket:fail invalid code ${code}` }, 'fail');
      return;
    }
    if (sizeOf(reason) > MOST_REASON_BYTES) {
      this.#answer(asked, { errMsg: 'closeSocket:fail reason longer than 123 bytes' }, 'fail');
      return;
    }
    this.#state = 'closing';
    this.#socket?.close(code, reason);
    this.#answer(asked, { errMsg: 'closeSocket:ok' }, 'success');
  };

  start(): void {
    const asked = this.#asked;
    const protocols = Array.isArray(asked['protocols']) ? asked['protocols'].map(String) : [];
    const socket = this.#deps.open(text(asked, 'url'), protocols);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    const stopWaiting = this.#deps.after(number(asked, 'timeout', DEFAULT_TIMEOUT_MS), () => {
      if (this.#state !== 'connecting') return;
      this.#emit('error', { errMsg: 'connectSocket:fail timeout' });
      socket.close();
    });
    socket.addEventListener('open', () => {
      stopWaiting();
      if (this.#state === 'connecting') this.#state = 'open';
      this.#emit('open', { header: {}, profile: {} });
    });
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') this.#deps.received(data);
      this.#emit('message', { data });
    });
    socket.addEventListener('error', () => {
      // Browsers do not say why; a socket that was open only closes.
      if (this.#state === 'connecting') this.#emit('error', { errMsg: 'connectSocket:fail network error' });
    });
    socket.addEventListener('close', ({ code, reason }) => {
      stopWaiting();
      this.#ended();
      if (this.#state !== 'dropped') this.#state = 'closed';
      this.#emit('close', { code, reason });
    });
    this.#answer(asked, { errMsg: 'connectSocket:ok' }, 'success');
  }

  refuse(why: string): void {
    this.#state = 'dropped';
    this.#answer(this.#asked, { errMsg: `connectSocket:fail ${why}` }, 'fail');
  }

  drop(): void {
    this.#state = 'dropped';
    this.#ended();
  }

  #emit(name: EventName, event: object): void {
    this.#deps.run(() => {
      if (this.#state === 'dropped') return;
      for (const listener of this.#listeners[name]) listener(event);
    });
  }

  #answer(asked: Asked, result: object, way: 'success' | 'fail'): void {
    queueMicrotask(() => {
      this.#deps.run(() => asked[way]?.(result));
      this.#deps.run(() => asked.complete?.(result));
    });
  }
}

export function createSocketsApi(sockets: Sockets): WxPart {
  return { connectSocket: (asked: Asked) => sockets.connect(asked) };
}
