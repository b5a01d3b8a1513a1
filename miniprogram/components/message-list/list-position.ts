/**
 * Where a reader stands in a list of messages, and what the list has to do when its rows change. PURE: it is
 * told what was seen and scrolled, and answers with a move. Who follows the end is kept there; who reads higher
 * up is never pulled away, whatever is put above or taken away there.
 */

/** What a list row must tell. */
export interface PositionedRow {
  key: string;
  mine?: boolean;
  /** A notice in words. */
  notice?: string;
  /** Stands above the row, and is as high in every row. */
  divider?: string;
}

export type Move =
  | { name: 'stay' }
  /** Scroll to the end. */
  | { name: 'end' }
  /** Keep the row that was the first exactly where it is on screen. */
  | { name: 'keep'; key: string; underDivider: boolean };

const STAY: Move = { name: 'stay' };
const END: Move = { name: 'end' };

export class ListPosition {
  #isFollowing = true;
  #keys: ReadonlySet<string> = new Set();
  #first: PositionedRow = { key: '' };
  /** The rows end with the newest. */
  #isOpen = true;
  #headSeen = false;
  #tailSeen = true;
  #top = 0;
  /** Which way the reader moved last; moves of our own to the end do not count. */
  #isUpwards = false;

  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** The rows as they are from now on. @param isOpen they end with the newest there is */
  changed(rows: readonly PositionedRow[], isOpen: boolean): Move {
    const before = { keys: this.#keys, first: this.#first };
    this.#keys = new Set(rows.map((row) => row.key));
    this.#first = rows[0] ?? { key: '' };
    this.#isOpen = isOpen;
    if (!isOpen) this.#isFollowing = false;

    const added = rows.filter((row) => !before.keys.has(row.key));
    // Nothing was there before, or nothing of it is left: another list, which opens at its end.
    if (added.length === rows.length) return isOpen ? this.toEnd() : STAY;
    const last = rows[rows.length - 1];
    const isNewest = last !== undefined && !before.keys.has(last.key);
    if (isOpen && isNewest && last.mine && last.notice === undefined) return this.toEnd();

    const start = rows.findIndex((row) => row.key === before.first.key);
    if (this.#isFollowing) {
      // What is put above a list that is scrolled moves nothing. And who follows may have left the end just now: that
      // it is out of sight is told some frames later than the way up that asked for more.
      const isPushed = start > 0 && this.#top <= 0;
      return isNewest || isPushed ? this.toEnd() : STAY;
    }
    if (start <= 0 || !this.#headSeen) return STAY;
    return { name: 'keep', key: before.first.key, underDivider: before.first.divider !== undefined };
  }

  /** The reader asked for the end, or wrote something that stands there. */
  toEnd(): Move {
    this.#isFollowing = true;
    this.#isUpwards = false;
    return END;
  }

  /** The list shows another place of its own accord. */
  jumped(): void {
    if (!this.#tailSeen) this.#isFollowing = false;
  }

  /** The list itself became shorter or longer, as when a keyboard opens. */
  resized(): Move {
    return this.#isFollowing ? this.toEnd() : STAY;
  }

  /** The very top of the list came into sight or left it. */
  sawHead(seen: boolean): void {
    this.#headSeen = seen;
  }

  /** The end of the list came into sight or left it. */
  sawTail(seen: boolean): void {
    this.#tailSeen = seen;
    if (seen && this.#isOpen) this.#isFollowing = true;
    this.#leaveEnd();
  }

  /** The list stands at `top` px. */
  scrolled(top: number): void {
    this.#isUpwards = top < this.#top;
    this.#top = top;
    this.#leaveEnd();
  }

  /**
   * A new message pushes the end out of sight for a moment as well: only who moves upwards leaves it. Which of the
   * two is told first is the platform's choice.
   */
  #leaveEnd(): void {
    if (this.#isUpwards && !this.#tailSeen) this.#isFollowing = false;
  }
}
