/**
 * Fetches what timelines lack: the page above what is held, and whatever is missing below. Promises one fetch at a
 * time for each room, pages no larger than the server allows, and that what has been got is kept when a fetch breaks
 * off: the next connection goes on from there.
 */
import type { Clock, Undo } from '../net/clock';
import { isRetryable } from '../protocol/errors';
import type { HistoryBody, HistoryReply } from '../protocol/frames';
import type { Entry, RoomId } from '../protocol/objects';
import type { Logs } from './logs';
import { MAX_OPEN_ENTRIES } from './logs';
import { codeOf, retryAfterOf } from './refusal';

export interface HistoryPorts {
  logs: Logs;
  clock: Clock;
  pauseMs: (attempts: number) => number;
  get: (body: HistoryBody) => Promise<HistoryReply>;
  /** What the log of a room got at its end. */
  arrived: (room: RoomId, entries: Entry[]) => void;
}

/** A screen or two: what a person scrolls through at once, and small enough to be shown by one setData. */
const OLDER_ENTRIES = 50;
/** Rooms whose holes are filled at once; the others wait their turn. */
export const MAX_FILLING = 3;

export class History {
  readonly #ports: HistoryPorts;
  readonly #filling = new Set<RoomId>();
  readonly #waiting = new Set<RoomId>();
  readonly #older = new Map<RoomId, Promise<void>>();
  readonly #pauses = new Set<Undo>();
  #page = OLDER_ENTRIES;
  /** Counts the connections: what was begun over an older one is broken off. */
  #run = 0;

  constructor(ports: HistoryPorts) {
    this.#ports = ports;
  }

  /** @param page the most entries that the server gives at once */
  start(page: number): void {
    this.#page = page;
  }

  stop(): void {
    this.#run += 1;
    this.#filling.clear();
    this.#waiting.clear();
    this.#pauses.forEach((undo) => undo());
    this.#pauses.clear();
  }

  /** Fills the holes of the room, page by page, if it has any. */
  fill(room: RoomId): void {
    if (this.#filling.has(room)) return;
    if (this.#filling.size >= MAX_FILLING) {
      this.#waiting.add(room);
      return;
    }
    this.#filling.add(room);
    this.#next(room, 0);
  }

  /** The page above what is held; false where there is nothing above. Rejects as the request does. */
  async older(room: RoomId): Promise<boolean> {
    const under = this.#older.get(room) ?? this.#getOlder(room);
    this.#older.set(room, under);
    try {
      await under;
    } finally {
      this.#older.delete(room);
    }
    return this.hasOlder(room);
  }

  /** Whether there is more above what is held, and it may be had. */
  hasOlder(room: RoomId): boolean {
    const timeline = this.#ports.logs.get(room);
    return timeline !== null && timeline.first > 1 && timeline.size < MAX_OPEN_ENTRIES;
  }

  async #getOlder(room: RoomId): Promise<void> {
    const timeline = this.#ports.logs.get(room);
    if (!timeline || !this.hasOlder(room)) return;
    const limit = Math.min(OLDER_ENTRIES, this.#page);
    const { entries } = await this.#ports.get({ room, before: timeline.first, limit });
    if (timeline !== this.#ports.logs.get(room)) return;
    const added = timeline.apply(entries);
    if (added.length > 0) this.#ports.arrived(room, added);
  }

  #next(room: RoomId, attempts: number): void {
    const run = this.#run;
    const timeline = this.#ports.logs.get(room);
    const after = timeline?.hole ?? null;
    if (!timeline || after === null) return this.#done(room);
    this.#ports.get({ room, after, limit: this.#page }).then(
      ({ entries }) => {
        if (timeline !== this.#ports.logs.get(room)) return;
        const added = timeline.apply(entries);
        if (added.length > 0) this.#ports.arrived(room, added);
        // The server has nothing there: not a hole, then.
        else if (timeline.hole === after) timeline.giveUpHole();
        if (run === this.#run) this.#next(room, 0);
      },
      (error: unknown) => {
        if (run !== this.#run) return;
        if (!isRetryable(codeOf(error))) return this.#done(room);
        const pauseMs = Math.max(this.#ports.pauseMs(attempts), retryAfterOf(error) ?? 0);
        const undo = this.#ports.clock.after(pauseMs, () => {
          this.#pauses.delete(undo);
          this.#next(room, attempts + 1);
        });
        this.#pauses.add(undo);
      },
    );
  }

  #done(room: RoomId): void {
    this.#filling.delete(room);
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    this.fill(next);
  }
}
