/**
 * Fetches what timelines lack: the page above or below what is held, and whatever is missing at the end. Promises one
 * fetch at a time for each room and direction, pages no larger than the server allows, and that what has been got is
 * kept when a fetch breaks off: the next connection goes on from there.
 */
import type { Clock, Undo } from '../net/clock';
import { isRetryable } from '../protocol/errors';
import type { HistoryBody, HistoryReply } from '../protocol/frames';
import type { Entry, RoomId, Seq, UserId } from '../protocol/objects';
import type { Logs } from './logs';
import { codeOf, retryAfterOf } from './refusal';
import { Timeline } from './timeline';

export interface HistoryPorts {
  me: UserId;
  logs: Logs;
  clock: Clock;
  pauseMs: (attempts: number) => number;
  get: (body: HistoryBody) => Promise<HistoryReply>;
  /** What the log of a room got at its end. */
  arrived: (room: RoomId, entries: Entry[]) => void;
}

/** A screen or two: what a person scrolls through at once, and small enough to be shown by one setData. */
const PAGE_ENTRIES = 50;
/** Rooms whose holes are filled at once; the others wait their turn. */
export const MAX_FILLING = 3;

export class History {
  readonly #ports: HistoryPorts;
  readonly #filling = new Set<RoomId>();
  readonly #waiting = new Set<RoomId>();
  /** Pages on their way. */
  readonly #above = new Map<Timeline, Promise<void>>();
  readonly #below = new Map<Timeline, Promise<void>>();
  readonly #pauses = new Set<Undo>();
  #page = PAGE_ENTRIES;
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

  /** The page above what `timeline` holds. Rejects as the request does. */
  older(room: RoomId, timeline: Timeline): Promise<void> {
    if (!timeline.hasOlder) return Promise.resolve();
    return once(this.#above, timeline, () => this.#getPage(room, timeline, { before: timeline.first }));
  }

  /** The page below it, where it does not reach the end. Rejects as the request does. */
  newer(room: RoomId, timeline: Timeline): Promise<void> {
    return once(this.#below, timeline, () => this.#getPage(room, timeline, { after: timeline.cursor }));
  }

  /** What stands around `seq`, by itself. Rejects as the request does. */
  async around(room: RoomId, seq: Seq): Promise<Timeline> {
    const { entries, ...standing } = await this.#ports.get({ room, around: seq, limit: this.#size });
    const timeline = new Timeline(this.#ports.me, { first: entries[0]?.seq ?? seq, entries: [] });
    timeline.apply(entries, standing);
    return timeline;
  }

  get #size(): number {
    return Math.min(PAGE_ENTRIES, this.#page);
  }

  async #getPage(room: RoomId, timeline: Timeline, from: { before: Seq } | { after: Seq }): Promise<void> {
    const { entries, ...standing } = await this.#ports.get({ room, ...from, limit: this.#size });
    // The server has nothing there: the log begins with what is held.
    if ('before' in from && entries.length === 0) standing.begins = from.before;
    const added = timeline.apply(entries, standing);
    // What a look into the past finds is no news.
    if (added.length > 0 && timeline === this.#ports.logs.get(room)) this.#ports.arrived(room, added);
  }

  #next(room: RoomId, attempts: number): void {
    const run = this.#run;
    const timeline = this.#ports.logs.get(room);
    const after = timeline?.hole ?? null;
    if (!timeline || after === null) return this.#done(room);
    this.#ports.get({ room, after, limit: this.#page }).then(
      ({ entries, ...standing }) => {
        // Held anew meanwhile, it is no page of this log any more.
        if (timeline === this.#ports.logs.get(room)) {
          const added = timeline.apply(entries, standing);
          if (added.length > 0) this.#ports.arrived(room, added);
          // The server has nothing there: not a hole, then.
          else if (timeline.hole === after) timeline.giveUpHole();
        }
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

/** One request for all who ask at once. */
function once(
  under: Map<Timeline, Promise<void>>,
  timeline: Timeline,
  work: () => Promise<void>,
): Promise<void> {
  const page = under.get(timeline) ?? work().finally(() => under.delete(timeline));
  under.set(timeline, page);
  return page;
}
