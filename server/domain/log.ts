/**
 * Appends to rooms. For each active room there is one append under way; drafts that arrive meanwhile form the next
 * batch, so that one write and one fsync serve all that wait and throughput grows with load. A batch is published as
 * one message, in the order of seq, after it is durable and before anybody is told so. It never decides who may
 * write: that was asked before.
 */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { Cid, Entry, RoomId, Seq, UserId } from '../../miniprogram/protocol/objects.ts';
import { Refusal } from '../outcome.ts';
import type { Bus, Clock, Draft, LogStore, Placed } from './ports.ts';
import { roomSubject } from './subjects.ts';

export interface LogDeps {
  store: LogStore;
  bus: Bus;
  /** Runs a job after what is at hand: all that one turn of the event loop brings shares a batch. */
  soon: (job: () => void) => void;
  /** Most drafts that may wait on this node; past it sends are UNAVAILABLE. */
  maxWaiting?: number;
  /** Told after each batch: how many entries, and how long until they were durable. */
  onBatch?: (batch: { entries: number; ms: number }) => void;
  clock: Pick<Clock, 'monotonic'>;
}

/** A draft that is certain to have been stored, if not by this call then by an earlier one. */
export interface Place {
  seq: Seq;
  ts: number;
  repeated?: true;
}

export interface Placing {
  room: RoomId;
  from: UserId;
  cid: Cid;
  /** Asks the rules, then gives the draft. */
  draw: () => Draft | Promise<Draft>;
  /** What the person hears where the room is not, or no longer, as the draft supposes. */
  refuse: (why: Extract<Placed, { refused: string }>['refused']) => Refusal;
}

export interface Log {
  /** Resolves when the draft is durable, or is refused by what the store knows. */
  append(room: RoomId, draft: Draft): Promise<Placed>;
  /**
   * As `append`, but what was stored under this cid before is found even where the rules of today refuse it: a
   * resend must never be told that its message was not sent. What one sender places in one room keeps its order: where
   * the store takes one not now, it takes none of those that were placed behind it meanwhile, and all are sent again.
   */
  place(placing: Placing): Promise<Place>;
  /** Resolves when nothing is under way. */
  drain(): Promise<void>;
}

/** On its way from the sender to an answer. */
interface OnItsWay {
  /** One that the sender placed before was not taken. */
  setback: Refusal | null;
}

interface Waiting {
  draft: Draft;
  way?: OnItsWay;
  resolve: (placed: Placed) => void;
  reject: (reason: unknown) => void;
}

const MAX_BATCH = 1_000;
const MIN_BATCH = 16;
/** Of the store's patience: a batch that takes more of it is followed by one of half its size. */
const SLOW = 1 / 4;

