/**
 * How nodes that write to one room at once take turns. Whoever writes batch after batch is always a round trip ahead of
 * whoever has to read on first, and would keep them out for as long as it has something to write. So who came too late
 * knocks, a document of the room's own; who writes without pause looks for it now and then, beside its writing, and
 * when there is one waits a little, until the other's entries are there. Nothing is decided here, and a knock that gets
 * lost costs another try: what must not happen is seen to by the keys of the log.
 */
import type { Clock } from '../../domain/ports.ts';
import type { Collections } from './documents.ts';
import type { KeptState } from './room-state.ts';

export interface KnocksDeps {
  db: Pick<Collections, 'leases'>;
  clock: Pick<Clock, 'monotonic' | 'after'>;
  /** Names of this node's calls begin with it. */
  node: string;
  /** Nobody waits for it, and it may fail. */
  inBackground: (work: () => Promise<unknown>) => Promise<void>;
}

/** Batches that one node stored in a room without a pause. */
interface Run {
  batches: number;
  /** Monotonic ms. */
  ended: number;
  looked: number;
  /** Of another node that waits. */
  knock: string | null;
  /** The last one that was let in. */
  answered: string | null;
}

/** After so long without a batch others had their chance. */
const PAUSE_MS = 100;
/** A run that short keeps nobody out. */
const SHORT = 3;
const LOOK_EVERY_MS = 50;
/** Who knocked gets so many turns of so long to read on and write. */
const STEP_MS = 15;
const STEPS = 20;

export class Knocks {
  readonly #deps: KnocksDeps;
  readonly #runs = new WeakMap<KeptState, Run>();

  constructor(deps: KnocksDeps) {
    this.#deps = deps;
  }

  /** This node has stored a batch. */
  stored(state: KeptState): void {
    const now = this.#deps.clock.monotonic();
    const before = this.#runs.get(state);
    const fresh = { batches: 0, ended: now, looked: now, knock: null, answered: null };
    const run = before && now - before.ended < PAUSE_MS ? before : fresh;
    run.batches += 1;
    run.ended = now;
    this.#runs.set(state, run);
    if (run.batches > SHORT && now - run.looked >= LOOK_EVERY_MS) this.#look(state, run);
  }

  /** This node came too late, in the call of this name. */
  knock({ record }: KeptState, by: string): void {
    const { db, inBackground } = this.#deps;
    const $set = { holder: by, until: 0 };
    void inBackground(() => db.leases.updateOne({ _id: idOf(record.id) }, { $set }, { upsert: true }));
  }

  /** It has stored what it knocked for. */
  leave({ record }: KeptState, by: string): void {
    const { db, inBackground } = this.#deps;
    void inBackground(() => db.leases.deleteOne({ _id: idOf(record.id), holder: by }));
  }

  /**
   * Before a batch. Where another node has knocked: until it has written, as `hasWritten` tells, or had its time.
   */
  async letIn(state: KeptState, hasWritten: () => Promise<boolean>): Promise<void> {
    const run = this.#runs.get(state);
    if (!run?.knock) return;
    run.answered = run.knock;
    run.knock = null;
    for (let step = 0; step < STEPS; step += 1) {
      await new Promise<void>((resolve) => this.#deps.clock.after(STEP_MS, resolve));
      if (await hasWritten()) return;
    }
  }

  #look(state: KeptState, run: Run): void {
    const { db, clock, node, inBackground } = this.#deps;
    run.looked = clock.monotonic();
    void inBackground(async () => {
      const found = await db.leases.findOne({ _id: idOf(state.record.id) });
      if (found && found.holder !== run.answered && !found.holder.startsWith(node)) run.knock = found.holder;
    });
  }
}

const idOf = (room: string): string => `knock/${room}`;
