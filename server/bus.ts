/** Chooses what carries messages between nodes: nothing where the node is alone, NATS where it is named. */
import { LocalBus } from './bus/local.ts';
import { openNatsBus } from './bus/nats.ts';
import type { Config } from './config.ts';
import type { Bus, Clock } from './domain/ports.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';

export interface BusDeps {
  config: Config;
  /** Of the store that the nodes share. */
  epoch: string;
  log: Logger;
  clock: Clock;
  metrics: Pick<Metrics, 'busMessage' | 'watchBus'>;
}

export async function openBus({ config, epoch, log, clock, metrics }: BusDeps): Promise<Bus> {
  if (!config.nats) return new LocalBus();
  const { servers, isExposed } = config.nats;
  if (isExposed) {
    log.warn('NATS_URL: messages cross the network in the clear; use tls:// outside a network of your own', {
      servers,
    });
  }
  const bus = await openNatsBus({
    address: config.nats,
    space: epoch,
    clock,
    onTrouble: (trouble) => log.warn('NATS', { trouble }),
    onMessage: metrics.busMessage,
  });
  metrics.watchBus(() => !bus.isAway);
  return bus;
}
