/**
 * Aho–Corasick over UTF-16 units, in flat arrays: all words of a list in one pass over a text, however many there are.
 * Our own, because the packages walk strings and maps, and that costs more than a whole message may
 * (`npm run bench -- --part words`).
 *
 * States are numbers, 0 the root. Where the root goes stands in a table by unit; the edges of all others lie in one hash
 * table with open addressing, and before it a filter of a bit for each hash that an edge has: most of what is asked for
 * is not there, and the filter stays in the fastest memory where the table does not. `fall` is the state of the longest
 * proper suffix that begins a word, `next` the nearest one down that way at which a word ends.
 */
export type Words = readonly ArrayLike<number>[];

const UNITS = 0x1_0000;
const NONE = -1;
/** Places of the table for a word of 32 bits in the filter: four bits a place, eight an edge or more. */
const FILTER_PLACES = 8;

export class Automaton {
  readonly #root = new Int32Array(UNITS);
  /** Edge `i` leads from `#from[i]` by `#unit[i]` to `#to[i]`; 0 in `#to` is an empty place. */
  readonly #from: Int32Array;
  readonly #unit: Uint16Array;
  readonly #to: Int32Array;
  readonly #mask: number;
  readonly #filter: Uint32Array;
  readonly #filterMask: number;
  readonly #fall: Int32Array;
  readonly #next: Int32Array;
  /** Whether any word ends at a state. */
  readonly #ending: Uint8Array;
  /** The word that is a state's own, or NONE. */
  readonly #word: Int32Array;
  readonly #lengths: Int32Array;

  /** @param words none empty, all different */
  constructor(words: Words) {
    const most = 1 + words.reduce((sum, { length }) => sum + length, 0);
    // Half empty, so that a miss is found out after a place or two.
    const places = 2 ** Math.ceil(Math.log2(most * 2));
    this.#from = new Int32Array(places);
    this.#unit = new Uint16Array(places);
    this.#to = new Int32Array(places);
    this.#mask = places - 1;
    this.#filter = new Uint32Array(Math.max(1, places / FILTER_PLACES));
    this.#filterMask = this.#filter.length * 32 - 1;
    this.#fall = new Int32Array(most);
    this.#next = new Int32Array(most);
    this.#ending = new Uint8Array(most);
    this.#word = new Int32Array(most).fill(NONE);
    this.#lengths = Int32Array.from(words, ({ length }) => length);
    this.#link(this.#plant(words));
  }

  /** @param onHit `begin`, `end` in `units`, by where they end; those that end together, the longest first */
  search(units: Uint16Array, count: number, onHit: (word: number, begin: number, end: number) => void): void {
    // Written out, and with the arrays at hand: this loop is all that a message costs.
    const [root, from, unit, to, mask, fall] = [
      this.#root,
      this.#from,
      this.#unit,
      this.#to,
      this.#mask,
      this.#fall,
    ];
    const [next, ending, filter, filterMask] = [this.#next, this.#ending, this.#filter, this.#filterMask];
    let state = 0;
    for (let at = 0; at < count; at += 1) {
      const sign = units[at] ?? 0;
      let found = 0;
      for (; state !== 0; state = fall[state] ?? 0) {
        const hash = hashOf(state, sign);
        const bit = hash & filterMask;
        if ((((filter[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 0) continue;
        let place = hash & mask;
        while ((found = to[place] ?? 0) !== 0 && (from[place] !== state || unit[place] !== sign)) {
          place = (place + 1) & mask;
        }
        if (found !== 0) break;
      }
      state = found === 0 ? (root[sign] ?? 0) : found;
      if (ending[state] === 0) continue;
      for (let ends = state; ends !== 0; ends = next[ends] ?? 0) {
        const word = this.#word[ends] ?? NONE;
        if (word !== NONE) onHit(word, at + 1 - (this.#lengths[word] ?? 0), at + 1);
      }
    }
  }

  #step(from: number, unit: number): number {
    for (let state = from; state !== 0; state = this.#fall[state] ?? 0) {
      const to = this.#to[this.#place(state, unit)] ?? 0;
      if (to !== 0) return to;
    }
    return this.#root[unit] ?? 0;
  }

  /** Where the edge lies, or would. */
  #place(state: number, unit: number): number {
    let place = hashOf(state, unit) & this.#mask;
    while (this.#to[place] !== 0 && (this.#from[place] !== state || this.#unit[place] !== unit)) {
      place = (place + 1) & this.#mask;
    }
    return place;
  }

  /** @returns the edges, those of shorter beginnings first */
  #plant(words: Words): { from: number; unit: number; to: number }[] {
    const edges: { from: number; unit: number; to: number; depth: number }[] = [];
    let states = 1;
    for (const [index, word] of words.entries()) {
      let state = 0;
      for (let i = 0; i < word.length; i += 1) {
        const unit = word[i] ?? 0;
        const place = state === 0 ? NONE : this.#place(state, unit);
        const known = (place === NONE ? this.#root[unit] : this.#to[place]) ?? 0;
        if (known === 0) {
          edges.push({ from: state, unit, to: states, depth: i });
          if (place === NONE) this.#root[unit] = states;
          else {
            this.#from[place] = state;
            this.#unit[place] = unit;
            const bit = hashOf(state, unit) & this.#filterMask;
            this.#filter[bit >>> 5] = (this.#filter[bit >>> 5] ?? 0) | (1 << (bit & 31));
            this.#to[place] = states;
          }
          states += 1;
        }
        state = known === 0 ? states - 1 : known;
      }
      this.#word[state] = index;
    }
    return edges.sort((a, b) => a.depth - b.depth);
  }

  #link(edges: readonly { from: number; unit: number; to: number }[]): void {
    for (const { from, unit, to } of edges) {
      const fall = from === 0 ? 0 : this.#step(this.#fall[from] ?? 0, unit);
      this.#fall[to] = fall;
      this.#next[to] = this.#word[fall] === NONE ? (this.#next[fall] ?? 0) : fall;
      this.#ending[to] = this.#word[to] !== NONE || this.#next[to] !== 0 ? 1 : 0;
    }
  }
}

function hashOf(state: number, unit: number): number {
  const hash = Math.imul(state, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
