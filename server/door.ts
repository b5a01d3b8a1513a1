/**
 * Who may come in at all, before anybody is known: pages and mini-programs by what they say of themselves, addresses by
 * how much they have already.
 */
import { Households } from './commands/households.ts';
import type { Config } from './config.ts';
import type { Clock } from './domain/ports.ts';
import { householdOf, isLoopback } from './edge/address.ts';
import { mayOpen } from './edge/origin.ts';
import type { SocketDeps } from './edge/uws.ts';
import type { Metrics } from './metrics.ts';

export interface Door extends Pick<SocketDeps, 'admit'> {
  /** @throws Refusal RATE_LIMITED */
  chargeLogin: (household: string) => void;
}

interface DoorDeps {
  config: Config;
  clock: Clock;
  metrics: Pick<Metrics, 'turnedAway'>;
}

export function createDoor({ config, clock, metrics }: DoorDeps): Door {
  const households = new Households({
    clock,
    limits: config.addressLimits,
    onRefused: metrics.turnedAway,
  });
  const rules = {
    origins: config.origins,
    ...(config.wechat && { appid: config.wechat.appid }),
    released: config.production,
  };
  return {
    admit: ({ remote, ...handshake }) => {
      if (!mayOpen(handshake, rules)) {
        metrics.turnedAway('origin');
        return 'forbidden';
      }
      // This very machine: nobody is turned away whom a proxy forgot to name.
      return isLoopback(remote) ? { leave: () => undefined } : households.enter(householdOf(remote));
    },
    chargeLogin: (household) => households.chargeLogin(household),
  };
}
