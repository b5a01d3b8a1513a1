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
  /** Frames of what is no entry. */
  told: string[];
  overflown: boolean;
}

/** Consecutive entries, as they go to whoever has missed them. */
interface Missed {
  last: Seq;
  runs: { notice: Entry | undefined; frames: string[] }[];
}

const FILL_PAGE = 200;
/** Reads that are kept for others; of more the oldest go, for a crowd that comes from everywhere shares nothing. */
const MAX_MISSED = 16;
/** Entries kept for one joining session; past it the session is cut off and comes back. */
const MAX_HELD = 5_000;
/** The same of what else was told; of more the oldest go, which newer ones have mostly overtaken. */
const MAX_TOLD = 500;
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
  /** `after/limit` → what is read there, while somebody is on the way and nothing new is published. */
  readonly #missed = new Map<string, Promise<Missed>>();

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

  /** Publishes what is no entry and stored nowhere, such as how far somebody has read: who is on the way has it, too. */
  tell(frame: string): void {
    for (const { told } of this.#holds) {
      if (told.length === MAX_TOLD) told.shift();
      told.push(frame);
    }
    this.#deps.publish(frame);
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
    // A recall among them has changed what was read.
    this.#missed.clear();
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
    const hold: Hold = { entries: [], told: [], overflown: false };
    this.#holds.add(hold);
    try {
      await this.reach(from);
      // What was published up to here the topic does not bring again, so it is read; all that follows is held.
      const until = this.#head;
      let cursor = from;
      while (cursor < until) {
        const limit = Math.min(FILL_PAGE, until - cursor);
        const missed = await this.#read(cursor, limit);
        if (!(await this.#send(missed, joiner))) return;
        cursor = missed.last;
      }
      if (hold.overflown) throw new TooFarBehind();
      if (!joiner.isWanted()) return;
      const rest = hold.entries.filter(({ seq }) => seq > until);
      for (const frame of [...entriesFrames(this.room, rest), ...hold.told]) joiner.peer.send(frame);
      joiner.peer.subscribe(this.room);
    } finally {
      this.#holds.delete(hold);
      if (this.#holds.size === 0) this.#missed.clear();
    }
  }

  /**
   * What is stored already. Those who come back together, as after the end of a node, come from the same entry: it is
   * read and made into frames once for all of them.
   */
  #read(after: Seq, limit: number): Promise<Missed> {
    const key = `${after}/${limit}`;
    const known = this.#missed.get(key);
    if (known) return known;
    const reading = this.#deps.store.page(this.room, { after, limit }).then(({ entries }) => {
      const last = entries.at(-1)?.seq;
      if (last === undefined)
        throw new Error(`the store has no entry ${after + 1} of a room that goes further`);
      const runs = cutAtNotices(entries).map((run) => ({
        notice: run.find(isNotice),
        frames: entriesFrames(this.room, run),
      }));
      return { last, runs };
    });
    for (const oldest of this.#missed.keys()) {
      if (this.#missed.size < MAX_MISSED) break;
      this.#missed.delete(oldest);
    }
    this.#missed.set(key, reading);
    reading.catch(() => this.#missed.delete(key));
    return reading;
  }

  /** @returns whether the session is still wanted afterwards */
  async #send({ runs }: Missed, { peer, isWanted, drained, beforeEach }: Joiner): Promise<boolean> {
    if (!isWanted()) return false;
    for (const { notice, frames } of runs) {
      if (notice) beforeEach(notice);
      if (!isWanted()) return false;
      for (const frame of frames) {
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
