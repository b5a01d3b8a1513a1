/**
 * A room on one node whose bus loses, doubles, reorders and splits messages and whose store answers late and in any
 * order, while peers join, leave and are taken out. Driven by a seed, so that a run can be seen again. Knows what
 * each peer must get, and says what was wrong.
 */
import type { Entry } from '../../miniprogram/protocol/objects.ts';
import type { PageRange } from '../../server/domain/ports.ts';
import type { FeedDeps, Joiner } from '../../server/session/feed.ts';
import { notice, textEntry } from '../domain/factories.ts';
import { FakeHub, type FakePeer } from './fake-peer.ts';

/** A Feed, or something with a bug in it. */
export interface FeedLike {
  deliver(entries: readonly Entry[]): void;
  join(from: number, joiner: Joiner): Promise<void>;
}
export type MakeFeed = (room: string, deps: FeedDeps) => FeedLike;

interface Guest {
  name: string;
  peer: FakePeer;
  from: number;
  /** Where the room stood when it was known that the guest is a member. */
  memberAt: number;
  state: 'known' | 'joining' | 'joined' | 'left' | 'cut off';
}

interface Read {
  range: PageRange;
  /** What the read sees, where that was decided when it began. */
  seen: readonly Entry[] | undefined;
  resolve: (page: { entries: Entry[]; head: number; more: boolean }) => void;
  reject: (reason: Error) => void;
}

const ROOM = 'r';
const STEPS = 120;
const MOST_GUESTS = 6;
const AWAY = new Error('the store is away');

