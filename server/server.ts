/**
 * One node, put together from the store upwards (docs/architecture.md): every part is handed what it needs here and
 * knows nobody else. `main.ts` gives it the process's environment, tests give it their own.
 */
import { openBacking } from './backing.ts';
import { createDispatcher } from './commands/dispatch.ts';
import { RateLimiter } from './commands/rate.ts';
import { createTable } from './commands/table.ts';
import type { Config } from './config.ts';
import { createDoor } from './door.ts';
import { createCheckedMessages } from './domain/checked-messages.ts';
import { createContentCheck } from './domain/content-check.ts';
import { createKeeping } from './domain/keeping.ts';
import { createLog } from './domain/log.ts';
import { createMessages } from './domain/messages.ts';
import type { Clock } from './domain/ports.ts';
import { createRooms } from './domain/rooms.ts';
import { Roster } from './domain/roster.ts';
import { createSearch } from './domain/search.ts';
import { SlowMode } from './domain/slow-mode.ts';
import { userSubject } from './domain/subjects.ts';
import { createUsers } from './domain/users.ts';
import { createBotRoutes } from './edge/bot-routes.ts';
import { createAddressOf } from './edge/address.ts';
import { createPushRoutes } from './edge/push-routes.ts';
import { createAdminRoutes, createPublicRoutes } from './edge/http-routes.ts';
import { UwsServer } from './edge/uws.ts';
import { createFaults } from './faults.ts';
import { idFrom, newId } from './ids.ts';
import { createKeyWatch } from './key-watch.ts';
import type { Logger } from './log.ts';
import { createMedia } from './media.ts';
import { createMetrics } from './metrics.ts';
import { createModeration } from './moderation.ts';
import { createNode } from './node.ts';
import { Pace } from './pace.ts';
import { patiently } from './patience.ts';
import { createLogins } from './session/logins.ts';
import { createTokens } from './session/tokens.ts';
import { createSockets } from './sockets.ts';
import { createWechat } from './wechat.ts';

export interface ServerDeps {
  config: Config;
  log: Logger;
  clock: Clock;
  /** One of several processes on this machine; `hub`: the socket of what they share. The first has the admin listener. */
  worker?: { number: number; hub: string };
}

export interface Server {
  readonly url: string;
  /** Absent of a worker that is not the first. */
  readonly adminUrl?: string;
  /** Says goodbye, finishes what is under way, closes everything; within 10 s. */
  stop(): Promise<void>;
}

/** Bytes that may wait for a slow reader: what a stalled phone costs at most. */
const MAX_BACKLOG = 1024 * 1024;
/** What is under way when the server stops gets this long … */
const DRAIN_MS = 5_000;
/** … and what is to be written down of those who leave this long. */
const FLUSH_MS = 2_000;
/** Who was told goodbye gets this long to hang up; a socket that is closed while its client talks loses the goodbye. */
const LINGER_MS = 500;
const ADMIN_HOST = '127.0.0.1';

