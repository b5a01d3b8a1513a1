/**
 * How many calls the database is asked at once. As many as it answers in time: more grows by one for each round of
 * quick answers, and is cut where one comes too late, as TCP does with its packets. Without that a crowd that comes
 * together would all be late, and its second tries would wait behind what nobody waits for any more. Who finds no place
 * waits a little, first come first served.
 */
import type { Clock, Undo } from '../../domain/ports.ts';

export interface WindowOptions {
  clock: Pick<Clock, 'after' | 'monotonic'>;
  /** Calls under way and waiting together. */
  most: number;
  /** So long a call waits for its place. */
  waitMs: number;
  /** An answer within this makes the window grow. */
  quickMs: number;
}

/** A place, from its being given until it is left. */
export interface Place {
  readonly began: number;
  /** How many calls had been answered by then. */
  readonly answered: number;
}

interface Waiting {
  give: (place: Place | null) => void;
  undo: Undo;
}

/** A database that was never asked, or has just come back. */
const FIRST = 16;
const LEAST = 4;

export class CallWindow {
  readonly #options: WindowOptions;
  readonly #waiting = new Set<Waiting>();
  readonly #places = new Set<Place>();
  #size = FIRST;
  #answered = 0;
  /** Of places that were given before this, nothing more is concluded. */
  #cutAt = -1;

  constructor(options: WindowOptions) {
    this.#options = options;
  }

  /** A place at once, or a promise of one; null: there is none in time. */
  take(): Place | Promise<Place | null> {
    const { clock, most, waitMs } = this.#options;
    if (this.#waiting.size === 0 && this.#places.size < this.#size) return this.#give();
    if (this.#waiting.size + this.#places.size >= most) return Promise.resolve(null);
    return new Promise((resolve) => {
      const waiting: Waiting = {
        give: (place) => {
          waiting.undo();
          this.#waiting.delete(waiting);
          resolve(place);
        },
        undo: clock.after(waitMs, () => waiting.give(null)),
      };
      this.#waiting.add(waiting);
    });
  }

  /** The call has ended. `isAnswer`: by a word of the database, in time. */
  leave(place: Place, { isAnswer }: { isAnswer: boolean }): void {
    if (!this.#places.delete(place)) return;
    if (isAnswer) {
      this.#answered += 1;
      const tookMs = this.#options.clock.monotonic() - place.began;
      if (tookMs <= this.#options.quickMs)
        this.#size = Math.min(this.#options.most, this.#size + 1 / this.#size);
    }
    this.#fill();
  }

  /**
   * The call is not answered in time; it keeps its place, for it is work of the database still.
   * @returns whether the database has answered anything since it was asked
   */
  late(place: Place): boolean {
    const others = this.#answered - place.answered;
    if (others === 0) return false;
    if (place.began > this.#cutAt) {
      this.#size = Math.max(LEAST, Math.min(this.#size / 2, others));
      this.#cutAt = this.#options.clock.monotonic();
    }
    return true;
  }

  /** The database was gone: what it was asked before counts no more, and it is asked little at first. */
  begin(): void {
    this.#places.clear();
    this.#size = LEAST;
    this.#cutAt = this.#options.clock.monotonic();
    this.#fill();
  }

  /** Nobody gets a place who waits for one. */
  refuseAll(): void {
    for (const { give } of this.#waiting) give(null);
  }

  #give(): Place {
    const place = { began: this.#options.clock.monotonic(), answered: this.#answered };
    this.#places.add(place);
    return place;
  }

  #fill(): void {
    for (const { give } of this.#waiting) {
      if (this.#places.size >= this.#size) return;
      give(this.#give());
    }
  }
}
