/** Socket.IO with connection state recovery at its default of two minutes, kept in memory. */
import type { Contender } from '../contender.ts';
import { serveHere } from '../peer-process.ts';
import { serveSocketIo, socketIoSide } from './socket-io.ts';

const KEPT_MS = 2 * 60_000;

export const socketIoRecovery: Contender = {
  name: 'socket.io+csr',
  title: 'Socket.IO + recovery',
  ack: 'none',
  packages: ['socket.io', 'ws'],
  start: (pin) => serveHere(import.meta.filename, pin),
  ...socketIoSide(),
};

/** Resolves with the port; 0: any that is free. */
export function serve(port: number): Promise<number> {
  return serveSocketIo(port, { connectionStateRecovery: { maxDisconnectionDuration: KEPT_MS } });
}
