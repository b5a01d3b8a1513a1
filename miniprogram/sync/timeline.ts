/**
 * Owns what is held of one room's log: one unbroken run of entries. Pure: no clock, no network. Promises that
 * whatever arrives (pushes, pages of history, doubles, stale pages, in any order) the run has each entry once, in
 * order, without a hole; what lies beyond a hole waits until the hole is filled. Recalls, edits and reactions are in
 * their targets, whichever came first.
 */
import type { Entry, Reaction, Seq, UserId } from '../protocol/objects';
import { hasRow, isContent, toRow } from './row';
import { Tallies } from './tallies';
import type { Row } from './view';

/** As it is kept in storage. The run ends at `first + entries.length - 1`. */
export interface Run {
  first: Seq;
  entries: Entry[];
  /** Of these entries, at the end of the run. */
  reactions?: Reaction[];
}

/** What a page of history says besides its entries; nothing where the server does not count reactions. */
export interface Standing {
  head: Seq;
  /** Where the log begins, if not at 1. */
  begins?: Seq;
  reactions?: readonly Reaction[];
}

/** What later entries say of an earlier one. */
interface Change {
  recall?: { seq: Seq; by: UserId };
  edit?: { seq: Seq; ts: number; text: string };
}

/** Entries kept beyond a hole; those that find no room are fetched with the rest. */
export const MAX_AHEAD = 200;

const NO_LINES = { rows: [], upTo: 0 };

export class Timeline {
  readonly #me: UserId;
  #begins: Seq = 1;
  #first: Seq;
  #entries: Entry[];
  /** Beyond a hole. */
  readonly #ahead = new Map<Seq, Entry>();
  /** The last seq known to exist that was asked for or seen beyond a hole. */
  #wanted: Seq;
  /** By target; only of changes that are held themselves. */
  readonly #changes = new Map<Seq, Change>();
  readonly #tallies: Tallies;
  readonly #rows = new WeakMap<Entry, Row>();
  /** Made of the first `upTo` entries: what comes at the end does not make all the others anew. */
  #lines: { rows: Row[]; upTo: number } = NO_LINES;

  constructor(me: UserId, run: Run) {
    this.#me = me;
    this.#first = run.first;
    this.#entries = [];
    this.#wanted = this.cursor;
    this.#tallies = new Tallies(me);
    const { entries, reactions } = run;
    this.apply(entries, { head: run.first + entries.length - 1, ...(reactions && { reactions }) });
  }

  /** Holds nothing yet, and goes on after `head`. */
  static after(head: Seq, me: UserId): Timeline {
    return new Timeline(me, { first: head + 1, entries: [] });
  }

  get first(): Seq {
    return this.#first;
  }

