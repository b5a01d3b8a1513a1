/**
 * Which rows of a chat are on the page: a window of at most MOST_ROWS that slides over all that are loaded, so that
 * neither a long history nor a busy evening makes the page heavier. PURE but for its own place. Rows go to the page
 * in parcels of a fixed beginning: sliding by one sends that parcel and takes another away, and a message that
 * comes touches the last parcel alone. Each parcel has a slot, a name under which the page holds its rows; slots are
 * few and used again, because setData can put a name in but never take one away.
 */

export const PARCEL_ROWS = 20;
const MOST_PARCELS = 6;
export const MOST_ROWS = MOST_PARCELS * PARCEL_ROWS;
/** What a chat opens with: more than a screen, and quickly there. */
const FIRST_PARCELS = 2;

export const SLOTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;
export type Slot = (typeof SLOTS)[number];

interface Keyed {
  key: string;
}

export interface Parcel {
  /** Never used again, unlike the slot: what is drawn anew is known by it. */
  id: string;
  slot: Slot;
  /** Indexes into the rows: from … to - 1. */
  from: number;
  to: number;
}

interface Cut {
  id: string;
  slot: Slot;
  /** Key of the first row. */
  first: string;
}

export class RowWindow {
  #cuts: Cut[] = [];
  /** Key of the last row, where the window ends before the rows do; null: it ends with them and grows. */
  #last: string | null = null;
  #made = 0;

  /** Whether the window ends with the newest of the rows. */
  get isOpen(): boolean {
    return this.#last === null;
  }

  /**
   * The window over the rows as they are now. Of one that grows past its bound the oldest are taken away while
   * somebody follows the end; for somebody who reads higher up it stops growing instead.
   */
  over(rows: readonly Keyed[], isFollowing: boolean): Parcel[] {
    if (this.#find(rows).length === 0) return this.toEnd(rows);
    if (this.#last === null) this.#grow(rows, isFollowing);
    while (this.#count(rows) < FIRST_PARCELS * PARCEL_ROWS && this.up(rows));
    return this.#parcels(rows);
  }

  /** One parcel further up; false where the rows have no more above. */
  up(rows: readonly Keyed[]): boolean {
    const [top] = this.#parcels(rows);
    if (!top || top.from === 0) return false;
    this.#cuts.unshift(this.#cut(rows, Math.max(0, top.from - PARCEL_ROWS)));
    while (this.#cuts.length > MOST_PARCELS) {
      const dropped = last(this.#parcels(rows));
      this.#cuts.pop();
      if (dropped) this.#last = rows[dropped.from - 1]?.key ?? null;
    }
    return true;
  }

  /** One parcel further down; false where the rows have no more below. */
  down(rows: readonly Keyed[]): boolean {
    const bottom = last(this.#parcels(rows));
    if (!bottom || bottom.to >= rows.length) return false;
    this.#cuts.push(this.#cut(rows, bottom.to));
    if (this.#cuts.length > MOST_PARCELS) this.#cuts.shift();
    this.#end(rows, bottom.to + PARCEL_ROWS);
    return true;
  }

  /** Anew, about the row at `index`. */
  around(rows: readonly Keyed[], index: number): void {
    const from = Math.max(0, index - PARCEL_ROWS);
    this.#cuts = [];
    for (let at = from; at < Math.min(rows.length, from + 3 * PARCEL_ROWS); at += PARCEL_ROWS)
      this.#cuts.push(this.#cut(rows, at));
    this.#end(rows, from + 3 * PARCEL_ROWS);
  }

  /** Anew, at the end of the rows. */
  toEnd(rows: readonly Keyed[]): Parcel[] {
    const from = Math.max(0, rows.length - FIRST_PARCELS * PARCEL_ROWS);
    this.#cuts = [];
    for (let at = from; at < rows.length; at += PARCEL_ROWS) this.#cuts.push(this.#cut(rows, at));
    this.#last = null;
    return this.#parcels(rows);
  }

  holds(rows: readonly Keyed[], index: number): boolean {
    return this.#parcels(rows).some(({ from, to }) => index >= from && index < to);
  }

  #count(rows: readonly Keyed[]): number {
    const parcels = this.#parcels(rows);
    return (last(parcels)?.to ?? 0) - (parcels[0]?.from ?? 0);
  }

  #end(rows: readonly Keyed[], to: number): void {
    this.#last = to >= rows.length ? null : (rows[to - 1]?.key ?? null);
  }

  /** The last parcel may have grown past its size: it ends there, and another begins. */
  #grow(rows: readonly Keyed[], isFollowing: boolean): void {
    for (let end = this.#lastEnd(rows); end < rows.length; end = this.#lastEnd(rows)) {
      if (!isFollowing && this.#cuts.length >= MOST_PARCELS) return this.#end(rows, end);
      this.#cuts.push(this.#cut(rows, end));
      if (this.#cuts.length > MOST_PARCELS) this.#cuts.shift();
    }
  }

  /** Where the last parcel has its size. */
  #lastEnd(rows: readonly Keyed[]): number {
    return (last(this.#parcels(rows))?.from ?? rows.length) + PARCEL_ROWS;
  }

  #cut(rows: readonly Keyed[], at: number): Cut {
    this.#made += 1;
    const slot = SLOTS.find((name) => this.#cuts.every((cut) => cut.slot !== name)) ?? 'a';
    return { id: `p${this.#made}`, slot, first: rows[at]?.key ?? '' };
  }

  #parcels(rows: readonly Keyed[]): Parcel[] {
    const places = this.#find(rows);
    const end = this.#last === null ? rows.length : findBack(rows, this.#last, rows.length) + 1;
    // What ended the window is gone, as an unsent message may be: it ends with the rows then.
    const to = end > 0 ? end : rows.length;
    return this.#cuts.flatMap(({ id, slot }, index) => {
      const [from = 0, next = to] = [places[index], places[index + 1]];
      return next > from ? [{ id, slot, from, to: next }] : [];
    });
  }

  /** Where the parcels begin. Those whose first row has gone, or moved behind the next, are one with the one above. */
  #find(rows: readonly Keyed[]): number[] {
    const places: number[] = [];
    const kept: Cut[] = [];
    let before = rows.length;
    for (const cut of [...this.#cuts].reverse()) {
      const at = findBack(rows, cut.first, before);
      if (at < 0) continue;
      before = at;
      places.unshift(at);
      kept.unshift(cut);
    }
    this.#cuts = kept;
    return places;
  }
}

/** From the end, where the window mostly is; -1 where it is not before `before`. */
function findBack(rows: readonly Keyed[], key: string, before: number): number {
  for (let at = before - 1; at >= 0; at -= 1) if (rows[at]?.key === key) return at;
  return -1;
}

export function last<T>(list: readonly T[]): T | undefined {
  return list[list.length - 1];
}
