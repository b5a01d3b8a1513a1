/**
 * Where a reader stands in a list of messages, and what the list has to do when its rows change. PURE: it is
 * told what was seen and scrolled, and answers with a move. Who follows the end is kept there; who reads higher
 * up is never pulled away, and the messages that came meanwhile are counted.
 */

/** What a list row must tell. */
export interface PositionedRow {
  key: string;
  mine: boolean;
  /** A notice in words; '' for a message. */
  notice: string;
}

export type Move =
  | { name: 'stay' }
  /** Scroll to the end. */
  | { name: 'end' }
  /** Keep the row that was the first exactly where it is on screen. */
  | { name: 'keep'; key: string };

const STAY: Move = { name: 'stay' };
const END: Move = { name: 'end' };

export class ListPosition {
  #reader: { name: 'following' } | { name: 'reading'; fresh: number } = { name: 'following' };
  #keys: ReadonlySet<string> = new Set();
  #first = '';
  #headSeen = false;
  #tailSeen = true;
  #top = 0;
  /** Which way the reader moved last; moves of our own to the end do not count. */
  #isUpwards = false;

  get isFollowing(): boolean {
    return this.#reader.name === 'following';
  }

  /** Messages of others that came while the reader was higher up. */
  get fresh(): number {
    return this.#reader.name === 'reading' ? this.#reader.fresh : 0;
  }

  /** The rows as they are from now on. */
  changed(rows: readonly PositionedRow[]): Move {
    const before = { keys: this.#keys, first: this.#first };
    this.#keys = new Set(rows.map((row) => row.key));
    this.#first = rows[0]?.key ?? '';

    // Nothing was there before, or nothing of it is left: another list, which opens at its end.
    const start = rows.findIndex((row) => row.key === before.first);
    if (start < 0) return this.toEnd();

    const added = rows.slice(start).filter((row) => !before.keys.has(row.key));
    if (added.some((row) => row.mine && row.notice === '')) return this.toEnd();
    if (this.#reader.name === 'following') return added.length > 0 || start > 0 ? this.toEnd() : STAY;

    const fresh = added.filter((row) => !row.mine && row.notice === '').length;
    this.#reader = { name: 'reading', fresh: this.#reader.fresh + fresh };
    return start > 0 && this.#headSeen ? { name: 'keep', key: before.first } : STAY;
  }

  /** The reader asked for the end, or wrote something that stands there. */
  toEnd(): Move {
    this.#reader = { name: 'following' };
    this.#isUpwards = false;
    return END;
  }

  /** The list itself became shorter or longer, as when a keyboard opens. */
  resized(): Move {
    return this.isFollowing ? this.toEnd() : STAY;
  }

  /** The very top of the list came into sight or left it. */
  sawHead(seen: boolean): void {
    this.#headSeen = seen;
  }

  /** The end of the list came into sight or left it. */
  sawTail(seen: boolean): void {
    this.#tailSeen = seen;
    if (seen) this.#reader = { name: 'following' };
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
    if (this.isFollowing && this.#isUpwards && !this.#tailSeen) this.#reader = { name: 'reading', fresh: 0 };
  }
}
