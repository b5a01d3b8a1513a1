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
