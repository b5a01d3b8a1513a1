/**
 * What a node stands on, by configuration: the store that keeps everything and the bus to the other nodes. A process
 * that is alone opens the embedded store itself and needs no bus; a worker reaches both through the hub of its
 * machine, unless NATS is named, which then carries the bus of all machines.
 */
import { join } from 'node:path';
import { LinkedBus } from './bus/linked.ts';
import { LocalBus } from './bus/local.ts';
import { openNatsBus } from './bus/nats.ts';
import type { Config } from './config.ts';
import type { BlobStore, Bus, Clock, Store } from './domain/ports.ts';
import { newId } from './ids.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { openDiskBlobs } from './store/blobs/disk.ts';
import { openMongoStore } from './store/mongo.ts';
import { openStore } from './store/open.ts';
import { createHubStore, HubClient } from './workers/hub-client.ts';

export interface BackingDeps {
  config: Config;
  log: Logger;
  clock: Clock;
  metrics: Metrics;
  /** One of several processes on this machine; `hub`: the socket of what they share. */
  worker?: { hub: string } | undefined;
}

export interface Backing {
  store: Store;
  /** The bytes of files: where the store is. */
  blobs: BlobStore;
  bus: Bus;
  /** The figures of the other processes of this machine. */
  others(): Promise<object[][]>;
}

type HubbedDeps = Omit<BackingDeps, 'worker'> & { hub: HubClient | undefined };

export async function openBacking({ worker, ...plain }: BackingDeps): Promise<Backing> {
  const hub = worker && (await openHubClient(worker.hub, plain));
  const deps = { ...plain, hub };
  const { store, blobs, waiting } = await openStoreOf(deps);
  deps.metrics.watchStoreQueue(waiting);
  try {
    const bus = await openBus(deps, store.epoch);
    if (!bus.isAlone) deps.metrics.watchBus(() => !bus.isAway);
    const others = async (): Promise<object[][]> => (hub ? ((await hub.gather()) as object[][]) : []);
    return { store, blobs, bus, others };
  } catch (reason) {
    await store.close();
    throw reason;
  }
}

function openHubClient(path: string, { clock, log, metrics }: BackingDeps): Promise<HubClient> {
  return HubClient.open({
    path,
    clock,
    figures: metrics.figures,
    onTrouble: (trouble) => log.warn('the hub', { trouble }),
  });
}

interface Opened {
  store: Store;
  blobs: BlobStore;
  waiting: () => number;
}

async function openStoreOf({ config, log, clock, hub }: HubbedDeps): Promise<Opened> {
  const { dataDir, mongodbUrl: url } = config;
  if (url !== undefined) {
    const store = await openMongoStore({ url, clock, newId, log, serves: true });
    return { store, blobs: store.blobs, waiting: () => store.waiting };
  }
  const blobs = openDiskBlobs(join(dataDir, 'files'));
  if (hub && hub.epoch !== null) {
    return { store: createHubStore(hub, hub.epoch), blobs, waiting: () => hub.waiting };
  }
  const store = await openStore({ dataDir, clock, newId, log });
  return { store, blobs, waiting: () => store.stats().writer.waiting };
}

async function openBus({ config, log, clock, metrics, hub }: HubbedDeps, epoch: string): Promise<Bus> {
  const { nats } = config;
  if (!nats) {
    if (!hub) return new LocalBus();
    return new LinkedBus({ open: (events) => hub.listen(events), onMessage: metrics.busMessage });
  }
  if (nats.isExposed) {
    log.warn('NATS_URL: messages cross the network in the clear; use tls:// outside a network of your own', {
      servers: nats.servers,
    });
  }
  return openNatsBus({
    address: nats,
    space: epoch,
    clock,
    onTrouble: (trouble) => log.warn('NATS', { trouble }),
    onMessage: metrics.busMessage,
  });
}
