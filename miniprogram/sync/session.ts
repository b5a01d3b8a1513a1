/**
 * Everything that belongs to one signed-in user, from sign-in to sign-out: composes the parts, and takes what the
 * server says to the ones it concerns. Promises nothing of its own; each part's promise is written above it.
 */
import type { Clock } from '../net/clock';
import type { Connection } from '../net/connection';
import type { HelloBody, HelloReply, Push } from '../protocol/frames';
import type { Entry, RoomId, RoomSummary, Seq, User } from '../protocol/objects';
import type { Cache } from './cache';
import { planCatchUp } from './catch-up';
import { Chats } from './chats';
import { Drafts } from './drafts';
import { Files } from './files';
import { History } from './history';
import { Logs } from './logs';
import { Outbox } from './outbox';
import type { OutboxPorts } from './outbox';
import { People } from './people';
import { Reading } from './reading';
import { Reads } from './reads';
import { Rooms } from './rooms';
import { Typing } from './typing';
import type { View } from './view';

export interface SessionPorts {
  user: User;
  view: View;
  link: Pick<Connection, 'request' | 'tell'>;
  cache: Cache;
  clock: Clock;
  /** How long to wait before something is tried again that has failed `attempts` times before. */
  pauseMs: (attempts: number) => number;
  upload: OutboxPorts['upload'];
  serverUrl: string;
}

/** What the shelf of rooms holds. */
interface KeptRooms {
  rooms: RoomSummary[];
  unconfirmed: [RoomId, Seq][];
}

const MAX_KEPT_ROOMS = 200;