export async function createServer({ config, log, clock, worker }: ServerDeps): Promise<Server> {
  const { limits } = config;
  const [metrics, node] = [createMetrics(), newId()];

  const { store, blobs, bus, others } = await openBacking({ config, log, clock, metrics, worker });
  const { tell: onFault, stop: stopFaults } = createFaults({ log, clock, ping: () => store.ping() });
  const hub = new UwsServer(createAddressOf(config.trustProxy));

  const keyWatch = createKeyWatch({ config, clock, log });
  const { keys } = keyWatch;
  const tokens = createTokens({ keys, clock });
  const media = createMedia({ node, config, keys, store, blobs, log, metrics, clock, onFault });
  const wechat = createWechat({
    config,
    store,
    log,
    clock,
    newId,
    isOnline: (user) => sockets.isAnywhere(user),
    linkOf: (file) => media.links.sign(file).url,
    late: (use, verdict) => check.late(use, verdict),
    again: (said, place) => check.again(said, place),
    metrics,
    onFault,
  });

  const pace = new Pace(clock);
  const domainLog = createLog({
    store,
    bus,
    clock,
    soon: (job) => void setImmediate(job),
    onBatch: (batch) => {
      metrics.appended(batch);
      pace.count(batch.entries);
    },
  });
  const roster = new Roster(store);
  const moderation = createModeration({
    store,
    log: domainLog,
    bus,
    clock,
    limits,
    sockets: () => sockets,
    onFault,
  });
  const { sanctions, seen, reports } = moderation;
  const check = createContentCheck({
    policy: config.contentCheck,
    ...(wechat.inspector && { inspector: wechat.inspector }),
    ...(wechat.files && { files: wechat.files }),
    texts: store,
    log: domainLog,
    clock,
    words: moderation.words,
    onReview: moderation.onReview,
    onCleared: wechat.notices.consider,
    onRecalled: ({ room, seq, verdict }) => log.info('a message was taken back', { room, seq, verdict }),
    onFault,
  });
  const rooms = createRooms({
    log: domainLog,
    store,
    seen,
    sanctions,
    bus,
    clock,
    newId,
    idFrom,
    limits,
    checkName: check.name,
  });
  const messages = createCheckedMessages({
    messages: createMessages({
      log: domainLog,
      store,
      clock,
      limits,
      slowMode: new SlowMode(clock),
      files: media.files,
      onLetGo: media.sweepSoon,
    }),
    check,
    store,
    clock,
  });
  const keeping = createKeeping({ log: domainLog, store, bus, clock, limits, checkName: check.name });
  const logins = createLogins({
    store,
    tokens,
    wechat: wechat.login,
    clock,
    newId,
    devLogin: config.devLogin,
    onWelcome: (user) => rooms.welcome(user),
    mustNotBeBanned: (user) => sanctions.admit(user),
    hangUp: (target) => bus.publish(userSubject(target.user), { type: 'hangup', ...target }),
  });

  const sockets = createSockets({
    node,
    config,
    store,
    seen,
    bus,
    hub,
    roster,
    authenticate: logins.authenticate,
    clock,
    reports,
    notices: wechat.templates,
    maxBacklog: MAX_BACKLOG / 2,
    metrics,
    onFault,
  });
  const { greeting, sessions } = sockets;
  const rates = new RateLimiter(clock, limits);
  const dispatcher = createDispatcher({
    table: createTable({
      greeting,
      authenticate: logins.authenticate,
      rooms,
      keeping,
      messages,
      users: createUsers(store),
      files: media.files,
      search: createSearch({ store, limits }),
      reports,
      clock,
    }),
    roster,
    sanctions,
    rates,
    onAnswered: metrics.request,
    onBug: (reason, op) => log.error('a command failed', { op, err: reason }),
    clock,
  });

  const load = () => ({ ...sockets.load(), sendsPerSecond: pace.perSecond() });
  const nodes = createNode({ id: node, config, worker, store, bus, clock, load });
  const { bots, routes } = moderation.administer({ messages, tokens, nodes, node });
  const unwatchKeys = keyWatch.start((next) => {
    for (const signer of [tokens, media.links]) signer.replaceKeys(next);
    sessions.keepKeys(next.map(({ kid }) => kid));
  });
  const unwatch = await patiently(clock, () => moderation.watch());
  await patiently(clock, () => rooms.openLobby());
  const onRouteBug = (err: unknown, route: string): void => log.error('a route failed', { route, err });
  const door = createDoor({ config, clock, metrics });
  const publicListener = await hub
    .openSockets('/ws', {
      limits,
      maxBacklog: MAX_BACKLOG,
      admit: door.admit,
      accept: (peer) => {
        metrics.socketOpened();
        return sessions.open(peer);
      },
      dispatcher,
      onFrame: metrics.frameIn,
      onSent: metrics.frameOut,
      onClosed: metrics.socketClosed,
      onBug: (reason) => log.error('a frame failed', { err: reason }),
    })
    .serve(
      [
        ...createPublicRoutes({
          logins,
          store,
          bus,
          clock,
          check,
          notices: wechat.notices,
          chargeLogin: door.chargeLogin,
          files: { ...media, charge: (user) => rates.chargeHttp(user, 'upload'), limits },
        }),
        ...(wechat.push ? createPushRoutes({ push: wechat.push }) : []),
        ...createBotRoutes({ bots, limits, charge: (bot) => rates.chargeHttp(bot, 'send') }),
      ],
      onRouteBug,
    )
    .listen(config.host, config.port, { share: worker !== undefined });
  const figures = { contentType: metrics.contentType, text: async () => metrics.text(await others()) };
  const adminListener =
    worker === undefined || worker.number === 1
      ? await new UwsServer()
          .serve([...createAdminRoutes({ metrics: figures }), ...routes], onRouteBug)
          .listen(ADMIN_HOST, config.adminPort, { name: 'ADMIN_PORT' })
      : undefined;

  async function stop(): Promise<void> {
    publicListener.stop();
    unwatch();
    unwatchKeys();
    media.stop();
    wechat.stop();
    const answered = dispatcher.close();
    sockets.stop();
    sessions.bye();
    await within(FLUSH_MS, check.close().then(wechat.notices.drain));
    await within(DRAIN_MS, Promise.all([answered, domainLog.drain()]));
    const hadSockets = sessions.size > 0;
    sessions.hangUpAll();
    await within(FLUSH_MS, sockets.left());
    if (hadSockets) await pause(LINGER_MS);
    publicListener.close();
    adminListener?.close();
    nodes.stop();
    await bus.close();
    stopFaults();
    await store.close();
  }

  /** Waits for the work, but no longer than `ms`. */
  async function within(ms: number, work: Promise<unknown>): Promise<void> {
    let undo = (): void => undefined;
    const late = new Promise<void>((resolve) => (undo = clock.after(ms, resolve)));
    await Promise.race([work, late]);
    undo();
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => clock.after(ms, resolve));
  }

  return {
    url: `http://${config.host}:${publicListener.port}`,
    ...(adminListener && { adminUrl: `http://${ADMIN_HOST}:${adminListener.port}` }),
    stop,
  };
}
