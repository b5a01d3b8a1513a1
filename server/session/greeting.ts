/**
 * The answer to `session.hello` and what follows from it: the session is identified, hears all its rooms from its
 * cursors on, and learns of rooms that come and go while it lives.
 */
import { CloseCode, ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { HelloBody, HelloReply, Pushes } from '../../miniprogram/protocol/frames.ts';
import type { Limits } from '../../miniprogram/protocol/limits.ts';
import type { RoomId, UserId } from '../../miniprogram/protocol/objects.ts';
import { PROTOCOL_VERSION } from '../../miniprogram/protocol/version.ts';
import type { BusMessage, Clock, RoomStore } from '../domain/ports.ts';
import { Hangup, Refusal } from '../outcome.ts';
import { type CatchUp, catchUp } from './catch-up.ts';
import type { Fanout } from './fanout.ts';
import { TooFarBehind } from './feed.ts';
import type { Registry } from './registry.ts';
import type { Identified, Session } from './session.ts';

const SHOW_AGAIN_MS = 1_000;

export interface GreetingDeps {
  /** Rejects with Refusal UNAUTHORIZED. */
  authenticate: (token: string) => Promise<Identified>;
  store: Pick<RoomStore, 'summaries' | 'summary'> & { readonly epoch: string };
  registry: Registry;
  fanout: Fanout;
  clock: Clock;
  limits: Limits;
  heartbeatMs: number;
  /** When what is written is checked. */
  check: 'off' | 'after' | 'before';
  /** Templates that the app may ask consent for. */
  notices: NonNullable<HelloReply['notices']>;
  /** How things stand with the peers of somebody who has just come. */
  presenceFor: (user: UserId) => Promise<Pushes['presence'][]>;
  reports: ReportNews;
  onFault: (reason: unknown) => void;
}

/** What became of one's reports while one was away, until one was told. */
export interface ReportNews {
  untold(reporter: UserId): Promise<(Pushes['report'] & { id: string })[]>;
  told(ids: string[]): Promise<void>;
}

export interface Greeting {
  /** @returns the reply; `after` is to be run when it was sent */
  hello(session: Session, body: HelloBody): Promise<{ reply: HelloReply; after: () => void }>;
  /** What the bus brought for the session's user. */
  hear(session: Session, message: BusMessage): void;
  /** How somebody is whom the user watches. */
  tell(watcher: UserId, about: Pushes['presence']): void;
  /** The session shows the room as it now is, or as gone. */
  show(session: Session, room: RoomId): void;
}

export function createGreeting(deps: GreetingDeps): Greeting {
  const { authenticate, store, registry, fanout, clock, limits, heartbeatMs, check, notices } = deps;
  const { presenceFor, reports, onFault } = deps;

  async function hello(session: Session, body: HelloBody): ReturnType<Greeting['hello']> {
    if (body.version !== PROTOCOL_VERSION) {
      throw new Hangup(CloseCode.VERSION_GONE, `version: this server speaks version ${PROTOCOL_VERSION}`);
    }
    session.startGreeting();
    try {
      const who = await authenticate(body.token);
      session.identify(who);
      // From here on the session learns what happens to its user; it acts on it after the reply.
      if (!session.isClosed) registry.add(who.user.id, session);
      const rooms = (await store.summaries(who.user.id)).map((summary) =>
        catchUp(summary, body, store.epoch),
      );
      const reply: HelloReply = {
        user: who.user,
        epoch: store.epoch,
        heartbeatMs,
        limits,
        rooms: rooms.map(({ summary }) => summary),
        serverTime: clock.now(),
        expiresAt: who.expiresAt,
        ...(check !== 'off' && { check }),
        ...(Object.keys(notices).length > 0 && { notices }),
      };
      return { reply, after: () => begin(session, rooms) };
    } catch (reason) {
      if (session.user) registry.remove(session.user.id, session);
      session.abandonGreeting();
      throw reason;
    }
  }

  function begin(session: Session, rooms: CatchUp[]): void {
    for (const { summary } of rooms) session.rooms.add(summary.id);
    void joinAll(session, rooms);
    session.goLive();
    tellPresence(session).catch(onFault);
    tellReports(session).catch(onFault);
  }

  async function tellPresence(session: Session): Promise<void> {
    const user = session.user?.id;
    if (user === undefined) return;
    for (const presence of await presenceFor(user)) session.push('presence', presence);
  }

  async function tellReports(session: Session): Promise<void> {
    const user = session.user?.id;
    const news = user === undefined ? [] : await reports.untold(user);
    if (news.length === 0 || session.isClosed) return;
    for (const { id: _, ...body } of news) session.push('report', body);
    await reports.told(news.map(({ id }) => id));
  }

  /** One after the other, so that a phone with many rooms is never sent more than it can take. */
  async function joinAll(session: Session, rooms: CatchUp[]): Promise<void> {
    for (const room of rooms) {
      // Taken out of the room while others were caught up with.
      if (session.isClosed || !session.rooms.has(room.summary.id)) continue;
      await joinOrEnd(session, room);
    }
  }

  async function joinOrEnd(session: Session, room: CatchUp): Promise<void> {
    try {
      await fanout.join(session, room);
    } catch (reason) {
      // A live socket never has a hole: it ends, and comes back with its cursors.
      if (reason instanceof TooFarBehind) return session.hangUp(CloseCode.TOO_SLOW, 'reader too slow');
      onFault(reason);
      session.hangUp(CloseCode.RESTARTING, 'history is out of reach for the moment', 1_000);
    }
  }

  function hear(session: Session, message: BusMessage): void {
    if (message.type === 'room') show(session, message.room);
    if (message.type === 'report' && session.state === 'live') {
      const { type: _, user: _user, id, ...body } = message;
      session.push('report', body);
      reports.told([id]).catch(onFault);
    }
  }

  function tell(watcher: UserId, about: Pushes['presence']): void {
    for (const session of registry.of(watcher)) {
      // Before the hello is answered nothing is pushed; how things stand is told right after it.
      if (session.state === 'live') session.push('presence', about);
    }
  }

  function show(session: Session, room: RoomId): void {
    const job = () => showInTime(session, room);
    if (!session.defer(job)) job();
  }

  /** Where the store is away it is tried again: a live socket would not hear a room that its person has come into. */
  function showInTime(session: Session, room: RoomId): void {
    showNow(session, room).catch((reason: unknown) => {
      onFault(reason);
      const isAway = reason instanceof Refusal && reason.code === ErrorCode.UNAVAILABLE;
      if (isAway && !session.isClosed) clock.after(SHOW_AGAIN_MS, () => showInTime(session, room));
    });
  }

  async function showNow(session: Session, room: RoomId): Promise<void> {
    const user = session.user?.id;
    if (user === undefined) return;
    const summary = await store.summary(room, user);
    if (session.isClosed) return;
    if (!summary) {
      if (!session.rooms.has(room)) return;
      fanout.leave(session, room);
      session.push('gone', { room, reason: 'removed' });
      return;
    }
    session.push('room', { room: summary });
    if (session.rooms.has(room)) return;
    await joinOrEnd(session, { summary, from: summary.head });
    // With a new direct room there is somebody new to know of.
    if (summary.peer) await tellPresence(session);
  }

  return { hello, hear, tell, show };
}