/** mulberry32: 32 bits of state are enough to try interleavings. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export class FeedSimulation {
  readonly #random: (below: number) => number;
  readonly #hub = new FakeHub();
  readonly #log: Entry[] = [];
  readonly #guests: Guest[] = [];
  readonly #feed: FeedLike;
  #messages: Entry[][] = [];
  #reads: Read[] = [];
  #undrained: (() => void)[] = [];
  /** Faults that are not the store's. */
  readonly #bugs: string[] = [];

  constructor(seed: number, makeFeed: MakeFeed) {
    this.#random = randomOf(seed);
    this.#append();
    this.#feed = makeFeed(ROOM, {
      store: { page: (_, range) => this.#read(range) },
      publish: (frame) => this.#hub.publish(ROOM, frame),
      beforeEach: (entry) => {
        for (const guest of this.#guests) this.#heed(guest, entry);
      },
      onFault: (reason) => {
        if (reason !== AWAY) this.#bugs.push(String(reason));
      },
    });
  }

  /** @returns what was wrong, or null */
  async run(): Promise<string | null> {
    for (let step = 0; step < STEPS; step++) {
      this.#step();
      for (let turns = this.#random(6); turns > 0; turns--) await Promise.resolve();
    }
    await this.#comeToRest();
    return this.#verdict();
  }

  #step(): void {
    const { length: reads } = this.#reads;
    const { length: messages } = this.#messages;
    const die = this.#random(100);
    if (die < 25) return this.#append();
    if (die < 50 && messages > 0) return this.#carry(this.#random(messages));
    if (die < 75 && reads > 0) return this.#answer(this.#random(reads));
    if (die < 81) return this.#arrive();
    if (die < 86) return this.#join();
    if (die < 88) return this.#leave();
    if (die < 98) return this.#undrained.splice(this.#random(this.#undrained.length + 1), 1)[0]?.();
    if (reads > 0) this.#reads.splice(this.#random(reads), 1)[0]?.reject(AWAY);
  }

  /** A batch becomes durable, and a message of it goes on its way: whole or in two. */
  #append(): void {
    const batch: Entry[] = [];
    for (let count = 1 + this.#random(4); count > 0; count--) {
      const seq = this.#log.length + 1;
      const guest = this.#guests[this.#random(MOST_GUESTS * 8)];
      const entry = guest ? notice(seq, { action: 'removed', user: guest.name }) : textEntry(seq);
      this.#log.push(entry);
      batch.push(entry);
    }
    const cut = this.#random(batch.length + 2);
    this.#messages.push(...[batch.slice(0, cut), batch.slice(cut)].filter(({ length }) => length > 0));
  }

  /** The bus loses one message in eight and doubles one in eight; the order is whatever was drawn. */
  #carry(index: number): void {
    const fate = this.#random(8);
    const message = this.#messages[index] ?? [];
    if (fate !== 0) this.#messages.splice(index, 1);
    if (fate !== 1) this.#feed.deliver(message);
  }

  #read(range: PageRange): ReturnType<FeedDeps['store']['page']> {
    const seen = this.#random(2) === 0 ? [...this.#log] : undefined;
    return new Promise((resolve, reject) => this.#reads.push({ range, seen, resolve, reject }));
  }

  #answer(index: number): void {
    const [read] = this.#reads.splice(index, 1);
    if (!read) return;
    const log = read.seen ?? this.#log;
    const { after = log.length - 1, limit } = read.range;
    const entries = log.slice(after, after + limit);
    read.resolve({ entries, head: log.length, more: after + limit < log.length });
  }

  /** The store says that somebody is a member, and how far the room goes; they join a little later. */
  #arrive(): void {
    if (this.#guests.length >= MOST_GUESTS) return;
    const memberAt = this.#log.length;
    const from = memberAt - this.#random(Math.min(memberAt, 12) + 1);
    const name = `guest ${this.#guests.length}`;
    this.#guests.push({ name, peer: this.#hub.peer(), from, memberAt, state: 'known' });
  }

  #join(): void {
    const guest = this.#guests.find(({ state }) => state === 'known');
    if (!guest) return;
    guest.state = 'joining';
    const isWanted = (): boolean => guest.state === 'joining' || guest.state === 'joined';
    const joiner: Joiner = {
      peer: guest.peer,
      isWanted,
      drained: () =>
        this.#random(2) === 0 ? Promise.resolve() : new Promise((resolve) => this.#undrained.push(resolve)),
      beforeEach: (entry) => {
        if (entry.seq > guest.memberAt) this.#heed(guest, entry);
      },
    };
    this.#feed.join(guest.from, joiner).then(
      () => {
        if (guest.state === 'joining') guest.state = 'joined';
      },
      (reason) => {
        if (reason !== AWAY) this.#bugs.push(String(reason));
        this.#end(guest, 'cut off');
      },
    );
  }

  #leave(): void {
    const guest = this.#guests[this.#random(MOST_GUESTS)];
    if (guest?.state === 'joining' || guest?.state === 'joined') this.#end(guest, 'left');
  }

  #heed(guest: Guest, entry: Entry): void {
    const isThere = guest.state === 'joining' || guest.state === 'joined';
    if (isThere && takesOut(entry, guest)) this.#end(guest, 'left');
  }

  #end(guest: Guest, state: 'left' | 'cut off'): void {
    guest.state = state;
    guest.peer.unsubscribe(ROOM);
  }

  /** All that is under way ends; then one more entry comes, which heals every hole. */
  async #comeToRest(): Promise<void> {
    await this.#untilIdle();
    this.#append();
    for (const message of this.#messages.splice(0)) this.#feed.deliver(message);
    await this.#untilIdle();
  }

  async #untilIdle(): Promise<void> {
    for (let idle = 0; idle < 30; idle++) {
      if (this.#reads.length + this.#undrained.length > 0) idle = 0;
      if (this.#reads.length > 0) this.#answer(0);
      for (const drained of this.#undrained.splice(0)) drained();
      await Promise.resolve();
    }
  }

  #verdict(): string | null {
    for (const guest of this.#guests) {
      const { name, from, memberAt, state } = guest;
      const takenOutAt = this.#log.find((entry) => entry.seq > memberAt && takesOut(entry, guest))?.seq;
      const seqs = guest.peer.seqs(ROOM);
      const wrong = seqs.findIndex((seq, i) => seq !== from + 1 + i);
      if (wrong >= 0) return `${name} from ${from}: ${seqs.join(' ')} is wrong at ${seqs[wrong]}`;
      const last = from + seqs.length;
      if (takenOutAt !== undefined && last >= takenOutAt)
        return `${name}, taken out at ${takenOutAt}, saw ${last}`;
      if (state === 'joining') return `${name} from ${from} still waits`;
      if (state === 'joined' && last !== this.#log.length)
        return `${name} has ${last} of ${this.#log.length}`;
    }
    return this.#bugs[0] ?? null;
  }
}

const takesOut = (entry: Entry, { name }: Guest): boolean =>
  entry.kind === 'sys' && entry.body.action === 'removed' && entry.body.user === name;
