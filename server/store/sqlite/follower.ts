/**
 * Has the search index follow the log: half a second behind it, so that a conversation costs one transaction and not
 * one for each message, and at once where an entry took something back. Whoever searches before has the searcher take
 * in what was just stored. Nobody waits for it, and what fails is tried again with the next entry.
 */
import type { Clock, Undo } from '../../domain/ports.ts';
import type { Lane } from './lane.ts';
import type { Searches } from './search.ts';

export interface FollowerDeps {
  searcher: Pick<Lane<Pick<Searches, 'index'>>, 'call'>;
  clock: Pick<Clock, 'after'>;
}

/** How long what was stored waits for what comes after it. */
export const FOLLOW_MS = 500;
/** Entries that the index follows in one step. A search may have to wait for one. */
const STEP = 1_000;
/** Steps that are made before a store closes; the rest, where it is being made anew, it makes at the next start. */
const LAST_STEPS = 10;

export class Follower {
  readonly #deps: FollowerDeps;
  /** Entries were stored that the index does not know yet. */
  #isBehind = false;
  #isClosing = false;
  #under: Promise<void> | null = null;
  #undoTimer: Undo | null = null;

  constructor(deps: FollowerDeps) {
    this.#deps = deps;
  }

  /** Entries were stored. */
  follow(): void {
    this.#isBehind = true;
    if (this.#under || this.#isClosing) return;
    this.#undoTimer ??= this.#deps.clock.after(FOLLOW_MS, () => this.hurry());
  }

  /** They are taken in now. */
  hurry(): void {
    this.#isBehind = true;
    this.#undoTimer?.();
    this.#undoTimer = null;
    this.#under ??= this.#catchUp();
  }

  /** Resolves when the index has followed as far as it will. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#isBehind) this.hurry();
    await this.#under;
  }

  async #catchUp(): Promise<void> {
    for (let left = LAST_STEPS; this.#isBehind && left > 0; left -= this.#isClosing ? 1 : 0) {
      this.#isBehind = false;
      // Trouble was told where it arose.
      const isMore = await this.#deps.searcher.call('index', STEP).catch(() => false);
      this.#isBehind ||= isMore;
    }
    // At once, or what comes in before a `finally` would be left to nobody.
    this.#under = null;
  }
}
