/** `ws` and a loop over the sockets of the room: what most people write first. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Contender } from '../contender.ts';
import { serveHere } from '../peer-process.ts';
import { JOIN, JOINED, plainSide } from './plain-client.ts';

export const wsLoop: Contender = {
  name: 'ws',
  title: 'ws loop',
  ack: 'none',
  packages: ['ws'],
  start: (pin) => serveHere(import.meta.filename, pin),
  ...plainSide,
};

/** Resolves with the port; 0: any that is free. */
export async function serve(port: number): Promise<number> {
  const server = new WebSocketServer({ host: '127.0.0.1', port });
  const rooms = new Map<string, Set<WebSocket>>();
  server.on('connection', (socket) => {
    let joined: Set<WebSocket>[] = [];
    let members: Set<WebSocket> | undefined;
    socket.on('message', (message: Buffer) => {
      if (members) {
        // As text without a conversion: what arrived is already UTF-8.
        for (const member of members) member.send(message, { binary: false });
        return;
      }
      const text = message.toString();
      if (!text.startsWith(JOIN)) return;
      joined = text
        .slice(JOIN.length)
        .split(' ')
        .map((room) => {
          const those = rooms.get(room) ?? new Set();
          rooms.set(room, those.add(socket));
          return those;
        });
      members = joined[0];
      socket.send(JOINED);
    });
    socket.on('close', () => joined.forEach((those) => those.delete(socket)));
  });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
