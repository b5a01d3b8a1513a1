/**
 * Who is there, on whichever node: told to the other ends of one's direct rooms when one's first socket comes and
 * when the last goes. Shown, and relied on by nothing. No node keeps a list for the others: each remembers of the
 * people that its own users watch on which other nodes they are, is told of changes, and asks again all the time. A
 * node that does not answer for somebody has them no more, so a node that died leaves nobody online.
 */
import type { Timestamp, UserId } from '../../miniprogram/protocol/objects.ts';
import type { Bus, BusMessage, Clock, NodeId, RoomStore, Undo, UserStore } from './ports.ts';
import { nodeSubject, PRESENCE_SUBJECT } from './subjects.ts';

export interface PresenceOf {
  user: UserId;
  online: boolean;
  lastSeen?: Timestamp;
}

export interface PresenceDeps {
  store: Pick<RoomStore, 'peers'> & Pick<UserStore, 'lastSeen' | 'markSeen'>;
  bus: Bus;
  clock: Pick<Clock, 'now' | 'monotonic' | 'after'>;
  node: NodeId;
  /** Whether the user has a socket on this node. */
  isHere: (user: UserId) => boolean;
  /** Tells a user's sockets on this node how somebody is. */
  tell: (watcher: UserId, about: PresenceOf) => void;
}

interface Watched {
  watchers: Set<UserId>;
  /** Other nodes that have said that the user is there, and when last, monotonic ms. */
  elsewhere: Map<NodeId, number>;
}

/** Users asked about in one message. */
const ASKED_AT_ONCE = 500;
/** Whoever has not answered by then is not there. */
const ANSWER_MS = 3_000;
/** The same, for who wants to know just now. */
const SOUGHT_MS = 1_000;
/** Asking goes round everybody who is watched in about so many turns. */
const TURNS = 15;
/** People that one user watches at most. */
const MAX_PEERS = 1_000;

