/** The ceiling: uWebSockets.js publishes what it receives. It keeps nothing, checks nothing, knows nobody. */
import { App, us_socket_local_port, type WebSocket } from 'uWebSockets.js';
import type { Contender } from '../contender.ts';
import { serveHere } from '../peer-process.ts';
import { JOIN, JOINED, plainSide } from './plain-client.ts';

export const bareUws: Contender = {
  name: 'uws',
  title: 'bare uWS publish',
  ack: 'none',
  packages: ['uWebSockets.js'],
  start: (pin) => serveHere(import.meta.filename, pin),
  ...plainSide,
};

interface Member {
  room: string;
}

/** Resolves with the port; 0: any that is free. */
export function serve(port: number): Promise<number> {
  const app = App();
  const receive = (ws: WebSocket<Member>, message: ArrayBuffer) => {
    const { room } = ws.getUserData();
    if (room !== '') {
      app.publish(room, message, false);
      return;
    }
    const text = Buffer.from(message).toString();
    if (!text.startsWith(JOIN)) return;
    const rooms = text.slice(JOIN.length).split(' ');
    ws.getUserData().room = rooms[0]!;
    for (const joined of rooms) ws.subscribe(joined);
    ws.send(JOINED);
  };
  app.ws<Member>('/*', {
    idleTimeout: 0,
    sendPingsAutomatically: false,
    maxBackpressure: 1024 * 1024,
    closeOnBackpressureLimit: true,
    upgrade: (res, req, context) => {
      const [key, protocol, extensions] = ['key', 'protocol', 'extensions'].map((name) =>
        req.getHeader(`sec-websocket-${name}`),
      );
      res.upgrade({ room: '' }, key!, protocol!, extensions!, context);
    },
    message: receive,
  });
  return new Promise((resolve, reject) => {
    app.listen('127.0.0.1', port, (socket) => {
      if (socket) resolve(us_socket_local_port(socket));
      else reject(new Error('cannot listen'));
    });
  });
}
