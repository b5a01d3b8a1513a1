/** The Network that is one: WebSockets by `ws`, HTTP by fetch. */
import { WebSocket } from 'ws';
import type { Network } from './fake-wx.ts';

export function createRealNetwork(): Network {
  return {
    connect(url, events) {
      const socket = new WebSocket(url, { perMessageDeflate: false });
      socket.on('open', () => events.opened());
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        if (!isBinary) events.received(data.toString('utf8'));
      });
      socket.on('close', (code: number, reason: Buffer) => events.closed(code, reason.toString('utf8')));
      socket.on('error', () => undefined); // `close` follows.
      return {
        send: (text) => socket.send(text),
        // A cut is not a farewell: the server gets no closing handshake.
        close: () => socket.terminate(),
      };
    },

    async fetch({ method, url, header, data }) {
      const init = method === 'GET' ? {} : { body: JSON.stringify(data ?? {}) };
      const response = await fetch(url, {
        method,
        headers: header,
        ...init,
        signal: AbortSignal.timeout(8_000),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
    },
  };
}
