/**
 * One room on one node: takes the entries that the bus brings, puts them in order by seq, fills what is missing from
 * the store, and publishes each exactly once to the room's topic. A session that joins is brought from its cursor to
 * the topic without a hole and without a double. Order and truth are the store's; the feed only remembers how far it
 * has published.
 */
import type { Entry, RoomId, Seq } from '../../miniprogram/protocol/objects.ts';
import type { LogStore } from '../domain/ports.ts';
import { entriesFrames } from './frames.ts';
import type { Peer } from './peer.ts';

/** What a feed does with the outside. */
export interface FeedDeps {
  store: Pick<LogStore, 'page'>;
  publish: (frame: string) => void;
  /** Told of notices in order, each before it is published: whomever it takes out sees what came before, not it. */
  beforeEach: (notice: Entry) => void;
  /** The store could not be read; the feed tries again with the next entry or join. */
  onFault: (reason: unknown) => void;
}

/** A session on its way from its cursor to the topic. */
export interface Joiner {
  peer: Peer;
  /** False as soon as it has left: then it is sent nothing more and not subscribed. */
  isWanted: () => boolean;
  /** Resolves when the peer has taken most of what was sent, or is gone. */
  drained: () => Promise<void>;
  /** As of the feed, for the notices that it has missed. */
  beforeEach: (notice: Entry) => void;
}

/** What was published while a session was on its way. */
interface Hold {
  entries: Entry[];
  overflown: boolean;
}

const FILL_PAGE = 200;
/** Entries kept for one joining session; past it the session is cut off and comes back. */
const MAX_HELD = 5_000;
/** Entries kept that came too early; past it they are read from the store in their turn. */
const MAX_EARLY = 5_000;

export class TooFarBehind extends Error {}

export class Feed {
  readonly room: RoomId;
  readonly #deps: FeedDeps;
  /** The last seq published; -1 until the store told. */
  #head: Seq = -1;
  /** What came before the head was known, or after a hole. */
  #early: Entry[] = [];
  #filling: Promise<void> | undefined;
  readonly #holds = new Set<Hold>();
  /** `after/limit` → the read under way. */
  readonly #reads = new Map<string, Promise<Entry[]>>();

  constructor(room: RoomId, deps: FeedDeps) {
    this.room = room;
    this.#deps = deps;
  }

  /** How far it has published; -1 while it does not know where it begins. */
  get head(): Seq {
    return this.#head;
  }

