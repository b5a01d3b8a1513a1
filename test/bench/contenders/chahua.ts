/**
 * Ours, as it ships: authenticated users, checked frames, every message stored and fsynced before it is acknowledged
 * and fanned out. Only the limits are raised, so that not they are measured.
 */
import { backoffMs } from '../../../miniprogram/net/backoff.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { login, RawClient } from '../../support/raw-client.ts';
import type { Contender, Served } from '../contender.ts';
import { ChahuaClient, nameOf } from './chahua-client.ts';

export const LIMITS = 'sends=100000/100000,requests=1000,members=100000';

const LOGINS_AT_ONCE = 50;

export const chahua: Contender = {
  name: 'chahua',
  title: 'ours',
  ack: 'fsynced',
  packages: ['uWebSockets.js'],
  start: (pin) => startOurs(pin, {}),
  openRoom: async (url) => {
    const { client } = await RawClient.arrive(url, 'owner');
    const { room } = await client.ask('room.create', { kind: 'group', name: 'bench', open: true });
    await client.close();
    return room.id;
  },
  async prepare(url, count) {
    for (let from = 0; from < count; from += LOGINS_AT_ONCE) {
      const until = Math.min(count, from + LOGINS_AT_ONCE);
      const names = Array.from({ length: until - from }, (_, i) => nameOf(from + i));
      await Promise.all(names.map((name) => login(url, name)));
    }
  },
  connect: (url, index) => ChahuaClient.open(url, index),
  resume: (url, client) => ChahuaClient.resume(url, client),
  backoffMs: (attempt, random, hintMs) => hintMs ?? backoffMs(attempt, random),
};

export async function startOurs(pin: readonly string[], env: Record<string, string>): Promise<Served> {
  const server = await ServerProcess.start({ prefix: pin, env: { LIMITS, ...env } });
  return {
    url: server.url,
    get pids() {
      return [server.pid];
    },
    async restart() {
      server.prepare();
      await server.sigterm();
      await server.restart();
    },
    stop: () => server.stop(),
  };
}
