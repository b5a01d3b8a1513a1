/**
 * Looks for the pinned messages of one room. The contract has no list of them, so the notices of pinning are read from
 * the newest back: those on the phone at once, the rest of the log from the server, as far as the person wants to look.
 */
import { ErrorCode } from '../protocol/errors';
import type { HistoryBody, HistoryReply } from '../protocol/frames';
import type { Entry, RoomId, Seq } from '../protocol/objects';
import { hitOf } from './hit';
import type { Hit } from './hit';
import { codeOf } from './refusal';
import type { Row } from './view';

/** Of one room; each that is not among what is looked through costs a request. */
const MOST_PINS = 10;
const PAGE_ENTRIES = 100;
/** For one look. */
const PAGES = 10;

export interface PinsPorts {
  room: RoomId;
  get: (body: HistoryBody) => Promise<HistoryReply>;
  /** What is held of the room's log. */
  held: { first: Seq; hasOlder: boolean; rows(): readonly Row[] } | null;
}

export class Pins {
  readonly #ports: PinsPorts;
  readonly #hits: Hit[] = [];
  /** Messages whose newest notice has been seen. */
  readonly #decided = new Set<Seq>();
  /** Pinned, and not found yet. */
  #wanted: Seq[] = [];
  /** What is looked through. */
  #lines: readonly (Row | Entry)[];
  /** What lies above `#before` was not looked through; nothing was where there is none. */
  #before: Seq | undefined;
  #hasMore: boolean;

  constructor(ports: PinsPorts) {
    const { held } = ports;
    this.#ports = ports;
    this.#lines = held?.rows() ?? [];
    this.#before = held?.first;
    this.#hasMore = held?.hasOlder ?? true;
    this.#read();
  }

  /** The one that was pinned last first; they grow as one looks. */
  get hits(): readonly Hit[] {
    return this.#hits;
  }

  /** There is more of the log to look through. */
  get hasMore(): boolean {
    return this.#hasMore && this.#hits.length < MOST_PINS;
  }

  /** Looks on, through the next 1,000 entries at most. Rejects as the requests do; another look goes on from there. */
  async look(): Promise<void> {
    await this.#find();
    for (let page = 0; page < PAGES && this.hasMore; page += 1) {
      const { room, get } = this.#ports;
      const from = this.#before === undefined ? {} : { before: this.#before };
      const { entries, begins = 1 } = await get({ room, ...from, limit: PAGE_ENTRIES });
      this.#before = entries[0]?.seq ?? begins;
      this.#hasMore = this.#before > begins;
      this.#lines = entries;
      this.#read();
      await this.#find();
    }
  }

  #read(): void {
    for (const { kind, body } of [...this.#lines].reverse()) {
      const { action, target } = body as { action?: unknown; target?: unknown };
      if (kind !== 'sys' || typeof target !== 'number' || this.#decided.has(target)) continue;
      if (action !== 'pinned' && action !== 'unpinned') continue;
      this.#decided.add(target);
      if (action === 'pinned') this.#wanted.push(target);
    }
  }

  async #find(): Promise<void> {
    for (let [target] = this.#wanted; target !== undefined; [target] = this.#wanted) {
      const line = this.#lines.find(({ seq }) => seq === target) ?? (await this.#ask(target));
      const hit = line && !line.recalled && hitOf(this.#ports.room, line);
      if (hit) this.#hits.push(hit);
      this.#wanted = this.#hits.length < MOST_PINS ? this.#wanted.slice(1) : [];
    }
  }

  /** Nothing where it is no longer kept. */
  async #ask(target: Seq): Promise<Entry | undefined> {
    const { room, get } = this.#ports;
    const page = await get({ room, around: target, limit: 1 }).catch((error: unknown) => {
      if (codeOf(error) === ErrorCode.NOT_FOUND) return { entries: [] };
      throw error;
    });
    return page.entries.find(({ seq }) => seq === target);
  }
}
