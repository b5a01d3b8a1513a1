/**
 * The session layer of one node, whole, over rooms in memory: what is stored is published at once, and reads can be
 * held up, so that a test decides what a hello overlaps with. A read sees what was there when it began.
 */
import type { HelloBody } from '../../miniprogram/protocol/frames.ts';
import { DEFAULT_LIMITS } from '../../miniprogram/protocol/limits.ts';
import type {
  Entry,
  Role,
  RoomId,
  RoomSummary,
  SysBody,
  UserId,
} from '../../miniprogram/protocol/objects.ts';
import { LocalBus } from '../../server/bus/local.ts';
import type { LogStore, RoomStore } from '../../server/domain/ports.ts';
import { Refusal } from '../../server/outcome.ts';
import { Fanout } from '../../server/session/fanout.ts';
import { createGreeting, type ReportNews } from '../../server/session/greeting.ts';
import { Registry } from '../../server/session/registry.ts';
import type { Session } from '../../server/session/session.ts';
import { Sessions } from '../../server/session/sessions.ts';
import { notice, textEntry } from '../domain/factories.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { FakeHub, type FakePeer } from './fake-peer.ts';

interface Room {
  log: Entry[];
  members: Map<UserId, Role>;
}

type Read = 'summaries' | 'summary' | 'page' | 'authenticate';