  /** Takes entries in any order, also again; those of one call are consecutive. */
  deliver(entries: readonly Entry[]): void {
    const [first] = entries;
    const last = entries.at(-1);
    if (!first || !last) return;
    if (this.#head >= 0 && first.seq <= this.#head + 1) this.#publishAfterHead(entries);
    else if (this.#early.length < MAX_EARLY) this.#early.push(...entries);
    this.#publishEarly();
    if (this.#head >= 0 && this.#head < last.seq) this.reach(last.seq).catch(this.#deps.onFault);
  }

  /** Resolves when everything up to `seq`, which the store is known to have, was published. */
  async reach(seq: Seq): Promise<void> {
    while (this.#head < seq) {
      if (this.#filling) {
        // It may have read before `seq` was stored.
        await this.#filling;
        continue;
      }
      const before = this.#head;
      this.#filling = this.#fill().finally(() => (this.#filling = undefined));
      await this.#filling;
      if (this.#head === before)
        throw new Error(`the store has no entry ${before + 1} of a room that goes further`);
    }
  }

  async #fill(): Promise<void> {
    if (this.#head < 0) {
      // Nobody on this node has seen the room: what is stored now is history, and live is what follows.
      const { head } = await this.#deps.store.page(this.room, { limit: 1 });
      this.#head = head;
    } else {
      const { entries } = await this.#deps.store.page(this.room, { after: this.#head, limit: FILL_PAGE });
      this.#publishAfterHead(entries);
    }
    this.#publishEarly();
    const beyond = this.#early.at(-1);
    if (beyond) this.reach(beyond.seq).catch(this.#deps.onFault);
  }

  /** What came early and has its turn now. */
  #publishEarly(): void {
    if (this.#head < 0 || this.#early.length === 0) return;
    const early = this.#early.sort((a, b) => a.seq - b.seq);
    const next = early.filter(({ seq }, i) => seq > this.#head && seq !== early[i - 1]?.seq);
    const hole = next.findIndex(({ seq }, i) => seq !== this.#head + 1 + i);
    this.#early = hole < 0 ? [] : next.slice(hole);
    this.#publishAfterHead(hole < 0 ? next : next.slice(0, hole));
  }

  /** `entries` are consecutive; those that were published before are left out. */
  #publishAfterHead(entries: readonly Entry[]): void {
    for (const run of cutAtNotices(entries.filter(({ seq }) => seq > this.#head))) {
      const [first] = run;
      if (first && isNotice(first)) this.#deps.beforeEach(first);
      this.#publish(run);
    }
  }

  #publish(entries: Entry[]): void {
    this.#head = entries.at(-1)?.seq ?? this.#head;
    for (const hold of this.#holds) {
      if (hold.entries.length + entries.length > MAX_HELD) hold.overflown = true;
      else hold.entries.push(...entries);
    }
    for (const frame of entriesFrames(this.room, entries)) this.#deps.publish(frame);
  }

  /**
   * Sends a session all entries after `from` and subscribes it, so that it has each exactly once, in order. `from` is
   * a seq that the store has shown to exist. Where nothing is missing it is done before the call returns.
   * @throws TooFarBehind where more was published meanwhile than is kept
   */
  join(from: Seq, joiner: Joiner): Promise<void> {
    if (this.#head !== from) return this.#bringUp(from, joiner);
    joiner.peer.subscribe(this.room);
    return Promise.resolve();
  }

  async #bringUp(from: Seq, joiner: Joiner): Promise<void> {
    const hold: Hold = { entries: [], overflown: false };
    this.#holds.add(hold);
    try {
      await this.reach(from);
      // What was published up to here the topic does not bring again, so it is read; all that follows is held.
      const until = this.#head;
      let cursor = from;
      while (cursor < until) {
        const limit = Math.min(FILL_PAGE, until - cursor);
        const entries = await this.#read(cursor, limit);
        const last = entries.at(-1);
        if (!last) throw new Error(`the store has no entry ${cursor + 1} of a room that goes further`);
        if (!(await this.#send(entries, joiner))) return;
        cursor = last.seq;
      }
      if (hold.overflown) throw new TooFarBehind();
      if (!joiner.isWanted()) return;
      const rest = hold.entries.filter(({ seq }) => seq > until);
      for (const frame of entriesFrames(this.room, rest)) joiner.peer.send(frame);
      joiner.peer.subscribe(this.room);
    } finally {
      this.#holds.delete(hold);
    }
  }

  /**
   * What is stored already. Those who come back together, as after the end of a node, come from the same entry: one
   * read serves all who ask while it is under way.
   */
  #read(after: Seq, limit: number): Promise<Entry[]> {
    const key = `${after}/${limit}`;
    const known = this.#reads.get(key);
    if (known) return known;
    const reading = this.#deps.store
      .page(this.room, { after, limit })
      .then(({ entries }) => entries)
      .finally(() => this.#reads.delete(key));
    this.#reads.set(key, reading);
    return reading;
  }

  /** @returns whether the session is still wanted afterwards */
  async #send(entries: readonly Entry[], { peer, isWanted, drained, beforeEach }: Joiner): Promise<boolean> {
    if (!isWanted()) return false;
    for (const run of cutAtNotices(entries)) {
      const [first] = run;
      if (first && isNotice(first)) beforeEach(first);
      if (!isWanted()) return false;
      for (const frame of entriesFrames(this.room, run)) {
        peer.send(frame);
        await drained();
        if (!isWanted()) return false;
      }
    }
    return true;
  }
}

/** That somebody has come concerns nobody who is there already; a storm of newcomers shares its frames. */
const isNotice = (entry: Entry): boolean =>
  entry.kind === 'sys' && entry.body.action !== 'joined' && entry.body.action !== 'invited';

/** Each notice begins a run of its own. */
function cutAtNotices(entries: readonly Entry[]): Entry[][] {
  const runs: Entry[][] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    if (run && !isNotice(entry)) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}
