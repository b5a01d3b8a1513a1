/**
 * What keeps order on one node, put together: who is sanctioned, and how that reaches the sockets that are open here.
 * Part of the composition root; server.ts gives it the parts that it works on.
 */
import { CloseCode } from '../miniprogram/protocol/errors.ts';
import type { UserId } from '../miniprogram/protocol/objects.ts';
import type { Bus, Clock, Store, Undo } from './domain/ports.ts';
import { banOf, Sanctions, type Standing, untilOnWire } from './domain/sanctions.ts';
import { createSeen, type Seen } from './domain/seen.ts';
import type { Greeting } from './session/greeting.ts';
import type { Registry } from './session/registry.ts';

export interface ModerationDeps {
  store: Store;
  bus: Bus;
  clock: Clock;
  /** Made later than this is; asked only once sockets are there. */
  sockets: () => { registry: Registry; greeting: Greeting };
  onFault: (reason: unknown) => void;
}

export interface Moderation {
  sanctions: Sanctions;
  seen: Seen;
  /** Hears what other nodes do, until the undo. */
  watch(): Undo;
}

export function createModeration({ store, bus, clock, sockets, onFault }: ModerationDeps): Moderation {
  const sanctions = new Sanctions({ store, bus, clock, onChange: takeEffect, onFault });

  /** A ban ends the user's sockets; anything else shows in their rooms. */
  function takeEffect(user: UserId, standing: Standing): void {
    const { registry, greeting } = sockets();
    const ban = banOf(standing, clock.now());
    for (const session of registry.of(user)) {
      if (ban) session.hangUp(CloseCode.BANNED, ban.reason, untilOnWire(ban.until));
      else for (const room of [...session.rooms]) greeting.show(session, room);
    }
  }

  return {
    sanctions,
    seen: createSeen({ store, sanctions, clock }),
    watch: () => sanctions.watch(),
  };
}