export function createLog({ store, bus, clock, soon, maxWaiting = 10_000, onBatch }: LogDeps): Log {
  /** Rooms with an append under way or about to be; the value is what goes with the next one. */
  const queues = new Map<RoomId, Waiting[]>();
  let waiting = 0;
  /** As a store that has a patience bears it just now. */
  let most = MAX_BATCH;
  const slowMs = (store.patienceMs ?? Infinity) * SLOW;
  const drained: (() => void)[] = [];
  /** `room sender` → the draw under way, which the sender's next one waits for. */
  const draws = new Map<string, Promise<Draft>>();
  /** `room sender` → what the sender has placed and was not told of yet, in order. */
  const ways = new Map<string, Set<OnItsWay>>();

  function append(room: RoomId, draft: Draft, way?: OnItsWay): Promise<Placed> {
    if (waiting >= maxWaiting) {
      return Promise.reject(new Refusal(ErrorCode.UNAVAILABLE, 'too many messages wait to be stored', 1_000));
    }
    waiting += 1;
    return new Promise((resolve, reject) => {
      const queue = queues.get(room);
      const waiter: Waiting = { draft, resolve, reject, ...(way && { way }) };
      if (queue) {
        queue.push(waiter);
        return;
      }
      queues.set(room, [waiter]);
      soon(() => void flush(room));
    });
  }

  /** Appends what waits for the room, batch after batch, until nothing does. */
  async function flush(room: RoomId): Promise<void> {
    for (;;) {
      const queue = queues.get(room);
      const taken = queue?.splice(0, most) ?? [];
      if (taken.length === 0) break;
      const batch = taken.filter(isStillWanted);
      waiting -= taken.length - batch.length;
      if (batch.length === 0) continue;
      const began = clock.monotonic();
      try {
        const drafts = batch.map(({ draft }) => draft);
        const placed = await store.append(room, drafts);
        const ms = clock.monotonic() - began;
        measure(batch.length, ms);
        onBatch?.({ entries: drafts.length, ms });
        settle(room, batch, placed);
      } catch (reason) {
        for (const { reject } of batch) reject(reason);
        measure(batch.length, clock.monotonic() - began);
        // Who placed something behind it is told so before the next batch is made up.
        if (isSetback(reason)) await new Promise<void>((resolve) => soon(resolve));
      }
      waiting -= batch.length;
    }
    queues.delete(room);
    if (queues.size === 0) for (const done of drained.splice(0)) done();
  }

  function measure(entries: number, ms: number): void {
    if (ms > slowMs) most = Math.max(MIN_BATCH, Math.min(most, Math.ceil(entries / 2)));
    else if (entries === most && ms < slowMs / 4) most = Math.min(MAX_BATCH, most * 2);
  }

  function settle(room: RoomId, batch: Waiting[], placed: Placed[]): void {
    const entries: Entry[] = [];
    placed.forEach((place, i) => {
      const waiter = batch[i];
      if (waiter && 'seq' in place && !place.repeated) entries.push(toEntry(waiter.draft, place.seq));
    });
    if (entries.length > 0) bus.publish(roomSubject(room), { type: 'entries', room, entries });
    batch.forEach(({ resolve }, i) => {
      const place = placed[i];
      if (place) resolve(place);
    });
  }

  /** The rules may have to ask the store about one draft and not about the next; they are asked in turn. */
  function drawInTurn({ room, from, draw }: Placing): Draft | Promise<Draft> {
    const key = `${room} ${from}`;
    const drawn = draws.get(key)?.then(draw, draw) ?? draw();
    if (!(drawn instanceof Promise)) return drawn;
    draws.set(key, drawn);
    const done = (): void => {
      if (draws.get(key) === drawn) draws.delete(key);
    };
    drawn.then(done, done);
    return drawn;
  }

  async function place(placing: Placing): Promise<Place> {
    const { room, from, cid, refuse } = placing;
    const key = `${room} ${from}`;
    const way: OnItsWay = { setback: null };
    const all = ways.get(key) ?? new Set();
    ways.set(key, all.add(way));
    try {
      const draft = await drawInTurn(placing);
      if (way.setback) throw way.setback;
      const placed = await append(room, draft, way);
      if ('seq' in placed) return placed;
      throw refuse(placed.refused);
    } catch (reason) {
      if (!(reason instanceof Refusal)) throw reason;
      if (isSetback(reason)) setBack(all, way, reason);
      const before = isSetback(reason) ? null : await store.find(room, from, cid);
      if (before) return { ...before, repeated: true };
      throw reason;
    } finally {
      all.delete(way);
      if (all.size === 0 && ways.get(key) === all) ways.delete(key);
    }
  }

  function drain(): Promise<void> {
    if (queues.size === 0) return Promise.resolve();
    return new Promise((resolve) => drained.push(resolve));
  }

  return { append, place, drain };
}

/** The store takes it not now: there is no point in asking it once more, and what is placed behind it must wait. */
const isSetback = (reason: unknown): boolean =>
  reason instanceof Refusal && reason.code === ErrorCode.UNAVAILABLE;

function setBack(ways: Set<OnItsWay>, failed: OnItsWay, setback: Refusal): void {
  let isBehind = false;
  for (const way of ways) {
    if (isBehind) way.setback ??= setback;
    isBehind ||= way === failed;
  }
}

function isStillWanted({ way, reject }: Waiting): boolean {
  if (!way?.setback) return true;
  reject(way.setback);
  return false;
}

function toEntry({ change: _, audit: _audit, files: _files, ...fields }: Draft, seq: Seq): Entry {
  return { seq, ...fields } as Entry;
}