  /** The last seq held; all up to it, from `first` on, are here. */
  get cursor(): Seq {
    return this.#first + this.#entries.length - 1;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** The log goes on above what is held. */
  get hasOlder(): boolean {
    return this.#first > this.#begins;
  }

  /** After which seq something is missing; null where nothing is known to be. */
  get hole(): Seq | null {
    return this.#wanted > this.cursor ? this.cursor : null;
  }

  /** Everything up to `seq` exists and shall be had. */
  want(seq: Seq): void {
    this.#wanted = Math.max(this.#wanted, seq);
  }

  /** What is missing cannot be had: carry on from what is held. */
  giveUpHole(): void {
    this.#ahead.clear();
    this.#wanted = this.cursor;
  }

  /**
   * Takes in entries from anywhere; those that do not touch the run from below are of no use and left out.
   * @param standing where the entries are a page of history
   * @returns what the run got at its end, in order
   */
  apply(entries: readonly Entry[], standing?: Standing): Entry[] {
    this.#begins = standing?.begins ?? this.#begins;
    if (standing?.reactions) this.#tell(entries, standing.reactions, standing.head);
    this.#prepend(entries);
    const before = this.#entries.length;
    for (const entry of entries) {
      if (entry.seq === this.cursor + 1) this.#append(entry);
      else if (entry.seq > this.cursor) this.#keepAhead(entry);
    }
    this.#drainAhead();
    return this.#entries.slice(before);
  }

  /** Takes in what became of entries that are held, and not the entries that say so: those lie elsewhere. */
  hear(entries: readonly Entry[]): void {
    for (const entry of entries) this.#learn(entry);
  }

  holds(seq: Seq): boolean {
    return seq >= this.#first && seq <= this.cursor;
  }

  /** What stands there, if it is held. */
  at(seq: Seq): Entry | undefined {
    return this.#entries[seq - this.#first];
  }

  /** Keeps the newest `size` at most. */
  trim(size: number): void {
    const excess = this.#entries.length - size;
    if (excess <= 0) return;
    this.#entries = this.#entries.slice(excess);
    this.#lines = NO_LINES;
    this.#first += excess;
    for (const [target, { recall, edit }] of this.#changes) {
      if (Math.max(recall?.seq ?? 0, edit?.seq ?? 0) < this.#first) this.#changes.delete(target);
    }
    this.#tallies.keep(this.#first, this.cursor);
  }

  /** Keeps the oldest `size` at most: of a stretch that is read upwards. */
  trimEnd(size: number): void {
    if (this.#entries.length <= size) return;
    this.#entries = this.#entries.slice(0, size);
    this.#lines = NO_LINES;
    this.giveUpHole();
    for (const target of this.#changes.keys()) if (target > this.cursor) this.#changes.delete(target);
    this.#tallies.keep(this.#first, this.cursor);
  }

  /** The same, held once more. */
  copy(): Timeline {
    const copy = new Timeline(this.#me, this.run(this.size));
    copy.#begins = this.#begins;
    return copy;
  }

  /** The newest `size` at most, for storage. */
  run(size: number): Run {
    const entries = size > 0 ? this.#entries.slice(-size) : [];
    const first = this.cursor + 1 - entries.length;
    return { first, entries, reactions: this.#tallies.from(first) };
  }

  /** Lines of the chat, in order. A line that did not change is the same object as before. */
  rows(): readonly Row[] {
    const { rows, upTo } = this.#lines;
    const added = this.#entries.slice(upTo).filter(({ kind }) => hasRow(kind));
    this.#lines = {
      rows: added.length > 0 ? rows.concat(added.map((entry) => this.#row(entry))) : rows,
      upTo: this.#entries.length,
    };
    return this.#lines.rows;
  }

  /** How many entries in (after, upTo] a person reads and others wrote; null where not all of them are held. */
  countUnread(after: Seq, upTo: Seq): number | null {
    if (after >= upTo) return 0;
    if (after + 1 < this.#first || upTo > this.cursor) return null;
    const range = this.#entries.slice(after + 1 - this.#first, upTo + 1 - this.#first);
    return range.filter(({ kind, from }) => isContent(kind) && from !== this.#me).length;
  }

  #prepend(entries: readonly Entry[]): void {
    const below: Entry[] = [];
    for (const entry of [...entries].reverse()) {
      if (entry.seq === this.#first - below.length - 1) below.push(entry);
    }
    if (below.length === 0) return;
    below.reverse();
    this.#first -= below.length;
    this.#entries = [...below, ...this.#entries];
    this.#lines = NO_LINES;
    for (const entry of below) this.#learn(entry);
    for (const entry of below) this.#change(entry.seq);
  }

  #append(entry: Entry): void {
    this.#entries.push(entry);
    this.#learn(entry);
    this.#change(entry.seq);
  }

  #keepAhead(entry: Entry): void {
    this.want(entry.seq);
    if (this.#ahead.size < MAX_AHEAD) this.#ahead.set(entry.seq, entry);
  }

  #drainAhead(): void {
    if (this.#ahead.size === 0) return;
    for (let next = this.#ahead.get(this.cursor + 1); next; next = this.#ahead.get(this.cursor + 1)) {
      this.#append(next);
    }
    for (const seq of this.#ahead.keys()) {
      if (seq <= this.cursor) this.#ahead.delete(seq);
    }
  }

  /** Notes what `entry` says of another, and brings that one up to date. */
  #learn(entry: Entry): void {
    const { target, seq, from, ts } = entry;
    if (target === undefined || entry.recalled) return;
    if (this.#tallies.hear(entry)) return this.#touch(target);
    const change = this.#changes.get(target) ?? {};
    if (entry.kind === 'recall') change.recall = { seq, by: from };
    else if (entry.kind === 'edit' && entry.body.text) {
      if (change.edit && change.edit.seq > seq) return;
      change.edit = { seq, ts, text: entry.body.text };
    } else return;
    this.#changes.set(target, change);
    this.#change(target);
  }

  /** Puts into the entry at `seq` what is known to have become of it. */
  #change(seq: Seq): void {
    const change = this.#changes.get(seq);
    const index = seq - this.#first;
    const entry = this.#entries[index];
    if (!change || !entry) return;
    if (change.recall) {
      this.#put(index, { ...entry, body: {}, recalled: true } as Entry);
      this.#forgetEdits(seq);
      return;
    }
    // A page of history read later than this edit shows a newer text already.
    if (change.edit && entry.kind === 'text' && !entry.recalled && (entry.edited ?? 0) <= change.edit.ts) {
      this.#put(index, { ...entry, body: { text: change.edit.text }, edited: change.edit.ts });
    }
  }

  #tell(entries: readonly Entry[], reactions: readonly Reaction[], head: Seq): void {
    this.#tallies.told(entries, reactions, head);
    for (const { seq } of entries) this.#touch(seq);
    this.hear(this.#entries.slice(Math.max(0, head + 1 - this.#first)));
  }

  /** Its line is to be made anew. */
  #touch(seq: Seq): void {
    const entry = this.at(seq);
    if (entry) this.#put(seq - this.#first, { ...entry });
  }

  #put(index: number, entry: Entry): void {
    this.#entries[index] = entry;
    if (index < this.#lines.upTo) this.#lines = NO_LINES;
  }

  /** What is recalled is erased in the edits that repeat it, too. */
  #forgetEdits(target: Seq): void {
    this.#entries.forEach((entry, index) => {
      if (entry.kind !== 'edit' || entry.target !== target || entry.body.text === '') return;
      this.#entries[index] = { ...entry, body: { text: '' } };
    });
    const change = this.#changes.get(target);
    delete change?.edit;
  }

  #row(entry: Entry): Row {
    let row = this.#rows.get(entry);
    if (!row) {
      const reactions = entry.recalled ? undefined : this.#tallies.of(entry.seq);
      row = {
        ...toRow(entry, this.#me, this.#changes.get(entry.seq)?.recall?.by),
        ...(reactions && { reactions }),
      };
      this.#rows.set(entry, row);
    }
    return row;
  }
}
