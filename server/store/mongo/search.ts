/**
 * Searching: entries that hold all pairs of characters of the query, by an index that begins with the room and ends
 * with the time; what it finds is looked at. Somebody in very many rooms is asked about some rooms at a time.
 */
import type { Filter } from 'mongodb';
import type { RoomId, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { SearchPage, SearchQuery } from '../../domain/ports.ts';
import { fold } from '../searchable.ts';
import { byIds } from './by-ids.ts';
import { type Collections, type EntryDoc, idRange, MAX_SEQ, memberId, type SearchDoc } from './documents.ts';
import { toEntry } from './entries.ts';
import { termsOf, textOf } from './grams.ts';
import type { KeptState } from './room-state.ts';
import type { Settle } from './settle.ts';
import type { Shelf } from './shelf.ts';

/** Rooms named in one query: each is a range of the index of its own. */
const MAX_ROOMS_NAMED = 100;
/** Entries that a page looks at: it ends here, however few it has found, so that none takes long. */
const MAX_LOOKS = 2_000;
/** Entries read at once. */
const MAX_READ = 100;

export interface SearchDeps {
  db: Collections;
  shelf: Shelf;
  settle: Settle;
  /** What this node has put off. */
  settleDue: () => Promise<unknown>;
}

export function createSearch({ db, shelf, settle, settleDue }: SearchDeps) {
  async function roomsOf(user: UserId | null, room: RoomId | undefined): Promise<RoomId[]> {
    if (user === null) {
      const all = db.rooms.find(room === undefined ? {} : { _id: room }).project<{ _id: RoomId }>({ _id: 1 });
      return (await all.toArray()).map(({ _id }) => _id);
    }
    if (room !== undefined) {
      return (await db.members.findOne({ _id: memberId(room, user) }))?.in ? [room] : [];
    }
    const members = await db.members
      .find({ user, in: true })
      .project<{ room: RoomId }>({ _id: 0, room: 1 })
      .toArray();
    return members.map((member) => member.room);
  }

  /** What was said a moment ago may not be in the index yet. */
  async function index(rooms: RoomId[]): Promise<void> {
    const states = await shelf.freshAll(rooms);
    const isBehind = ({ pending, applied }: KeptState) =>
      pending.some(({ seq, words }) => seq > applied && words !== undefined);
    await Promise.all(states.filter(isBehind).map(settle));
  }

  /** Those that may hold the query, the newest first, one more than a page looks at. */
  async function candidates(rooms: RoomId[], wanted: string, below: number): Promise<Candidate[]> {
    const found: Candidate[] = [];
    for (let i = 0; i < rooms.length; i += MAX_ROOMS_NAMED) {
      const some = rooms.slice(i, i + MAX_ROOMS_NAMED);
      const filter: Filter<SearchDoc> = {
        room: some.length === 1 ? (some[0] ?? '') : { $in: some },
        grams: { $all: termsOf(wanted) },
        stamp: { $lt: below },
      };
      const docs = db.search.find(filter).project<Candidate>({ stamp: 1 }).sort({ stamp: -1 });
      found.push(...(await docs.limit(MAX_LOOKS + 1).toArray()));
    }
    return found.sort((a, b) => b.stamp - a.stamp).slice(0, MAX_LOOKS + 1);
  }

  async function boundOf({ room, before, after }: SearchQuery): Promise<number> {
    if (after !== undefined) return /^\d{1,17}$/.test(after) ? Number(after) : 0;
    if (room === undefined || before === undefined) return Number.MAX_SAFE_INTEGER;
    // The first that is not before it: the one that is named may be gone.
    const [entry] = await db.entries
      .find({ _id: idRange(room, before, MAX_SEQ) })
      .sort({ _id: 1 })
      .limit(1)
      .toArray();
    return entry?.stamp ?? Number.MAX_SAFE_INTEGER;
  }

  /** The entries of the candidates in their order, read some at a time. */
  async function* entriesOf(found: Candidate[]): AsyncGenerator<EntryDoc | undefined> {
    for (let i = 0; i < found.length; i += MAX_READ) {
      const ids = found.slice(i, i + MAX_READ).map(({ _id }) => _id);
      const docs = new Map((await byIds(db.entries, ids)).map((doc) => [doc._id, doc]));
      for (const id of ids) yield docs.get(id);
    }
  }

  return {
    async search(user: UserId | null, asked: SearchQuery): Promise<SearchPage> {
      const wanted = fold(asked.query);
      const rooms = await roomsOf(user, asked.room);
      const page: SearchPage = { hits: [], more: false };
      if (rooms.length === 0 || wanted === '') return page;
      // Every room of the server is too much to bring up to date for one look: there other nodes may be a moment late.
      await (user !== null || rooms.length <= MAX_ROOMS_NAMED ? index(rooms) : settleDue());
      const found = await candidates(rooms, wanted, await boundOf(asked));
      let looks = 0;
      for await (const doc of entriesOf(found)) {
        if (page.hits.length === asked.limit || looks === MAX_LOOKS) {
          return { ...page, more: true, next: String(found[looks - 1]?.stamp ?? 0) };
        }
        looks += 1;
        const isTheirs = asked.from === undefined || doc?.from === asked.from;
        if (doc && isTheirs && !doc.recalled && textOf(doc.kind, doc.body).includes(wanted)) {
          page.hits.push({ room: doc.room, entry: toEntry(doc) });
        }
      }
      return page;
    },
  };
}

interface Candidate {
  _id: string;
  stamp: number;
}
