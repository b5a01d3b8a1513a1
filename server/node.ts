/** This node among the others: what it is called, how it is, and how to ask all of them. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Config } from './config.ts';
import { Nodes } from './domain/nodes.ts';
import type { Bus, Clock, Health, NodeId, Store } from './domain/ports.ts';

export interface NodeDeps {
  /** New with each start. */
  id: NodeId;
  config: Pick<Config, 'port'>;
  /** One of several processes on this machine. */
  worker?: { number: number } | undefined;
  store: Pick<Store, 'ping'>;
  bus: Bus;
  clock: Clock;
  /** What it has to do just now. */
  load: () => { sockets: number; users: number; rooms: number; sendsPerSecond: number };
}

/** What has not answered by then is not up, as far as this node can say. */
const HEALTH_MS = 1_000;
const MANIFEST = new URL('../package.json', import.meta.url);

export function createNode({ id, config, worker, store, bus, clock, load }: NodeDeps): Nodes {
  const began = clock.monotonic();
  const { version } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string };

  async function healthOf(ping: () => Promise<void>): Promise<Health> {
    const asked = clock.monotonic();
    let undo = (): void => undefined;
    const late = new Promise<false>((resolve) => (undo = clock.after(HEALTH_MS, () => resolve(false))));
    const answered = ping().then(
      () => true,
      () => false,
    );
    const up = await Promise.race([answered, late]);
    undo();
    return { up, ms: Math.round((clock.monotonic() - asked) * 10) / 10 };
  }

  const name = `${hostname()}:${config.port}${worker ? `#${worker.number}` : ''}`;
  const nodes = new Nodes({
    bus,
    clock,
    node: id,
    name,
    async status() {
      const [storeIs, busIs] = await Promise.all([healthOf(() => store.ping()), healthOf(() => bus.ping())]);
      const uptimeSeconds = Math.floor((clock.monotonic() - began) / 1_000);
      return { version, uptimeSeconds, ...load(), store: storeIs, bus: busIs };
    },
  });
  return nodes;
}