export class Presence {
  readonly #deps: PresenceDeps;
  readonly #watched = new Map<UserId, Watched>();
  readonly #peers = new Map<UserId, UserId[]>();
  /** Still to be asked about in this round. */
  #due: UserId[] = [];
  /** Asked for once, by somebody who does not watch them. */
  readonly #sought = new Set<{ user: UserId; confirm: () => void }>();
  readonly #undos: Undo[];

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
    const hear = (message: BusMessage): void => this.#hear(message);
    this.#undos = [PRESENCE_SUBJECT, nodeSubject(deps.node)].map((subject) =>
      deps.bus.subscribe(subject, hear),
    );
  }

  /** People who are watched by users of this node. */
  get watched(): number {
    return this.#watched.size;
  }

  /** The user's first socket on this node is there. */
  came(user: UserId): void {
    this.#publish({ user, online: true });
  }

  /** The user's last socket on this node is gone. */
  async went(user: UserId): Promise<void> {
    this.#unwatch(user);
    const { store, clock, isHere } = this.#deps;
    const lastSeen = clock.now();
    await store.markSeen(user, lastSeen);
    // Back already, while that was written.
    if (!isHere(user)) this.#publish({ user, online: false, lastSeen });
  }

  /** How things stand with one's peers, for somebody who is on this node; later changes are told. */
  async watch(watcher: UserId): Promise<PresenceOf[]> {
    const { store, isHere } = this.#deps;
    const peers = (await store.peers(watcher)).slice(0, MAX_PEERS);
    const seen = new Map((await store.lastSeen(peers)).map((row) => [row.user, row.seen]));
    // Gone meanwhile.
    if (!isHere(watcher)) return [];
    this.#unwatch(watcher);
    this.#peers.set(watcher, peers);
    for (const peer of peers) {
      const watched = this.#watched.get(peer) ?? { watchers: new Set(), elsewhere: new Map() };
      this.#watched.set(peer, watched);
      watched.watchers.add(watcher);
    }
    this.#ask(peers.filter((peer) => !isHere(peer)));
    return peers.map((peer) => {
      const lastSeen = seen.get(peer);
      if (this.#isOnline(peer)) return { user: peer, online: true };
      return lastSeen === undefined ? { user: peer, online: false } : { user: peer, online: false, lastSeen };
    });
  }

  /** Whether the user has a socket on any node; where no other says so in time, none has. */
  isAnywhere(user: UserId): Promise<boolean> {
    const { bus, clock, node } = this.#deps;
    if (this.#isOnline(user)) return Promise.resolve(true);
    if (bus.isAlone || bus.isAway) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (isThere: boolean): void => {
        undo();
        this.#sought.delete(found);
        resolve(isThere);
      };
      const found = { user, confirm: () => settle(true) };
      const undo = clock.after(SOUGHT_MS, () => settle(false));
      this.#sought.add(found);
      bus.publish(PRESENCE_SUBJECT, { type: 'who', node, users: [user] });
    });
  }

  /** To be called again and again: asks about some of those who are watched, about everybody within a few turns. */
  askSome(): void {
    if (this.#due.length === 0) this.#due = [...this.#watched.keys()];
    this.#ask(this.#due.splice(0, Math.ceil(this.#watched.size / TURNS)));
  }

  /** What other nodes said may have been lost: asks about everybody. */
  askAll(): void {
    this.#due = [];
    this.#ask([...this.#watched.keys()]);
  }

  close(): void {
    for (const undo of this.#undos) undo();
  }

  #isOnline(user: UserId): boolean {
    return this.#deps.isHere(user) || (this.#watched.get(user)?.elsewhere.size ?? 0) > 0;
  }

  #unwatch(watcher: UserId): void {
    for (const peer of this.#peers.get(watcher) ?? []) {
      const watched = this.#watched.get(peer);
      watched?.watchers.delete(watcher);
      if (watched?.watchers.size === 0) this.#watched.delete(peer);
    }
    this.#peers.delete(watcher);
  }

  #publish(about: PresenceOf): void {
    const { bus, node } = this.#deps;
    bus.publish(PRESENCE_SUBJECT, { type: 'presence', node, ...about });
  }

  #hear(message: BusMessage): void {
    if (message.type === 'presence') this.#hearOf(message);
    if (message.type === 'who') this.#answer(message);
    if (message.type === 'here') for (const user of message.users) this.#confirm(user, message.node);
  }

  #hearOf({ node, user, online, lastSeen }: Extract<BusMessage, { type: 'presence' }>): void {
    const watched = this.#watched.get(user);
    if (!watched) return;
    if (node === this.#deps.node) {
      if (online && watched.elsewhere.size > 0) return;
    } else if (online) return this.#confirm(user, node);
    else watched.elsewhere.delete(node);
    if (online === this.#isOnline(user))
      this.#tell(watched, { user, online, ...(lastSeen !== undefined && { lastSeen }) });
  }

  #confirm(user: UserId, node: NodeId): void {
    if (node === this.#deps.node) return;
    for (const found of this.#sought) if (found.user === user) found.confirm();
    const watched = this.#watched.get(user);
    if (!watched) return;
    const wasOnline = this.#isOnline(user);
    watched.elsewhere.set(node, this.#deps.clock.monotonic());
    if (!wasOnline) this.#tell(watched, { user, online: true });
  }

  #answer({ node, users }: Extract<BusMessage, { type: 'who' }>): void {
    const { bus, node: own, isHere } = this.#deps;
    if (node === own) return;
    const here = users.filter((user) => isHere(user));
    if (here.length > 0) bus.publish(nodeSubject(node), { type: 'here', node: own, users: here });
  }

  #ask(users: UserId[]): void {
    const { bus, clock, node } = this.#deps;
    if (users.length === 0 || bus.isAlone || bus.isAway) return;
    const since = clock.monotonic();
    for (let i = 0; i < users.length; i += ASKED_AT_ONCE) {
      bus.publish(PRESENCE_SUBJECT, { type: 'who', node, users: users.slice(i, i + ASKED_AT_ONCE) });
    }
    const doubtful = users.filter((user) => (this.#watched.get(user)?.elsewhere.size ?? 0) > 0);
    if (doubtful.length === 0) return;
    clock.after(ANSWER_MS, () => {
      // Where the bus itself does not answer, nobody could; what was answered comes before its pong.
      bus.ping().then(
        () => this.#forgetSilent(doubtful, since),
        () => undefined,
      );
    });
  }

  /** Nodes that were asked about these users and have not confirmed. */
  #forgetSilent(users: UserId[], since: number): void {
    for (const user of users) {
      const watched = this.#watched.get(user);
      if (!watched || watched.elsewhere.size === 0) continue;
      for (const [node, at] of watched.elsewhere) if (at < since) watched.elsewhere.delete(node);
      if (!this.#isOnline(user)) this.#tell(watched, { user, online: false });
    }
  }

  #tell({ watchers }: Watched, about: PresenceOf): void {
    for (const watcher of watchers) this.#deps.tell(watcher, about);
  }
}
