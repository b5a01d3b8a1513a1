/**
 * Those who are connected to one node, put together: by user, in rooms, how they are greeted, who is told that they
 * came and went, and the rounds that make up for what the bus loses.
 */
import type { UserId } from '../miniprogram/protocol/objects.ts';
import type { Config } from './config.ts';
import type { Bus, Clock, NodeId, Store } from './domain/ports.ts';
import { Presence } from './domain/presence.ts';
import type { Roster } from './domain/roster.ts';
import type { Seen } from './domain/seen.ts';
import { roomSubject, userSubject } from './domain/subjects.ts';
import type { Metrics } from './metrics.ts';
import { Fanout } from './session/fanout.ts';
import { createGreeting, type Greeting, type GreetingDeps } from './session/greeting.ts';
import type { Hub } from './session/peer.ts';
import { Registry } from './session/registry.ts';
import { Rounds } from './session/rounds.ts';
import { Sessions } from './session/sessions.ts';

export interface SocketsDeps {
  node: NodeId;
  config: Config;
  store: Store;
  seen: Seen;
  bus: Bus;
  hub: Hub;
  roster: Roster;
  authenticate: GreetingDeps['authenticate'];
  reports: GreetingDeps['reports'];
  clock: Clock;
  notices: GreetingDeps['notices'];
  maxBacklog: number;
  metrics: Metrics;
  onFault: (reason: unknown) => void;
}

export interface Sockets {
  registry: Registry;
  greeting: Greeting;
  sessions: Sessions;
  /** Sockets, people and followed rooms on this node. */
  load(): { sockets: number; users: number; rooms: number };
  /** Whether the user has a socket on any node. */
  isAnywhere(user: UserId): Promise<boolean>;
  /** Goes no more rounds. */
  stop(): void;
  /** Resolves when all goodbyes so far were told: the store stays open for them. */
  left(): Promise<unknown>;
}

export function createSockets(deps: SocketsDeps): Sockets {
  const {
    node,
    config,
    store,
    seen,
    bus,
    hub,
    roster,
    authenticate,
    reports,
    clock,
    notices,
    maxBacklog,
    metrics,
    onFault,
  } = deps;
  const { limits, heartbeatMs } = config;
  const leaving = new Set<Promise<void>>();

  const registry = new Registry({
    bus,
    subjectOf: userSubject,
    maxSessions: limits.sockets,
    onMessage: (session, message) => greeting.hear(session, message),
    onFirst: (user) => presence.came(user),
    onLast: (user) => {
      const told = presence
        .went(user)
        .catch(onFault)
        .finally(() => leaving.delete(told));
      leaving.add(told);
    },
  });
  const presence = new Presence({
    store,
    bus,
    clock,
    node,
    isHere: (user) => registry.isOnline(user),
    tell: (watcher, about) => greeting.tell(watcher, about),
  });
  const fanout = new Fanout({
    bus,
    store,
    hub,
    subjectOf: roomSubject,
    follow: (room) => roster.follow(room),
    onEntries: (room, entries) => roster.apply(room, entries),
    onChanged: (session, room) => greeting.show(session, room),
    onDelivered: metrics.delivered,
    onFault,
  });
  const greeting = createGreeting({
    authenticate,
    store: { epoch: store.epoch, ...seen },
    registry,
    fanout,
    clock,
    limits,
    heartbeatMs,
    check: config.contentCheck.when,
    notices,
    presenceFor: (user) => presence.watch(user),
    reports,
    onFault,
  });
  const sessions = new Sessions({
    clock,
    heartbeatMs,
    maxRequests: limits.requests,
    maxBacklog,
    registry,
    fanout,
  });
  const rounds = bus.isAlone
    ? undefined
    : new Rounds({
        bus,
        store,
        clock,
        fanout,
        registry,
        presence,
        show: (session, room) => greeting.show(session, room),
        onHealed: metrics.healed,
        onFault,
      });

  return {
    registry,
    greeting,
    sessions,
    load: () => ({ sockets: sessions.size, users: registry.size, rooms: fanout.rooms }),
    isAnywhere: (user) => presence.isAnywhere(user),
    stop: () => rounds?.stop(),
    left: () => Promise.all(leaving),
  };
}
