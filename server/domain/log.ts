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
   * resend must never be told that its message was not sent. What one sender places in one room keeps its order.
   */
  place(placing: Placing): Promise<Place>;
  /** Resolves when nothing is under way. */
  drain(): Promise<void>;
}

interface Waiting {
  draft: Draft;
  resolve: (placed: Placed) => void;
  reject: (reason: unknown) => void;
}

const MAX_BATCH = 1_000;

export function createLog({ store, bus, clock, soon, maxWaiting = 10_000, onBatch }: LogDeps): Log {
  /** Rooms with an append under way or about to be; the value is what goes with the next one. */
  const queues = new Map<RoomId, Waiting[]>();
  let waiting = 0;
  const drained: (() => void)[] = [];
  /** `room sender` → the draw under way, which the sender's next one waits for. */
  const draws = new Map<string, Promise<Draft>>();

  function append(room: RoomId, draft: Draft): Promise<Placed> {
    if (waiting >= maxWaiting) {
      return Promise.reject(new Refusal(ErrorCode.UNAVAILABLE, 'too many messages wait to be stored', 1_000));
    }
    waiting += 1;
    return new Promise((resolve, reject) => {
      const queue = queues.get(room);
      if (queue) {
        queue.push({ draft, resolve, reject });
        return;
      }
      queues.set(room, [{ draft, resolve, reject }]);
      soon(() => void flush(room));
    });
  }

  /** Appends what waits for the room, batch after batch, until nothing does. */
  async function flush(room: RoomId): Promise<void> {
    for (;;) {
      const queue = queues.get(room);
      const batch = queue?.splice(0, MAX_BATCH) ?? [];
      if (batch.length === 0) break;
      try {
        const began = clock.monotonic();
        const drafts = batch.map(({ draft }) => draft);
        const placed = await store.append(room, drafts);
        onBatch?.({ entries: drafts.length, ms: clock.monotonic() - began });
        settle(room, batch, placed);
      } catch (reason) {
        for (const { reject } of batch) reject(reason);
      }
      waiting -= batch.length;
    }
    queues.delete(room);
    if (queues.size === 0) for (const done of drained.splice(0)) done();
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
    try {
      const placed = await append(room, await drawInTurn(placing));
      if ('seq' in placed) return placed;
      throw refuse(placed.refused);
    } catch (reason) {
      if (!(reason instanceof Refusal)) throw reason;
      const before = isPassing(reason) ? null : await store.find(room, from, cid);
      if (before) return { ...before, repeated: true };
      throw reason;
    }
  }

  function drain(): Promise<void> {
    if (queues.size === 0) return Promise.resolve();
    return new Promise((resolve) => drained.push(resolve));
  }

  return { append, place, drain };
}

/** The store itself is out of reach: there is no point in asking it once more. */
const isPassing = (refusal: Refusal): boolean => refusal.code === ErrorCode.UNAVAILABLE;

function toEntry({ change: _, audit: _audit, files: _files, ...fields }: Draft, seq: Seq): Entry {
  return { seq, ...fields } as Entry;
}
