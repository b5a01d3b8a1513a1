/**
 * Owns the timelines: what is held of each room's log, in memory and, of those used last, in the cache. Bounded:
 * rooms nobody looks at keep their newest entries, rooms long unused keep only their place.
 */
import type { RoomId, Seq, UserId } from '../protocol/objects';
import { MAX_CACHED_ENTRIES } from './cache';
import type { Cache } from './cache';
import type { Held } from './catch-up';
import { Timeline } from './timeline';

/** Rooms that hold entries although nobody looks at them. */
export const MAX_HELD_ROOMS = 50;
/** Entries of an open chat. Beyond, live ones push out the oldest, many at once because that moves every line. */
export const MAX_OPEN_ENTRIES = 6_000;
const OPEN_ENTRIES_LEFT = 3_000;
/** Entries that one scrolls through. Beyond, the end that is out of sight is let go, and loaded again on the way back. */
export const MAX_SCROLLED_ENTRIES = 4_000;
const SCROLLED_ENTRIES_LEFT = 2_000;
/** Lines that a page shows at once: fewer are not left, or the end would go while it is in sight. */
const MOST_SHOWN = 120;

export class Logs {
  readonly #cache: Cache;
  readonly #me: UserId;
  readonly #isOpen: (room: RoomId) => boolean;
  /** The one used longest ago first. */
  readonly #timelines = new Map<RoomId, Timeline>();

  constructor(ports: { cache: Cache; me: UserId; isOpen: (room: RoomId) => boolean }) {
    this.#cache = ports.cache;
    this.#me = ports.me;
    this.#isOpen = ports.isOpen;
  }

  /** Null where nothing is known of the room, not even where to begin. */
  get(room: RoomId): Timeline | null {
    const held = this.#timelines.get(room);
    if (held) return held;
    const run = this.#cache.run(room);
    if (!run) return null;
    const timeline = new Timeline(this.#me, run);
    // Where the app was killed before the run was written, the server has been told of more than there is.
    timeline.want(this.#cache.cursors().get(room) ?? 0);
    this.#timelines.set(room, timeline);
    return timeline;
  }

  /** What of it is in memory: reading the cache blocks the phone, and most rooms nobody looks at. */
  loaded(room: RoomId): Timeline | null {
    return this.#timelines.get(room) ?? null;
  }

  /** Drops what is held and goes on after `head`. */
  restart(room: RoomId, head: Seq): Timeline {
    this.drop(room);
    const timeline = Timeline.after(head, this.#me);
    this.#timelines.set(room, timeline);
    return timeline;
  }

  drop(room: RoomId): void {
    this.#timelines.delete(room);
    this.#cache.dropRun(room);
  }

  /** Out of memory; what is kept stays. */
  clear(): void {
    this.#timelines.clear();
  }

  /** What to tell the server, and to decide by when it answers. */
  held(): Map<RoomId, Held> {
    const cursors = this.#cache.cursors();
    for (const [room, timeline] of this.#timelines) {
      cursors.delete(room);
      if (timeline.size > 0) cursors.set(room, timeline.cursor);
    }
    return new Map([...cursors].map(([room, cursor]) => [room, { cursor, open: this.#isOpen(room) }]));
  }

  /**
   * Of what was read far up, the end goes. @param stretch what is looked at, where that is not the log's end
   * @returns the stretch that is looked at from now on; null where that is as before
   */
  letEndGo(room: RoomId, stretch: Timeline | null): Timeline | null {
    const read = stretch ?? this.#timelines.get(room);
    if (!read || read.size <= MAX_SCROLLED_ENTRIES) return null;
    const end = read.first + SCROLLED_ENTRIES_LEFT;
    if (read.rows().filter(({ seq = end }) => seq < end).length < MOST_SHOWN) return null;
    const upper = stretch ?? read.copy();
    upper.trimEnd(SCROLLED_ENTRIES_LEFT);
    if (!stretch) read.trim(MAX_CACHED_ENTRIES);
    return upper;
  }

  /** Of a stretch that was read far down, the beginning goes. */
  letBeginningGo(stretch: Timeline): void {
    if (stretch.size > MAX_SCROLLED_ENTRIES) stretch.trim(SCROLLED_ENTRIES_LEFT);
  }

  /** To be called after a timeline took something in, and when its chat is closed. */
  changed(room: RoomId): void {
    const timeline = this.#timelines.get(room);
    if (!timeline || timeline.size === 0) return;
    if (!this.#isOpen(room)) timeline.trim(MAX_CACHED_ENTRIES);
    else if (timeline.size > MAX_OPEN_ENTRIES) timeline.trim(OPEN_ENTRIES_LEFT);
    this.#timelines.delete(room);
    this.#timelines.set(room, timeline);
    this.#cache.keepRun(room, timeline.cursor, () => timeline.run(MAX_CACHED_ENTRIES));
    this.#shrink();
  }

  #shrink(): void {
    const holding = [...this.#timelines].filter(([room, { size }]) => size > 0 && !this.#isOpen(room));
    for (const [, timeline] of holding.slice(0, -MAX_HELD_ROOMS)) timeline.trim(0);
  }
}
