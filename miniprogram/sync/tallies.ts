/**
 * Owns how many have reacted to what, in one room. Pure. A page of history tells how its entries stand at the head it
 * names; react entries after that head change it, those up to it are in it already, whichever came first. The server
 * takes in none that changes nothing, so counting is enough.
 */
import type { Entry, Reaction, Seq, UserId } from '../protocol/objects';
import type { ReactionView } from './view';

interface Count {
  count: number;
  mine: boolean;
}

interface Tally {
  /** The last seq that is in it. */
  at: Seq;
  /** A page has told it: all up to `at` is in it. */
  whole: boolean;
  /** In the order of their first. */
  emoji: Map<string, Count>;
}

export class Tallies {
  readonly #me: UserId;
  readonly #byTarget = new Map<Seq, Tally>();

  constructor(me: UserId) {
    this.#me = me;
  }

  /** How `entries` stand at `head`. */
  told(entries: readonly Entry[], reactions: readonly Reaction[], head: Seq): void {
    const told = new Map<Seq, Tally>();
    for (const { seq, kind } of entries) {
      const known = this.#byTarget.get(seq);
      if (kind === 'react' || (known?.whole && known.at >= head)) continue;
      const tally = { at: head, whole: true, emoji: new Map<string, Count>() };
      told.set(seq, tally);
      this.#byTarget.set(seq, tally);
    }
    for (const { target, emoji, count, mine } of reactions)
      told.get(target)?.emoji.set(emoji, { count, mine: mine === true });
  }

  /** Takes a react entry in; false where it is in already. */
  hear(entry: Entry): boolean {
    const { kind, target, seq, from } = entry;
    if (kind !== 'react' || target === undefined || typeof entry.body.emoji !== 'string') return false;
    const tally = this.#byTarget.get(target) ?? { at: 0, whole: false, emoji: new Map<string, Count>() };
    if (tally.at >= seq) return false;
    this.#byTarget.set(target, tally);
    tally.at = seq;
    const { emoji, on } = entry.body;
    const before = tally.emoji.get(emoji) ?? { count: 0, mine: false };
    const count = before.count + (on ? 1 : -1);
    if (count > 0) tally.emoji.set(emoji, { count, mine: from === this.#me ? on : before.mine });
    else tally.emoji.delete(emoji);
    return true;
  }

  of(target: Seq): ReactionView[] | undefined {
    const tally = this.#byTarget.get(target);
    if (!tally || tally.emoji.size === 0) return undefined;
    return [...tally.emoji].map(([emoji, { count, mine }]) => ({ emoji, count, mine }));
  }

  /** For storage: those of the entries from `first` on. */
  from(first: Seq): Reaction[] {
    return [...this.#byTarget.keys()]
      .filter((target) => target >= first)
      .flatMap((target) =>
        (this.of(target) ?? []).map(({ emoji, count, mine }) => ({
          target,
          emoji,
          count,
          ...(mine && { mine }),
        })),
      );
  }

  /** All others are no longer held. */
  keep(first: Seq, last: Seq): void {
    for (const target of this.#byTarget.keys())
      if (target < first || target > last) this.#byTarget.delete(target);
  }
}
