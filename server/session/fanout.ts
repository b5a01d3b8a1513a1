/**
 * Which sessions of this node hear which rooms. Opens a feed for a room when the first session joins it, closes it
 * when the last one leaves, and turns what the bus brings for rooms into pushes. A session hears a room from its
 * cursor on, each entry once, until it leaves or is taken out.
 */
import type { GoneReason } from '../../miniprogram/protocol/frames.ts';
import type { Entry, RoomId, Seq, UserId } from '../../miniprogram/protocol/objects.ts';
import type { Bus, BusMessage, LogStore, Undo } from '../domain/ports.ts';
import type { CatchUp } from './catch-up.ts';
import { Feed } from './feed.ts';
import { pushFrame } from './frames.ts';
import type { Hub } from './peer.ts';
import type { Session } from './session.ts';

export interface FanoutDeps {
  bus: Bus;
  store: Pick<LogStore, 'page'>;
  hub: Hub;
  subjectOf: (room: RoomId) => string;
  /** The node starts to follow a room … */
  follow: (room: RoomId) => Undo;
  /** … and until the undo tells of its entries: as soon as the bus brings them, and notices again in their turn. */
  onEntries: (room: RoomId, entries: Entry[]) => void;
  /** What the session sees of the room has changed: its role or mute, or whether it is in it. */
  onChanged: (session: Session, room: RoomId) => void;
  onDelivered?: (frames: number) => void;
  onFault: (reason: unknown) => void;
}

interface Audience {
  feed: Feed;
  /** By session its stay: who leaves and comes back is on another one. */
  sessions: Map<Session, symbol>;
  undo: Undo;
}

export class Fanout {
  readonly #deps: FanoutDeps;
  readonly #audiences = new Map<RoomId, Audience>();

  constructor(deps: FanoutDeps) {
    this.#deps = deps;
  }

  /** Rooms followed by this node. */
  get rooms(): number {
    return this.#audiences.size;
  }

  followed(): RoomId[] {
    return [...this.#audiences.keys()];
  }

  /** Whether entries that the store has were not published here yet. */
  isBehind(room: RoomId, head: Seq): boolean {
    const feed = this.#audiences.get(room)?.feed;
    return feed !== undefined && feed.head >= 0 && feed.head < head;
  }

  /** Publishes what the store has up to `head` and the bus has not brought. */
  async reach(room: RoomId, head: Seq): Promise<void> {
    if (this.isBehind(room, head)) await this.#audiences.get(room)?.feed.reach(head);
  }

  /**
   * Brings the session from `from` to the live room. A session that hears the room already is left as it is.
   * `summary`: the room as it was when the store last said that the session's user is in it.
   * @throws TooFarBehind, and what the store rejects with; the session is out of the room then
   */
  async join(session: Session, { summary, from }: CatchUp): Promise<void> {
    const room = summary.id;
    const audience = this.#audiences.get(room) ?? this.#open(room);
    if (audience.sessions.has(session)) return;
    const stay = Symbol(room);
    audience.sessions.set(session, stay);
    session.rooms.add(room);
    try {
      await audience.feed.join(from, {
        peer: session.peer,
        isWanted: () => audience.sessions.get(session) === stay,
        drained: () => session.drained(),
        beforeEach: (notice) => {
          if (notice.seq > summary.head) this.#heed(room, notice, [session]);
        },
      });
    } catch (reason) {
      if (audience.sessions.get(session) === stay) this.leave(session, room);
      throw reason;
    }
  }

  leave(session: Session, room: RoomId): void {
    session.rooms.delete(room);
    const audience = this.#audiences.get(room);
    if (!audience?.sessions.delete(session)) return;
    if (!session.isClosed) session.peer.unsubscribe(room);
    if (audience.sessions.size > 0) return;
    audience.undo();
    this.#audiences.delete(room);
  }

  /** The socket is gone: the session leaves all the rooms it heard. */
  leaveAll(session: Session): void {
    for (const room of [...session.rooms]) this.leave(session, room);
  }

  hears(session: Session, room: RoomId): boolean {
    return this.#audiences.get(room)?.sessions.has(session) ?? false;
  }

  #open(room: RoomId): Audience {
    const { bus, store, subjectOf, follow, onFault } = this.#deps;
    const feed = new Feed(room, {
      store,
      publish: (frame) => this.#publish(room, frame),
      beforeEach: (notice) => {
        this.#deps.onEntries(room, [notice]);
        this.#heed(room, notice, this.#sessionsIn(room));
      },
      onFault,
    });
    const undos = [follow(room), bus.subscribe(subjectOf(room), (message) => this.#hear(room, message))];
    const audience: Audience = { feed, sessions: new Map(), undo: () => undos.forEach((undo) => undo()) };
    this.#audiences.set(room, audience);
    return audience;
  }

  #hear(room: RoomId, message: BusMessage): void {
    switch (message.type) {
      case 'entries':
        this.#deps.onEntries(room, message.entries);
        this.#audiences.get(room)?.feed.deliver(message.entries);
        return;
      case 'read': {
        const { type, ...body } = message;
        this.#audiences.get(room)?.feed.tell(pushFrame(type, body));
        return;
      }
      case 'typing': {
        // Rare enough to go to each by itself: whoever types need not be told.
        const { type, ...body } = message;
        for (const session of this.#sessionsIn(room)) {
          if (session.user?.id !== body.user) session.push(type, body);
        }
        return;
      }
      default:
    }
  }

  #publish(room: RoomId, frame: string): void {
    this.#deps.hub.publish(room, frame);
    this.#deps.onDelivered?.(this.#audiences.get(room)?.sessions.size ?? 0);
  }

  /** A notice that may concern some of these sessions, about to be sent to them. */
  #heed(room: RoomId, notice: Entry, sessions: Session[]): void {
    if (notice.kind !== 'sys') return;
    const { body } = notice;
    switch (body.action) {
      case 'left':
      case 'removed':
        for (const session of of(sessions, body.user)) this.#takeOut(session, room, body.action);
        return;
      case 'role':
      case 'muted':
      case 'unmuted':
        for (const session of of(sessions, body.user)) this.#deps.onChanged(session, room);
        return;
      case 'closed':
        for (const session of sessions) session.push('gone', { room, reason: 'closed' });
        return;
      default:
    }
  }

  #takeOut(session: Session, room: RoomId, reason: GoneReason): void {
    // What was published a moment ago is on its way to the topic; a frame of its own is sent behind it.
    session.push('gone', { room, reason });
    this.leave(session, room);
    // By now the user may be a member again, and the news of that may have come before this.
    this.#deps.onChanged(session, room);
  }

  #sessionsIn(room: RoomId): Session[] {
    return [...(this.#audiences.get(room)?.sessions.keys() ?? [])];
  }
}

const of = (sessions: Session[], user: UserId): Session[] =>
  sessions.filter((session) => session.user?.id === user);
