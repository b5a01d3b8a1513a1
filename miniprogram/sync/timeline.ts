/**
 * Owns what is held of one room's log: one unbroken run of entries. Pure: no clock, no network. Promises that
 * whatever arrives (pushes, pages of history, doubles, stale pages, in any order) the run has each entry once, in
 * order, without a hole; what lies beyond a hole waits until the hole is filled. Recalls and edits are in their
 * targets, whichever came first.
 */
import type { Entry, Seq, UserId } from '../protocol/objects';
import { hasRow, isContent, toRow } from './row';
import type { Row } from './view';

/** As it is kept in storage. The run ends at `first + entries.length - 1`. */
export interface Run {
  first: Seq;
  entries: Entry[];
}

/** What later entries say of an earlier one. */
interface Change {
  recall?: { seq: Seq; by: UserId };
  edit?: { seq: Seq; ts: number; text: string };
}

/** Entries kept beyond a hole; those that find no room are fetched with the rest. */
export const MAX_AHEAD = 200;

export class Timeline {
  readonly #me: UserId;
  #first: Seq;
  #entries: Entry[];
  /** Beyond a hole. */
  readonly #ahead = new Map<Seq, Entry>();
  /** The last seq known to exist that was asked for or seen beyond a hole. */
  #wanted: Seq;
  /** By target; only of changes that are held themselves. */
  readonly #changes = new Map<Seq, Change>();
  readonly #rows = new WeakMap<Entry, Row>();

  constructor(me: UserId, run: Run) {
    this.#me = me;
    this.#first = run.first;
    this.#entries = [];
    this.#wanted = this.cursor;
    this.apply(run.entries);
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
   * @returns what the run got at its end, in order
   */
  apply(entries: readonly Entry[]): Entry[] {
    this.#prepend(entries);
    const before = this.#entries.length;
    for (const entry of entries) {
      if (entry.seq === this.cursor + 1) this.#append(entry);
      else if (entry.seq > this.cursor) this.#keepAhead(entry);
    }
    this.#drainAhead();
    return this.#entries.slice(before);
  }

  /** Keeps the newest `size` at most. */
  trim(size: number): void {
    const excess = this.#entries.length - size;
    if (excess <= 0) return;
    this.#entries = this.#entries.slice(excess);
    this.#first += excess;
    for (const [target, { recall, edit }] of this.#changes) {
      if (Math.max(recall?.seq ?? 0, edit?.seq ?? 0) < this.#first) this.#changes.delete(target);
    }
  }

  /** The newest `size` at most, for storage. */
  run(size: number): Run {
    const entries = this.#entries.slice(-size);
    return { first: this.cursor + 1 - entries.length, entries };
  }

  /** Lines of the chat, in order. A line that did not change is the same object as before. */
  rows(): Row[] {
    return this.#entries.filter(({ kind }) => hasRow(kind)).map((entry) => this.#row(entry));
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
      this.#entries[index] = { ...entry, body: {}, recalled: true } as Entry;
      this.#forgetEdits(seq);
      return;
    }
    // A page of history read later than this edit shows a newer text already.
    if (change.edit && entry.kind === 'text' && !entry.recalled && (entry.edited ?? 0) <= change.edit.ts) {
      this.#entries[index] = { ...entry, body: { text: change.edit.text }, edited: change.edit.ts };
    }
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
      row = toRow(entry, this.#me, this.#changes.get(entry.seq)?.recall?.by);
      this.#rows.set(entry, row);
    }
    return row;
  }
}
