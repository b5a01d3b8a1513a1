/**
 * Owns what is kept to be shown before the server answers: the newest entries of the rooms used last, the list of
 * rooms, people. All of it can be had again, so it is written late and in batches, lost without harm, and given up
 * first when the phone's storage is full. It belongs to one user; another finds it empty.
 */
import type { Clock, Undo } from '../net/clock';
import type { RoomId, Seq, UserId } from '../protocol/objects';
import { evicting } from './storage';
import type { Storage } from './storage';
import type { Run } from './timeline';

interface Index {
  owner: UserId;
  epoch: string | null;
  /** The one used longest ago first. A run may end before the cursor noted here, where the app was killed. */
  runs: [RoomId, Seq][];
}

/** What else is kept, a value each. */
type Shelf = 'rooms' | 'people' | 'files';

export const MAX_CACHED_ROOMS = 50;
export const MAX_CACHED_ENTRIES = 100;
/** Of one room, in characters of JSON: a tenth of what the platform allows a key. */
const MAX_RUN_CHARACTERS = 100_000;
const WRITE_AFTER_MS = 3_000;

const INDEX = 'cache.index';
const runKey = (room: RoomId): string => `cache.run.${room}`;
const shelfKey = (shelf: Shelf): string => `cache.${shelf}`;

export class Cache {
  /** For all who write: gives up the cache, the oldest first, before it refuses. */
  readonly storage: Storage;
  readonly #clock: Clock;
  #index: Index = { owner: '', epoch: null, runs: [] };
  /** Key → what to write when the time comes. */
  readonly #late = new Map<string, () => object>();
  #timer: Undo | null = null;

  constructor(storage: Storage, clock: Clock) {
    this.storage = evicting(storage, () => this.#evict());
    this.#clock = clock;
  }

  /** Reads what is kept for `owner`; forgets what is kept for anybody else. */
  open(owner: UserId): void {
    const kept = this.storage.read(INDEX) as Partial<Index> | null;
    if (kept?.owner === owner && Array.isArray(kept.runs)) {
      this.#index = { owner, epoch: kept.epoch ?? null, runs: kept.runs };
      return;
    }
    this.clear();
    this.#index = { owner, epoch: null, runs: [] };
  }

  /** The life of the server's store that the runs belong to. */
  get epoch(): string | null {
    return this.#index.epoch;
  }

  set epoch(epoch: string) {
    this.#index.epoch = epoch;
    this.#writeLate(INDEX, () => this.#index);
  }

  /** The last seq kept, by room. */
  cursors(): Map<RoomId, Seq> {
    return new Map(this.#index.runs);
  }

  run(room: RoomId): Run | null {
    if (!this.#index.runs.some(([kept]) => kept === room)) return null;
    const run = this.storage.read(runKey(room)) as Partial<Run> | null;
    const isRun = typeof run?.first === 'number' && Array.isArray(run.entries);
    return isRun ? (run as Run) : null;
  }

  /** @param run asked when it is written, which is some time later */
  keepRun(room: RoomId, cursor: Seq, run: () => Run): void {
    this.#index.runs = [...this.#index.runs.filter(([kept]) => kept !== room), [room, cursor]];
    while (this.#index.runs.length > MAX_CACHED_ROOMS) this.#evict();
    this.#writeLate(runKey(room), () => withinBounds(run()));
    this.#writeLate(INDEX, () => this.#index);
  }

  dropRun(room: RoomId): void {
    if (!this.#index.runs.some(([kept]) => kept === room)) return;
    this.#late.delete(runKey(room));
    this.storage.remove(runKey(room));
    this.#index.runs = this.#index.runs.filter(([kept]) => kept !== room);
    this.#writeLate(INDEX, () => this.#index);
  }

  read(shelf: Shelf): unknown {
    return this.storage.read(shelfKey(shelf));
  }

  keep(shelf: Shelf, value: () => object): void {
    this.#writeLate(shelfKey(shelf), value);
  }

  /** Writes what is due: before the app goes to the background, where it may be ended without a word. */
  flush(): void {
    this.#timer?.();
    this.#timer = null;
    // The index last: a cursor never promises more than its run holds.
    const late = [...this.#late].sort(([a], [b]) => Number(a === INDEX) - Number(b === INDEX));
    this.#late.clear();
    for (const [key, value] of late) {
      // A write before it may have given up its room, and so may its own.
      if (this.#isKnown(key)) this.storage.write(key, value());
      if (!this.#isKnown(key)) this.storage.remove(key);
    }
  }

  /** Gives up all that is kept for the same user; what happens next is kept again. */
  forget(): void {
    const { owner, epoch } = this.#index;
    this.clear();
    this.#index = { owner, epoch, runs: [] };
    this.#writeLate(INDEX, () => this.#index);
  }

  clear(): void {
    this.#late.clear();
    this.#index = { owner: '', epoch: null, runs: [] };
    for (const key of this.storage.keys()) {
      if (key.startsWith('cache.')) this.storage.remove(key);
    }
  }

  #writeLate(key: string, value: () => object): void {
    this.#late.set(key, value);
    this.#timer ??= this.#clock.after(WRITE_AFTER_MS, () => this.flush());
  }

  /** All but a run whose room was given up. */
  #isKnown(key: string): boolean {
    return !key.startsWith(runKey('')) || this.#index.runs.some(([room]) => runKey(room) === key);
  }

  #evict(): boolean {
    const oldest = this.#index.runs[0];
    if (oldest) {
      this.dropRun(oldest[0]);
      return true;
    }
    const shelf = (['files', 'people', 'rooms'] as const).find((name) => this.read(name) !== null);
    if (shelf) this.storage.remove(shelfKey(shelf));
    return shelf !== undefined;
  }
}

function withinBounds(run: Run): Run {
  let { first, entries } = run;
  while (entries.length > 1 && JSON.stringify(entries).length > MAX_RUN_CHARACTERS) {
    const half = Math.floor(entries.length / 2);
    entries = entries.slice(half);
    first += half;
  }
  const reactions = (run.reactions ?? []).filter(({ target }) => target >= first);
  return { first, entries, reactions };
}
