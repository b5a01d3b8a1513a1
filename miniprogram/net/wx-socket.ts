/**
 * The only caller of wx.connectSocket. Owns the quirks of SocketTask: no readyState, no off-methods, `close` that
 * throws "task not found" for what the platform has dropped, and a close during the handshake that is not obeyed.
 */
import type { OpenSocket } from './socket';

const NORMAL = 1000;
const ABNORMAL = 1006;
const TIMEOUT_MS = 10_000;

/** Of the global `wx`: what is used. */
export type WxSockets = Pick<WechatMiniprogram.Wx, 'connectSocket'>;

export function createWxSocket(wx: WxSockets): OpenSocket {
  return (url, events) => {
    let over = false;

    const end = (code: number, reason: string): void => {
      if (over) return;
      over = true;
      events.closed(code, reason);
    };
    const fail = (): void => end(ABNORMAL, 'failed');

    // `fail` of connectSocket may be called before it returns; the port promises that no event is.
    const task = connect(() =>
      wx.connectSocket({ url, tcpNoDelay: true, timeout: TIMEOUT_MS, fail: () => later(fail) }),
    );
    if (!task) {
      later(fail);
      return { send: () => undefined, close: () => (over = true) };
    }

    const hangUp = (): void => {
      try {
        task.close({ code: NORMAL, fail: () => undefined });
      } catch {
        // "task not found": the platform dropped it before us, which is what was wanted.
      }
    };

    task.onOpen(() => {
      // Given up during the handshake, which some phones finish all the same: it must not live on beside the next.
      if (over) hangUp();
      else events.opened();
    });
    task.onMessage(({ data }) => {
      if (!over && typeof data === 'string') events.received(data);
    });
    task.onClose(({ code, reason }) => end(code, reason));
    task.onError(() => {
      if (over) return;
      hangUp();
      fail();
    });

    return {
      send(text) {
        if (!over) task.send({ data: text, fail: () => later(fail) });
      },
      close() {
        if (over) return;
        over = true;
        hangUp();
      },
    };
  };
}

/** Nothing where the platform throws, or gives none, because there are too many sockets. */
function connect(open: () => WechatMiniprogram.SocketTask): WechatMiniprogram.SocketTask | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}

/** Out of the caller's way: a failure told from inside `send` would find its owner half way through a step. */
function later(run: () => void): void {
  void Promise.resolve().then(run);
}
