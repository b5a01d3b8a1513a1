/**
 * The rooms that this node has at hand, each as of some entry. What is kept is never wrong, only behind; a look at the
 * next entry's id tells whether it is, and then what is missing is read. So a read of a room that nobody else writes
 * to costs one look, an append none. Bounded: the room that was used longest ago goes.
 *
 * The look is only to be trusted while the next entry, if there is one, cannot have been deleted for its age: then the
 * room would seem to end where it began to be forgotten. So a state that nobody has looked at for long is read anew.
 */
import type { RoomId, Seq, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { Clock } from '../../domain/ports.ts';
import { byIds } from './by-ids.ts';
import { type Collections, entryId, idRange, MAX_SEQ, memberId, reactorId } from './documents.ts';
import { factsOf, targetOf } from './facts.ts';
import type { Needs } from './judge.ts';
import {
  type Beginning,
  blank,
  fold,
  foldPerson,
  type KeptState,
  moveBeginning,
  stateOf,
  stranger,
  toPerson,
} from './room-state.ts';
import { foldTarget, reactorKey, toTarget } from './target.ts';

/** Entries read at once; a room that is further behind is read anew from its document. */
const CHUNK = 500;
/** A call is given up after less; a new one then asks anew. */
const SHARED_MS = 1_500;
/** Far from the day that an entry is kept at least, whatever the clocks of two nodes say. */
const TRUSTED_MS = 3_600_000;

export class Shelf {
  readonly #db: Collections;
  readonly #clock: Pick<Clock, 'now' | 'after'>;
  readonly #maxRooms: number;
  readonly #kept = new Map<RoomId, KeptState>();
  readonly #loads = new Map<RoomId, Promise<KeptState | null>>();

  constructor(db: Collections, clock: Pick<Clock, 'now' | 'after'>, maxRooms = 10_000) {
    this.#db = db;
    this.#clock = clock;
    this.#maxRooms = maxRooms;
  }

  /** As this node knows it, perhaps behind; null where there is no such room. */
  async known(room: RoomId): Promise<KeptState | null> {
    const kept = this.#trusted(room);
    if (!kept) return this.#load(room);
    this.#touch(kept);
    return kept;
  }

  /** With every entry that was answered before this was asked for. */
  async fresh(room: RoomId): Promise<KeptState | null> {
    const kept = this.#trusted(room);
    if (!kept) return this.#load(room);
    return (await this.catchUp(kept)) === 'lost' ? this.#load(room) : kept;
  }

  /** The same of many, in a few queries; those that do not exist are left out. */
  async freshAll(rooms: RoomId[]): Promise<KeptState[]> {
    const missing = rooms.filter((room) => !this.#trusted(room));
    for (const doc of await byIds(this.#db.rooms, missing)) this.keep(stateOf(doc));
    const states = rooms.flatMap((room) => this.#kept.get(room) ?? []);
    const nexts = states.map((state) => entryId(state.record.id, state.seq + 1));
    const now = this.#clock.now();
    const behind = new Set(
      (await byIds(this.#db.entries, nexts, { _id: 1, room: 1 })).map(({ room }) => room),
    );
    const current = await Promise.all(
      states.map(async ({ record }) => (behind.has(record.id) ? this.fresh(record.id) : null)),
    );
    for (const state of states) if (!behind.has(state.record.id)) state.seen = now;
    return states.map((state, i) => current[i] ?? state);
  }

  /** Of these as others have moved it; to be asked before what it makes a difference to is read. */
  async learnBeginnings(states: KeptState[]): Promise<void> {
    const ids = states.map(({ record }) => record.id);
    const docs = await byIds(this.#db.rooms, ids, { _id: 1, begins: 1, beginsN: 1 });
    const known = new Map(docs.map((doc) => [doc._id, doc]));
    for (const state of states) moveBeginning(state, known.get(state.record.id) ?? {});
  }

  /** This node has moved the beginning of the room's log. */
  begin(room: RoomId, beginning: Beginning): void {
    const state = this.#kept.get(room);
    if (!state) return;
    moveBeginning(state, beginning);
    for (const seq of state.targets.keys()) if (seq < state.begins) state.targets.delete(seq);
  }

  #trusted(room: RoomId): KeptState | undefined {
    const kept = this.#kept.get(room);
    // A clock that was set back makes the age unknown.
    if (kept && Math.abs(this.#clock.now() - kept.seen) > TRUSTED_MS) {
      this.#kept.delete(room);
      return undefined;
    }
    return kept;
  }

  /** What was just read, or just made. */
  keep(state: KeptState): void {
    state.seen = this.#clock.now();
    this.#touch(state);
  }

  #touch(state: KeptState): void {
    const { id } = state.record;
    this.#kept.delete(id);
    this.#kept.set(id, state);
    if (this.#kept.size <= this.#maxRooms) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }

  /** @returns `lost`: too much is missing; the room is no longer kept and must be read anew */
  async catchUp(state: KeptState): Promise<'current' | 'moved' | 'lost'> {
    const { id } = state.record;
    const began = state.seq;
    const now = this.#clock.now();
    const next = await this.#db.entries.findOne(
      { _id: entryId(id, state.seq + 1) },
      { projection: { _id: 1 } },
    );
    if (!next || (await this.#read(state))) {
      state.seen = now;
      return state.seq > began ? 'moved' : 'current';
    }
    if (this.#kept.get(id) === state) this.#kept.delete(id);
    return 'lost';
  }

  /** Learns of people, changed entries and reactions; afterwards the state may be further on. */
  async learn(state: KeptState, { users, targets, reactors }: Needs): Promise<void> {
    const people = [...users].filter((user) => !state.people.has(user));
    const changed = [...targets].filter((seq) => !state.targets.has(seq) && seq <= state.seq);
    const unread = reactors.filter(
      ({ target, user, emoji }) => !state.targets.get(target)?.reactors.has(reactorKey(user, emoji)),
    );
    if (people.length + changed.length + unread.length === 0) return;
    await holding([state], async () => {
      await Promise.all([
        this.#learnPeople(state, people),
        this.#learnTargets(state, changed).then(() => this.#learnReactors(state, unread)),
      ]);
    });
  }

  async #learnPeople(state: KeptState, users: UserId[]): Promise<void> {
    const { id } = state.record;
    const docs = await byIds(
      this.#db.members,
      users.map((user) => memberId(id, user)),
    );
    await this.reach(
      state,
      docs.map(({ at }) => at),
    );
    const found = new Map(docs.map((doc) => [doc.user, doc]));
    for (const user of users) {
      if (state.people.has(user)) continue;
      const doc = found.get(user);
      const person = doc ? toPerson(doc) : stranger();
      for (const facts of state.pending) foldPerson(person, user, facts);
      state.people.set(user, person);
    }
  }

  async #learnTargets(state: KeptState, seqs: Seq[]): Promise<void> {
    const { id } = state.record;
    const docs = await byIds(
      this.#db.entries,
      seqs.map((seq) => entryId(id, seq)),
    );
    await this.reach(
      state,
      docs.map(({ rev }) => rev),
    );
    for (const doc of docs) {
      if (state.targets.has(doc.seq)) continue;
      const target = toTarget(doc);
      for (const facts of state.pending) if (targetOf(facts) === doc.seq) foldTarget(target, facts);
      state.targets.set(doc.seq, target);
    }
  }

  async #learnReactors(state: KeptState, reactors: Needs['reactors']): Promise<void> {
    const { id } = state.record;
    const wanted = new Map(
      reactors.map(({ target, user, emoji }) => [
        reactorId(id, target, user, emoji),
        { target, user, emoji },
      ]),
    );
    const docs = await byIds(this.#db.reactors, [...wanted.keys()]);
    await this.reach(
      state,
      docs.map(({ at }) => at),
    );
    for (const { _id, on, at } of docs) {
      const { target = 0, user = '', emoji = '' } = wanted.get(_id) ?? {};
      const known = state.targets.get(target)?.reactors;
      const key = reactorKey(user, emoji);
      if ((known?.get(key)?.at ?? 0) < at) known?.set(key, { on, at });
    }
  }

  /** What was derived from an entry is seen after the entry can be. */
  async reach(state: KeptState, seqs: Seq[]): Promise<void> {
    const furthest = Math.max(0, ...seqs);
    while (state.seq < furthest) {
      const before = state.seq;
      await this.#read(state);
      if (state.seq === before) throw new Error(`room ${state.record.id} has no entry after ${before}`);
    }
  }

  #load(room: RoomId): Promise<KeptState | null> {
    const known = this.#loads.get(room);
    if (known) return known;
    const leave = (): void => {
      undo();
      if (this.#loads.get(room) === loading) this.#loads.delete(room);
    };
    // What the database still owes an answer to is not shared by those who come when it is back.
    const undo = this.#clock.after(SHARED_MS, leave);
    const loading = this.#loadNow(room).finally(leave);
    this.#loads.set(room, loading);
    return loading;
  }

  async #loadNow(room: RoomId): Promise<KeptState | null> {
    const doc = await this.#db.rooms.findOne({ _id: room });
    const state = doc ? stateOf(doc) : blank(room);
    while ((await this.catchUp(state)) === 'lost');
    if (state.seq === 0) return null;
    this.keep(state);
    return state;
  }

  /** Reads what follows, a chunk at most; whether that was all. */
  async #read(state: KeptState): Promise<boolean> {
    const { id } = state.record;
    const docs = await this.#db.entries
      .find({ _id: idRange(id, state.seq + 1, MAX_SEQ) })
      .sort({ _id: 1 })
      .limit(CHUNK)
      .toArray();
    for (const doc of docs) fold(state, factsOf(doc));
    return docs.length < CHUNK;
  }
}

/** While it runs, nothing is dropped from the `pending` of these. */
export async function holding<T>(states: readonly KeptState[], run: () => Promise<T>): Promise<T> {
  for (const state of states) state.holds += 1;
  try {
    return await run();
  } finally {
    for (const state of states) state.holds -= 1;
  }
}
