/**
 * The one place where entries are written. A batch is judged by what this node knows of the room and inserted in order
 * after the head: one round trip where nobody else wrote. The two unique keys tell where somebody did: on a taken seq
 * the room is read on and the rest judged again, on a cid that was used before the draft is a repeat. Order makes gaps
 * impossible, also for an insert that arrives late: its first seq is taken, and nothing of it is stored.
 */
import type { FileId, RoomId, Timestamp } from '../../../miniprogram/protocol/objects.ts';
import type { Draft, NewRoom, Placed } from '../../domain/ports.ts';
import { Refusal } from '../../outcome.ts';
import { byIds } from './by-ids.ts';
import { type Collections, type EntryDoc, entryKey } from './documents.ts';
import { creationOf, factsOf, hasEffect, toDoc } from './facts.ts';
import { clashesIn } from './insert-new.ts';
import type { Knocks } from './knocks.ts';
import { judge, needsOf, type Plan, type Verdict } from './judge.ts';
import { blank, fold, type KeptState } from './room-state.ts';
import type { Settle } from './settle.ts';
import type { Shelf } from './shelf.ts';
import type { NextStamp } from './stamps.ts';

export interface AppendDeps {
  db: Collections;
  shelf: Shelf;
  settle: Settle;
  /** Settles in a while, for many entries at once. */
  settleLater: (state: KeptState) => void;
  /** Never the same twice, on whichever node. */
  newCall: () => string;
  nextStamp: NextStamp;
  /** Which of these files are there, and until when. */
  filesThere: (files: FileId[]) => Promise<(file: FileId, at: Timestamp) => boolean>;
  knocks: Knocks;
  /** What failed after the entries were stored; readers make up for it. */
  onTrouble: (reason: unknown) => void;
}

/** A call, as `append` needs it. */
export interface Patience {
  /** Nobody waits much longer: what is not stored yet is not tried again. */
  isOver(): boolean;
}

/** What became of an ordered insert. */
interface Stored {
  /** So many of the documents, from the first on, are in the log by this call. */
  count: number;
  /** The place of the next one's cid, which was used before. */
  earlier?: Placed;
}

interface Waiting {
  draft: Draft;
  /** Where the answer goes. */
  index: number;
}

const RETRY_AFTER_MS = 1_000;