export class Session {
  readonly outbox: Outbox;
  readonly rooms: Rooms;
  readonly chats: Chats;
  readonly people: People;
  readonly typing: Typing;
  readonly reads: Reads;
  readonly logs: Logs;
  readonly history: History;
  readonly reading: Reading;
  readonly files: Files;
  readonly drafts: Drafts;
  readonly #ports: SessionPorts;
  /** Rooms whose unread count only the server can tell. */
  readonly #uncertain = new Set<RoomId>();
  #refreshing = false;
  #isOver = false;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
    const { user, view, link, cache, clock, pauseMs, serverUrl } = ports;
    cache.open(user.id);
    const kept = cache.read('rooms') as Partial<KeptRooms> | null;
    this.rooms = new Rooms(view, user.id);
    this.chats = new Chats(view);
    this.logs = new Logs({ cache, me: user.id, isOpen: (room) => this.chats.isOpen(room) });
    this.typing = new Typing(clock, (room, users) => this.rooms.typing(room, users));
    this.outbox = new Outbox({
      me: user.id,
      storage: cache.storage,
      clock,
      pauseMs,
      send: (body) => link.request('message.send', body),
      upload: async (path, progress) => {
        const file = await ports.upload(path, progress);
        if (!this.#isOver) this.files.isHere(file, path);
        return file;
      },
      changed: (room) => this.#unsentChanged(room),
      isPast: (room, seq) => seq <= (this.logs.get(room)?.cursor ?? 0),
    });
    this.reads = new Reads(
      {
        clock,
        send: (body) => link.request('room.read', body),
        confirmed: (room) => void (this.#uncertain.delete(room) && this.#refresh()),
        changed: () => this.#keepRooms(),
      },
      kept?.unconfirmed ?? [],
    );
    this.people = new People({ view, clock, cache, get: (users) => link.request('user.get', { users }) });
    this.files = new Files({
      view,
      clock,
      cache,
      serverUrl,
      get: (body) => link.request('file.get', body),
    });
    this.drafts = new Drafts({ me: user.id, view, storage: cache.storage, clock });
    this.history = new History({
      me: user.id,
      logs: this.logs,
      clock,
      pauseMs,
      get: (body) => link.request('message.history', body),
      arrived: (room, entries) => this.#arrived(room, entries),
    });
    const { logs, chats, history, outbox, people, rooms } = this;
    this.reading = new Reading({ view, logs, chats, history, outbox, people, rooms });
    this.people.met([user]);
    this.rooms.greet(kept?.rooms ?? []);
    for (const room of this.outbox.rooms) this.#unsentChanged(room);
  }

  greeting(): Pick<HelloBody, 'epoch' | 'cursors'> {
    const { epoch } = this.#ports.cache;
    const cursors = Object.fromEntries([...this.logs.held()].map(([room, { cursor }]) => [room, cursor]));
    return epoch === null ? {} : { epoch, cursors };
  }

  greeted(reply: HelloReply): void {
    const { cache } = this.#ports;
    const { plans, gone } = planCatchUp(reply, this.logs.held(), cache.epoch);
    cache.epoch = reply.epoch;
    this.people.start();
    this.files.start();
    this.people.met([reply.user, ...reply.rooms.flatMap(({ peer }) => peer ?? [])]);
    const shown = [...gone, ...this.rooms.ids, ...this.outbox.rooms];
    for (const room of new Set(shown)) if (!plans.has(room)) this.gone(room);
    for (const summary of reply.rooms) {
      const plan = plans.get(summary.id);
      if (plan === 'drop') this.#restart(summary);
      if (plan === 'page') this.logs.get(summary.id)?.want(summary.head);
    }
    this.rooms.greet(reply.rooms);
    for (const room of this.outbox.rooms) this.#unsentChanged(room);
    for (const [room, seq] of this.reads.unconfirmed) this.read(room, seq);
    this.history.start(reply.limits.page);
    this.reads.start();
    this.outbox.start();
    for (const summary of reply.rooms) this.reading.settle(summary.id);
    this.#keepRooms();
  }

  pushed(push: Push): void {
    switch (push.op) {
      case 'entries':
        return this.#received(push.body.room, push.body.entries);
      case 'room':
        return this.adopt(push.body.room);
      case 'gone':
        // Who is in a closed room still reads it.
        return push.body.reason === 'closed' ? this.#refresh() : this.gone(push.body.room);
      case 'read': {
        const { room, user, seq } = push.body;
        if (user !== this.#ports.user.id) return this.rooms.peerRead(room, seq);
        if (this.#markRead(room, seq) === 'unknown') this.#refresh();
        return;
      }
      case 'typing':
        this.people.need([{ from: push.body.user, kind: '', body: {} }]);
        return this.typing.heard(push.body.room, push.body.user);
      case 'presence': {
        const { user, ...seen } = push.body;
        return this.rooms.presence(user, seen);
      }
      case 'report':
        return this.#ports.view.set('report', push.body);
      case 'session.bye':
        return; // The connection's.
    }
  }

  /** There is no connection any more. */
  lost(): void {
    this.outbox.stop();
    this.reads.stop();
    this.history.stop();
    this.people.stop();
    this.files.stop();
    this.typing.clear();
    this.rooms.forgetPresence();
  }

  /** The user is signed in no more: what is still under way shows and keeps nothing. */
  end(): void {
    this.#isOver = true;
    this.lost();
    this.drafts.flush();
    this.chats.clear();
    this.logs.clear();
  }

  /** A room as the server has just told of it, perhaps for the first time. */
  adopt(summary: RoomSummary): void {
    if (!this.logs.get(summary.id)) this.logs.restart(summary.id, summary.head);
    this.rooms.merge(summary);
    if (summary.peer) this.people.met([summary.peer]);
    this.#keepRooms();
    this.reading.settle(summary.id);
  }

  /** One is no longer in the room, and sees nothing of it any more. */
  gone(room: RoomId): void {
    this.logs.drop(room);
    this.reads.drop(room);
    this.outbox.dropRoom(room);
    this.rooms.remove(room);
    this.drafts.drop(room);
    this.chats.visit(room, null);
    this.chats.older(room, 'none');
    this.reading.show(room);
    this.#keepRooms();
  }

  read(room: RoomId, seq: Seq): void {
    const moved = this.#markRead(room, seq);
    if (moved === false) return;
    if (moved === 'unknown') this.#uncertain.add(room);
    this.reads.note(room, this.rooms.get(room)?.read ?? seq);
  }

  #markRead(room: RoomId, seq: Seq): boolean | 'unknown' {
    const timeline = this.logs.get(room);
    return this.rooms.markRead(room, seq, (after, upTo) => timeline?.countUnread(after, upTo) ?? null);
  }

  #received(room: RoomId, entries: Entry[]): void {
    const timeline = this.logs.get(room);
    if (!timeline) return this.#refresh(); // Added to a room of which nothing was told yet.
    const added = timeline.apply(entries);
    if (added.length > 0) this.#arrived(room, added);
    if (timeline.hole !== null) this.history.fill(room);
  }

  #arrived(room: RoomId, entries: Entry[]): void {
    const { user } = this.#ports;
    for (const { from, cid } of entries) {
      if (from === user.id && cid !== undefined) this.outbox.arrived(room, cid);
      this.typing.over(room, from);
    }
    this.rooms.entered(room, entries);
    this.chats.hear(room, entries);
    this.logs.changed(room);
    this.people.need(entries);
    this.#keepRooms();
    this.reading.show(room);
  }

  #restart({ id, head }: RoomSummary): void {
    this.logs.restart(id, head);
    this.outbox.restarted(id);
    this.chats.visit(id, null);
    this.chats.older(id, 'unknown');
  }

  /** Asks for the list of rooms: where only the server knows. */
  #refresh(): void {
    if (this.#refreshing) return;
    this.#refreshing = true;
    const tell = (rooms: RoomSummary[]): void => {
      this.#refreshing = false;
      for (const room of rooms) this.adopt(room);
    };
    this.#ports.link.request('room.list', {}).then(
      ({ rooms }) => tell(rooms),
      () => tell([]), // The next hello tells it all.
    );
  }

  #unsentChanged(room: RoomId): void {
    const { view } = this.#ports;
    this.rooms.unsent(room, {
      count: this.outbox.count(room),
      failed: this.outbox.failed(room),
      newest: this.outbox.newest(room),
    });
    view.set('waiting', this.outbox.count());
    view.set('storageFull', this.outbox.isUnsafe);
    this.reading.show(room);
  }

  #keepRooms(): void {
    this.#ports.cache.keep('rooms', () => ({
      rooms: this.rooms.summaries(MAX_KEPT_ROOMS),
      unconfirmed: this.reads.unconfirmed,
    }));
  }
}