/** Lets everything go as far as it can. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class FakeNode {
  readonly clock = new ManualClock();
  readonly bus = new LocalBus();
  readonly hub = new FakeHub();
  readonly rooms = new Map<RoomId, Room>();
  readonly faults: unknown[] = [];
  /** What happened to presence and to the roster, in order. */
  readonly presence: string[] = [];
  readonly followed: string[] = [];
  readonly registry: Registry;
  readonly fanout: Fanout;
  readonly greeting: ReturnType<typeof createGreeting>;
  readonly sessions: Sessions;
  readonly #gates = new Map<Read, Promise<void>>();
  readonly epoch = 'epoch1';
  /** What became of a user's reports, and of which of them the user was told. */
  readonly news = new Map<UserId, Awaited<ReturnType<ReportNews['untold']>>>();
  readonly toldOf: string[] = [];

  constructor() {
    const { clock, bus, hub } = this;
    const onFault = (reason: unknown): void => void this.faults.push(reason);
    const store: Pick<LogStore, 'page'> & Pick<RoomStore, 'summaries' | 'summary'> & { epoch: string } = {
      epoch: this.epoch,
      summaries: (user) => this.#read('summaries', () => this.#summaries(user)),
      summary: (room, user) => this.#read('summary', () => this.#summary(room, user)),
      page: (room, { after, limit }) =>
        this.#read('page', () => {
          const log = this.#room(room).log;
          const from = after ?? Math.max(0, log.length - limit);
          return { entries: log.slice(from, from + limit), head: log.length, more: false };
        }),
    };
    this.registry = new Registry({
      bus,
      subjectOf: (user) => `user.${user}`,
      maxSessions: 3,
      onMessage: (session, message) => this.greeting.hear(session, message),
      onFirst: (user) => this.presence.push(`${user} came`),
      onLast: (user) => this.presence.push(`${user} went`),
    });
    this.fanout = new Fanout({
      bus,
      store,
      hub,
      subjectOf: (room) => `room.${room}`,
      follow: (room) => {
        this.followed.push(`follow ${room}`);
        return () => this.followed.push(`unfollow ${room}`);
      },
      onEntries: (room, entries) => this.followed.push(`${room} ${entries.map(({ seq }) => seq).join(' ')}`),
      onChanged: (session, room) => this.greeting.show(session, room),
      onFault,
    });
    this.greeting = createGreeting({
      // The token is the user's id; the login bears the same name.
      authenticate: (token) =>
        this.#read('authenticate', () => {
          if (token === 'bad') throw new Refusal('UNAUTHORIZED', 'token: is not valid');
          const user = { id: token, name: token.toUpperCase() };
          return { user, sid: `login of ${token}`, expiresAt: clock.now() + 900_000 };
        }),
      store,
      registry: this.registry,
      fanout: this.fanout,
      clock,
      limits: DEFAULT_LIMITS,
      check: 'off',
      notices: {},
      heartbeatMs: 10_000,
      presenceFor: (user) => Promise.resolve(user === 'lonely' ? [] : [{ user: 'peer', online: true }]),
      reports: { untold: (user) => Promise.resolve(this.news.get(user) ?? []), told: this.told },
      onFault,
    });
    this.sessions = new Sessions({
      clock,
      heartbeatMs: 10_000,
      maxRequests: 32,
      maxBacklog: 1_000_000,
      registry: this.registry,
      fanout: this.fanout,
    });
  }

  readonly told = (ids: string[]): Promise<void> => {
    this.toldOf.push(...ids);
    return Promise.resolve();
  };

  open(): { session: Session; peer: FakePeer } {
    const peer = this.hub.peer();
    return { session: this.sessions.open(peer), peer };
  }

  /** Says hello as request 1, and does what the dispatcher does with the answer. */
  async hello(session: Session, body: Partial<HelloBody> & { token: string }): Promise<void> {
    session.begin(1);
    const { reply, after } = await this.greeting.hello(session, { version: 1, ...body });
    session.reply(1, reply);
    after();
  }

  /** Somebody is there, caught up with. */
  async arrive(user: UserId, held: Pick<HelloBody, 'cursors' | 'epoch'> = {}) {
    const opened = this.open();
    await this.hello(opened.session, { token: user, ...held });
    await settle();
    return opened;
  }

  /** From now on reads of this kind wait for the undo. */
  hold(read: Read): () => void {
    let open = (): void => undefined;
    this.#gates.set(read, new Promise((resolve) => (open = resolve)));
    return () => {
      this.#gates.delete(read);
      open();
    };
  }

  /** From now on reads of this kind are UNAVAILABLE until the undo. */
  fail(read: Read): () => void {
    const away = Promise.reject(new Refusal('UNAVAILABLE', 'the store is away'));
    away.catch(() => undefined);
    this.#gates.set(read, away);
    return () => void this.#gates.delete(read);
  }

  /** A room with so many texts and these members. */
  make(room: RoomId, length: number, ...members: UserId[]): void {
    const log = Array.from({ length }, (_, i) => textEntry(i + 1));
    this.rooms.set(room, { log, members: new Map(members.map((user) => [user, 'member'])) });
  }

  say(room: RoomId, count = 1): void {
    const { log } = this.#room(room);
    this.#store(
      room,
      Array.from({ length: count }, (_, i) => textEntry(log.length + 1 + i)),
    );
  }

  announce(room: RoomId, body: SysBody): void {
    this.#store(room, [notice(this.#room(room).log.length + 1, body)]);
  }

  remove(room: RoomId, user: UserId): void {
    this.#room(room).members.delete(user);
    this.announce(room, { action: 'removed', user });
  }

  invite(room: RoomId, user: UserId): void {
    this.#room(room).members.set(user, 'member');
    this.announce(room, { action: 'invited', users: [user] });
    this.bus.publish(`user.${user}`, { type: 'room', user, room });
  }

  promote(room: RoomId, user: UserId): void {
    this.#room(room).members.set(user, 'admin');
    this.announce(room, { action: 'role', user, role: 'admin' });
  }

  #store(room: RoomId, entries: Entry[]): void {
    this.#room(room).log.push(...entries);
    this.bus.publish(`room.${room}`, { type: 'entries', room, entries });
  }

  #room(id: RoomId): Room {
    const room = this.rooms.get(id);
    if (!room) throw new Error(`no room ${id}`);
    return room;
  }

  #summaries(user: UserId): RoomSummary[] {
    return [...this.rooms.keys()].flatMap((room) => this.#summary(room, user) ?? []);
  }

  #summary(id: RoomId, user: UserId): RoomSummary | null {
    const { log, members } = this.#room(id);
    const role = members.get(user);
    if (!role) return null;
    return { id, kind: 'group', name: id, head: log.length, role, read: 0, unread: 0, members: members.size };
  }

  async #read<T>(kind: Read, see: () => T): Promise<T> {
    const seen = see();
    await this.#gates.get(kind);
    return seen;
  }
}
