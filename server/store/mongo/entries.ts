/** Reading a room's log: one entry, a page with its reactions, the place of a cid; and how a document becomes an Entry. */
import type {
  Cid,
  Entry,
  Reaction,
  RoomId,
  Seq,
  Timestamp,
  UserId,
} from '../../../miniprogram/protocol/objects.ts';
import type { Page, PageRange } from '../../domain/ports.ts';
import { rangeOf } from '../page-range.ts';
import { byIds } from './by-ids.ts';
import { type Collections, type EntryDoc, entryId, entryKey, idRange, reactorId } from './documents.ts';
import { targetOf } from './facts.ts';
import type { KeptState } from './room-state.ts';
import { holding, type Shelf } from './shelf.ts';
import { foldTarget, reactorKey, type Target, toTarget } from './target.ts';

export function toEntry(doc: EntryDoc): Entry {
  const { seq, ts, from, kind, body, cid, reply, target, mentions, recalled, edited } = doc;
  return {
    seq,
    ts,
    from,
    kind,
    body: JSON.parse(body) as unknown,
    ...(cid !== undefined && { cid }),
    ...(reply !== undefined && { reply }),
    ...(target !== undefined && { target }),
    ...(mentions !== undefined && { mentions }),
    ...(recalled && { recalled }),
    ...(edited !== undefined && { edited }),
    // The document was made of a Draft, in which kind and body belong together.
  } as Entry;
}

/** A page is read anew where entries came meanwhile; after so many times it is given as it is. */
const MAX_READS = 3;

export function createEntryReads(db: Collections, shelf: Shelf) {
  async function read(state: KeptState, wanted: PageRange): Promise<Page> {
    const { id } = state.record;
    const { from, to, more } = rangeOf(wanted, { head: state.seq, begins: state.begins });
    const docs =
      from > to
        ? []
        : await db.entries
            .find({ _id: idRange(id, from, to) })
            .sort({ _id: 1 })
            .toArray();
    if (from <= to && docs[0]?.seq !== from) {
      const { begins } = state;
      await shelf.learnBeginnings([state]);
      if (state.begins > begins) return read(state, wanted);
    }
    await shelf.reach(
      state,
      docs.map(({ rev }) => rev),
    );
    const page: Page = {
      entries: docs.map((doc) => toEntry(asOf(state, doc))),
      head: state.seq,
      more,
      ...(state.begins > 1 && { begins: state.begins }),
    };
    if (wanted.viewer === undefined) return page;
    const reactions = await reactionsOf(state, docs, wanted.viewer);
    return reactions.length > 0 ? { ...page, head: state.seq, reactions } : { ...page, head: state.seq };
  }

  /** Exactly as at the state's seq. */
  async function reactionsOf(state: KeptState, docs: EntryDoc[], viewer: UserId): Promise<Reaction[]> {
    const { id } = state.record;
    const own = docs.flatMap(({ seq, reactions = [] }) =>
      reactions.map(({ emoji }) => ({ seq, emoji, _id: reactorId(id, seq, viewer, emoji) })),
    );
    const reactors = await byIds(
      db.reactors,
      own.map(({ _id }) => _id),
    );
    await shelf.reach(
      state,
      reactors.map(({ at }) => at),
    );
    const known = new Map(reactors.map((doc) => [doc._id, doc]));
    return docs.flatMap((doc) => {
      const target = toTarget(doc);
      for (const { seq, emoji, _id } of own) {
        const reactor = known.get(_id);
        if (seq === doc.seq && reactor) target.reactors.set(reactorKey(viewer, emoji), reactor);
      }
      foldPending(state, doc.seq, target);
      return target.reactions.map(({ emoji, n }) => ({
        target: doc.seq,
        emoji,
        count: n,
        ...(target.reactors.get(reactorKey(viewer, emoji))?.on && { mine: true as const }),
      }));
    });
  }

  return {
    async find(room: RoomId, from: UserId, cid: Cid): Promise<{ seq: Seq; ts: Timestamp } | null> {
      const doc = await db.entries.findOne({ room, key: entryKey(from, cid, 0) });
      return doc && { seq: doc.seq, ts: doc.ts };
    },

    async entry(room: RoomId, seq: Seq): Promise<Entry | null> {
      const state = await shelf.known(room);
      if (!state) return null;
      return holding([state], async () => {
        const doc = seq < state.begins ? null : await db.entries.findOne({ _id: entryId(room, seq) });
        return doc && toEntry(asOf(state, doc));
      });
    },

    async heads(rooms: RoomId[]): Promise<{ room: RoomId; head: Seq }[]> {
      return (await shelf.freshAll(rooms)).map(({ record, seq }) => ({ room: record.id, head: seq }));
    },

    async page(room: RoomId, wanted: PageRange): Promise<Page> {
      const state = await shelf.fresh(room);
      if (!state) return { entries: [], head: 0, more: false };
      return holding([state], async () => {
        let page = await read(state, wanted);
        for (let i = 1; i < MAX_READS && isBehind(page, wanted); i += 1) page = await read(state, wanted);
        return page;
      });
    },
  };
}

/** Entries came while a page that should end with the head was read. */
function isBehind({ entries, head, more }: Page, { before, around }: PageRange): boolean {
  const last = entries.at(-1)?.seq ?? 0;
  return before === undefined && around === undefined && !more && last > 0 && last < head;
}

/** What was recalled or replaced is shown to nobody, also where the writer has not come to erase it. */
function asOf(state: KeptState, doc: EntryDoc): EntryDoc {
  const target = toTarget(doc);
  foldPending(state, doc.seq, target);
  if (target.rev === doc.rev) return doc;
  const { text, edited } = target;
  if (target.recalled) return { ...without(doc, 'mentions'), body: '{}', recalled: true };
  const body = text === undefined ? {} : { body: JSON.stringify({ text }) };
  return { ...doc, ...body, ...(edited !== undefined && { edited }) };
}

function foldPending({ pending }: KeptState, seq: Seq, target: Target): void {
  for (const facts of pending) if (targetOf(facts) === seq) foldTarget(target, facts);
}

function without<K extends keyof EntryDoc>(doc: EntryDoc, key: K): Omit<EntryDoc, K> {
  const { [key]: _, ...rest } = doc;
  return rest;
}
