/**
 * Centrifugo 6 with its memory engine: a history of 1,000 publications a channel, recovery on, users by signed tokens.
 * It is no npm package, so it is measured where its program is on the PATH. An answered publish is in its memory.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { Binary, goVersionOf, programNamed } from '../binary.ts';
import type { Contender, Served } from '../contender.ts';
import { CentrifugoClient, TOKEN_SECRET } from './centrifugo-client.ts';

const PROGRAM = 'centrifugo';
const ABSENT = 'not on the PATH: go install github.com/centrifugal/centrifugo/v6@latest';
/** centrifuge-js: minReconnectDelay, maxReconnectDelay. */
const [LEAST_MS, MOST_MS] = [500, 20_000];

let rooms = 0;

export const centrifugo: Contender = {
  name: 'centrifugo',
  title: 'Centrifugo',
  ack: 'memory',
  packages: [],
  absence: () => (programNamed(PROGRAM) === undefined ? ABSENT : null),
  start,
  openRoom: () => Promise.resolve(`room-${++rooms}`),
  connect: (url, index) => CentrifugoClient.open(url, index),
  resume: (url, client) => CentrifugoClient.resume(url, client),
  backoffMs: (attempt, random) =>
    Math.min(MOST_MS, LEAST_MS + random * Math.min(MOST_MS, LEAST_MS * 2 ** attempt)),
};

async function start(pin: readonly string[]): Promise<Served> {
  const program = programNamed(PROGRAM);
  if (program === undefined) throw new Error(ABSENT);
  const folder = await mkdtemp(join(tmpdir(), 'chahua-centrifugo-'));
  const port = await freePort();
  const config = join(folder, 'config.json');
  await writeFile(config, JSON.stringify(settingsOf(port)), { mode: 0o600 });
  const binary = new Binary([...pin, program, '--config', config], port);
  const stop = async () => {
    await binary.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await binary.serve();
  } catch (reason) {
    await stop();
    throw reason;
  }
  return {
    url: `http://127.0.0.1:${port}`,
    get pids() {
      return [binary.pid];
    },
    versions: { Centrifugo: goVersionOf(program) },
    async restart() {
      await binary.stop('SIGTERM');
      await binary.serve();
    },
    stop,
  };
}

const settingsOf = (port: number): object => ({
  http_server: { address: '127.0.0.1', port: String(port) },
  log: { level: 'none' },
  usage_stats: { disabled: true },
  client: { token: { hmac_secret_key: TOKEN_SECRET } },
  channel: {
    without_namespace: {
      history_size: 1_000,
      history_ttl: '10m',
      force_recovery: true,
      allow_subscribe_for_client: true,
      allow_publish_for_subscriber: true,
    },
  },
});
