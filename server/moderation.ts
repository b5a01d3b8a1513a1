/**
 * What keeps order on one node, put together: who is sanctioned and how that reaches open sockets, the word list,
 * reports, bots, and the acts of moderators with the API that takes their orders. Part of the composition root;
 * server.ts gives it the parts that it works on, in two steps, because messages go through the word list.
 */
import { deskRoutes } from './admin/desk.ts';
import { createGate } from './admin/gate.ts';
import { operationRoutes } from './admin/operations.ts';
import { peopleRoutes } from './admin/people.ts';
import { roomRoutes } from './admin/rooms.ts';
import { CloseCode } from '../miniprogram/protocol/errors.ts';
import type { Limits } from '../miniprogram/protocol/limits.ts';
import type { RoomId, Seq, UserId } from '../miniprogram/protocol/objects.ts';
import { type Bots, createBots } from './domain/bots.ts';
import type { Review } from './domain/content-check.ts';
import { createExpulsion } from './domain/expulsion.ts';
import type { Log } from './domain/log.ts';
import type { Messages } from './domain/messages.ts';
import type { Nodes } from './domain/nodes.ts';
import type { Bus, Clock, NodeId, Store, Undo } from './domain/ports.ts';
import { createReports, type Reports } from './domain/reports.ts';
import { createSanctioning } from './domain/sanctioning.ts';
import { banOf, Sanctions, type Standing, untilOnWire } from './domain/sanctions.ts';
import { createSeen, type Seen } from './domain/seen.ts';
import { createStewardship } from './domain/stewardship.ts';
import { MODERATION } from './domain/subjects.ts';
import type { Route } from './edge/http.ts';
import { newId } from './ids.ts';
import { newApiKey } from './session/api-key.ts';
import type { Greeting } from './session/greeting.ts';
import { hashOf } from './session/refresh-token.ts';
import type { Registry } from './session/registry.ts';
import type { Tokens } from './session/tokens.ts';
import { WordList } from './words/word-list.ts';

export interface ModerationDeps {
  store: Store;
  log: Log;
  bus: Bus;
  clock: Clock;
  limits: Limits;
  /** Made later than this is; asked only once sockets are there. */
  sockets: () => { registry: Registry; greeting: Greeting };
  onFault: (reason: unknown) => void;
}

export interface Moderation {
  sanctions: Sanctions;
  seen: Seen;
  words: WordList;
  reports: Reports;
  /** A stored message should be looked at: it comes into the queue of reports. */
  onReview: (found: { room: RoomId; seq: Seq; why: Review }) => void;
  /** Reads the word list, then hears what other nodes do, until the undo. */
  watch(): Promise<Undo>;
  /** The second step. */
  administer(more: { messages: Messages; tokens: Tokens; nodes: Pick<Nodes, 'call'>; node: NodeId }): {
    bots: Bots;
    routes: Route[];
  };
}

export function createModeration(deps: ModerationDeps): Moderation {
  const { store, log, bus, clock, limits, sockets, onFault } = deps;
  const sanctions = new Sanctions({ store, bus, clock, onChange: takeEffect, onFault });
  const seen = createSeen({ store, sanctions, clock });
  const words = new WordList({ store, bus, clock, subject: MODERATION, onFault });
  const expulsion = createExpulsion({ store, log, clock });
  const sanctioning = createSanctioning({ store, log, expulsion, bus, clock });
  const stewardship = createStewardship({ store, log, expulsion, bus, clock, newId, limits });
  const reports = createReports({ store, sanctioning, stewardship, bus, clock, newId });

  /** A ban ends the user's sockets; anything else shows in their rooms. */
  function takeEffect(user: UserId, standing: Standing): void {
    const { registry, greeting } = sockets();
    const ban = banOf(standing, clock.now());
    for (const session of registry.of(user)) {
      if (ban) session.hangUp(CloseCode.BANNED, ban.reason, untilOnWire(ban.until));
      else for (const room of [...session.rooms]) greeting.show(session, room);
    }
  }

  function administer({
    messages,
    tokens,
    nodes,
    node,
  }: Parameters<Moderation['administer']>[0]): ReturnType<Moderation['administer']> {
    const bots = createBots({
      store,
      log,
      messages,
      sanctions,
      bus,
      clock,
      newId,
      newKey: newApiKey,
      hashOf,
    });
    const gate = createGate({ tokens, sanctions, store, clock, onFault });
    const isOnline = (user: UserId): boolean => sockets().registry.isOnline(user);
    const routes = [
      ...peopleRoutes({ gate, store, sanctioning, clock, isOnline }),
      ...roomRoutes({ gate, store, seen, stewardship }),
      ...deskRoutes({ gate, store, reports, words, bus, clock }),
      ...operationRoutes({ gate, store, bots, tokens, clock, nodes, node }),
    ];
    return { bots, routes };
  }

  return {
    sanctions,
    seen,
    words,
    reports,
    onReview: ({ room, seq, why }) => {
      const note = why.by === 'words' ? '' : `label ${why.label}`;
      reports.flag({ room, seq, by: why.by === 'words' ? 'words' : 'check', note }).catch(onFault);
    },
    async watch() {
      await words.refresh();
      const undos = [sanctions.watch(), words.watch()];
      return () => undos.forEach((undo) => undo());
    },
    administer,
  };
}