export function createAppend(deps: AppendDeps) {
  const { db, shelf, settle, settleLater, newCall, nextStamp, filesThere, knocks, onTrouble } = deps;

  /** @throws UNAVAILABLE where others were faster until nobody waited any more */
  async function append(room: RoomId, drafts: Draft[], patience: Patience): Promise<Placed[]> {
    const by = newCall();
    const placed: Placed[] = new Array<Placed>(drafts.length);
    let waiting: Waiting[] = drafts.map((draft, index) => ({ draft, index }));
    let hasKnocked = false;
    for (let tries = 0; waiting.length > 0; tries += 1) {
      if (patience.isOver()) throw new Refusal('UNAVAILABLE', 'too many write to the room', RETRY_AFTER_MS);
      const state = await (tries === 0 ? known(room) : shelf.fresh(room));
      if (!state) {
        for (const { index } of waiting) placed[index] = { refused: 'no-room' };
        break;
      }
      const before = state.seq;
      const left = await appendOnce(state, { by, waiting, placed });
      if (left.length === waiting.length && state.seq === before) {
        // For each try anew: the last knock may have been answered, and a third node have come first.
        knocks.knock(state, by);
        hasKnocked = true;
      } else if (left.length === 0) {
        knocks.stored(state);
        if (hasKnocked) knocks.leave(state, by);
      }
      waiting = left;
    }
    return placed;
  }

  /** The room as it is at hand; where another node waits to write to it, after that node. */
  async function known(room: RoomId): Promise<KeptState | null> {
    const state = await shelf.known(room);
    if (!state) return null;
    await knocks.letIn(state, async () => (await shelf.catchUp(state)) !== 'current');
    return shelf.known(room);
  }

  /** @returns those that must be judged again */
  async function appendOnce(
    state: KeptState,
    { by, waiting, placed }: { by: string; waiting: Waiting[]; placed: Placed[] },
  ): Promise<Waiting[]> {
    const drafts = waiting.map(({ draft }) => draft);
    const isThere = await filesThere(drafts.flatMap(({ files = [] }) => files));
    await shelf.learn(state, needsOf(drafts));
    const judgedAt = state.seq;
    const plan = judge(state, drafts, { by, nextStamp, isThere });
    const stored = plan.docs.length > 0 ? await insert(plan.docs) : { count: 0 };
    await commit(state, plan.docs.slice(0, stored.count));
    // A refusal holds as of the head; what was stored after the state proves that there was nothing in between.
    const isProven = stored.count > 0 || !plan.verdicts.some((verdict) => 'refused' in verdict);
    if (!isProven && ((await shelf.catchUp(state)) === 'lost' || state.seq > judgedAt)) return waiting;

    const refused: Waiting[] = [];
    const rest = waiting.findIndex(({ index }, i) => {
      const place = placeOf(plan, i, stored);
      if (place === 'unknown') return true;
      placed[index] = place;
      const waiter = waiting[i];
      if (waiter && 'refused' in place) refused.push(waiter);
      return false;
    });
    await findEarlier(state.record.id, refused, placed);
    return rest === -1 ? [] : waiting.slice(rest);
  }

  async function insert(docs: EntryDoc[]): Promise<Stored> {
    try {
      await db.entries.insertMany(docs, { ordered: true });
      return { count: docs.length };
    } catch (reason) {
      return lookAt(docs, clashesIn(reason)[0] ?? 0);
    }
  }

  /**
   * Why the document at `index` clashed. Where the reply to an insert was lost and the driver tried again, it clashes
   * with itself, as do those after it.
   */
  async function lookAt(docs: EntryDoc[], index: number): Promise<Stored> {
    const [clashing] = docs.slice(index);
    const there = clashing && (await db.entries.findOne({ _id: clashing._id }));
    // Another node's has the seq. If the cid was used before as well, the next try finds out.
    if (there && there.by !== clashing.by) return { count: index };
    return lookAtAll(docs, index);
  }

  async function lookAtAll(docs: EntryDoc[], index: number): Promise<Stored> {
    const rest = docs.slice(index);
    const { room } = docs[0] as EntryDoc;
    const found = await Promise.all([
      byIds(
        db.entries,
        rest.flatMap(({ _id, cid }) => (cid === undefined ? [_id] : [])),
      ),
      byKeys(
        room,
        rest.flatMap(({ key, cid }) => (cid === undefined ? [] : [key])),
      ),
    ]);
    const byKey = new Map(found.flat().map((doc) => [doc.key, doc]));
    const foreign = rest.findIndex((doc) => {
      const there = byKey.get(doc.key);
      return there?._id !== doc._id || there.by !== doc.by;
    });
    if (foreign === -1) return { count: docs.length };
    const clash = rest[foreign];
    const there = clash?.cid === undefined ? undefined : byKey.get(clash.key);
    const count = index + foreign;
    return there ? { count, earlier: { seq: there.seq, ts: there.ts, repeated: true } } : { count };
  }

  async function byKeys(room: RoomId, keys: string[]): Promise<EntryDoc[]> {
    return keys.length === 0 ? [] : db.entries.find({ room, key: { $in: keys } }).toArray();
  }

  async function commit(state: KeptState, docs: EntryDoc[]): Promise<void> {
    const facts = docs.map(factsOf);
    for (const one of facts) fold(state, one);
    if (facts.some(hasEffect)) await settle(state).catch(onTrouble);
    else if (facts.length > 0) settleLater(state);
  }

  /** A draft that is refused today may have been stored before. */
  async function findEarlier(room: RoomId, refused: Waiting[], placed: Placed[]): Promise<void> {
    const keyed = refused.flatMap(({ draft: { from, cid }, index }) =>
      cid === undefined ? [] : [{ key: entryKey(from, cid, 0), index }],
    );
    if (keyed.length === 0) return;
    const found = await byKeys(
      room,
      keyed.map(({ key }) => key),
    );
    const byKey = new Map(found.map(({ key, seq, ts }) => [key, { seq, ts }]));
    for (const { key, index } of keyed) {
      const place = byKey.get(key);
      if (place) placed[index] = { ...place, repeated: true };
    }
  }

  /** Entry 1 makes the room; whoever stores it has made it. */
  async function create(room: NewRoom): Promise<boolean> {
    const place = { room: room.id, seq: 1, n: 0, stamp: nextStamp(), by: newCall() };
    const doc = toDoc(place, room.first, creationOf(room));
    const { count } = await insert([doc]);
    const state = count === 1 ? blank(room.id) : await shelf.fresh(room.id);
    if (!state) throw new Error(`room ${room.id} has vanished`);
    if (count === 1) {
      fold(state, factsOf(doc));
      shelf.keep(state);
    }
    await settle(state);
    return count === 1;
  }

  return { append, create };
}

function placeOf({ docs, verdicts }: Plan, i: number, stored: Stored): Placed | 'unknown' {
  const verdict = verdicts[i] as Verdict;
  if ('refused' in verdict) return verdict;
  const index = 'doc' in verdict ? verdict.doc : verdict.repeats;
  const doc = docs[index] as EntryDoc;
  if (index < stored.count) {
    const place = { seq: doc.seq, ts: doc.ts };
    return 'doc' in verdict ? place : { ...place, repeated: true };
  }
  return index === stored.count && stored.earlier ? stored.earlier : 'unknown';
}
