/**
 * Ours on two nodes: the embedded store behind a hub, or MongoDB; a real NATS between the nodes, half of the people on
 * each. All its processes share the one core that a contender gets and all are counted, so what is measured is what a
 * second node costs, not what a second machine brings.
 */
import { execFileSync } from 'node:child_process';
import { NatsProcess } from '../../support/nats-process.ts';
import { Nodes } from '../../support/nodes.ts';
import { programNamed } from '../binary.ts';
import type { Contender, Served } from '../contender.ts';
import { chahua, LIMITS } from './chahua.ts';
import { mongoAbsence, startMongoStore, type MongoStore } from './mongo-store.ts';

const NO_NATS = 'no nats-server on the PATH: apt-get install nats-server';

const onTwoNodes: Contender = {
  ...chahua,
  openRoom: (urls) => chahua.openRoom(nodeOf(urls, 0)),
  prepare: async (urls, count) => chahua.prepare?.(nodeOf(urls, 0), count),
  connect: (urls, index) => chahua.connect(nodeOf(urls, index), index),
};

export const chahuaNodes: Contender = {
  ...onTwoNodes,
  name: 'chahua-nodes',
  title: 'ours, two nodes, NATS',
  absence: natsAbsence,
  start: (pin) => start(pin, null),
};

export const chahuaNodesMongo: Contender = {
  ...onTwoNodes,
  name: 'chahua-nodes-mongo',
  title: 'ours, two nodes, NATS, MongoDB',
  packages: ['uWebSockets.js', 'mongodb'],
  absence: () => natsAbsence() ?? mongoAbsence(),
  start: async (pin) => start(pin, await startMongoStore(pin)),
};

async function start(pin: readonly string[], store: MongoStore | null): Promise<Served> {
  const nats = await NatsProcess.open();
  try {
    const more: Record<string, string> = store === null ? {} : { MONGODB_URL: store.url };
    const nodes = await Nodes.open(2, { NATS_URL: nats.url, LIMITS, ...more });
    for (const pid of [nats.pid, ...nodes.pids]) pinTo(pin, pid);
    return {
      url: `${nodes.url(0)} ${nodes.url(1)}`,
      pids: [nats.pid, ...nodes.pids, ...(store?.pids ?? [])],
      title: `ours, two nodes, NATS, ${store?.name ?? 'embedded store'}`,
      ...(store && { ack: store.ack }),
      ...(store?.mostSockets !== undefined && { mostSockets: store.mostSockets }),
      versions: { 'nats-server': natsVersion() },
      restart: () => Promise.reject(new Error('not tried with two nodes')),
      stop: async () => {
        await nodes.close();
        await nats.kill();
        await store?.stop();
      },
    };
  } catch (reason) {
    await nats.kill();
    await store?.stop();
    throw reason;
  }
}

function natsAbsence(): string | null {
  return programNamed('nats-server') === undefined ? NO_NATS : null;
}

const natsVersion = (): string =>
  /\d+\.\d+\.\d+/.exec(execFileSync('nats-server', ['--version'], { encoding: 'utf8' }))?.[0] ?? 'not known';

const nodeOf = (urls: string, index: number): string => urls.split(' ')[index % 2] ?? urls;

/** `['taskset', '-c', '0']`, for a process that runs already, with all its threads and those to come. */
function pinTo(pin: readonly string[], pid: number): void {
  const cores = pin.at(-1);
  if (cores !== undefined) execFileSync('taskset', ['-a', '-cp', cores, String(pid)], { stdio: 'ignore' });
}
