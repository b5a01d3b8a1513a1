/**
 * Deletes what is older than an operator wants to keep, room after room, in steps that hold nobody up. A step may be
 * broken off anywhere, and two nodes may take it at once: what it does first makes the entries count as gone, what it
 * does last deletes them, and each part of it does nothing where it was done.
 */
import type { RoomId, Seq, Timestamp } from '../../../miniprogram/protocol/objects.ts';
import { isContent } from '../content.ts';
import { byIds } from './by-ids.ts';
import {
  type Collections,
  type EntryDoc,
  entryId,
  idRange,
  type MemberDoc,
  memberId,
  type RoomDoc,
} from './documents.ts';
import type { FileUses } from './files.ts';
import { useOf } from './settle.ts';
import type { Shelf } from './shelf.ts';
import type { Turns } from './turns.ts';

export interface TrimDeps {
  db: Collections;
  shelf: Shelf;
  /** One at a time writes the documents of a room. */
  documents: Turns;
  /** What this node has put off. */
  settleDue: () => Promise<unknown>;
  files: FileUses;
}

interface Asked {
  before: Timestamp;
  /** Entries. */
  limit: number;
  /** The last room that was done with; undefined: none was. */
  after: RoomId | undefined;
}

type OldRoom = Pick<RoomDoc, '_id' | 'applied' | 'begins'>;
type OldEntry = Pick<EntryDoc, '_id' | 'seq' | 'n' | 'ts' | 'from' | 'kind' | 'files'>;

/** Looked at in one step. */
const MAX_ROOMS = 100;
/** A marker that moves at the same time moves on: it is found moved, and read again. */
const MAX_TRIES = 10;

export function createTrim({ db, shelf, documents, settleDue, files }: TrimDeps) {
  /** Those of the rooms whose beginning may be old, or was not quite deleted. */
  async function due(rooms: OldRoom[], before: Timestamp): Promise<OldRoom[]> {
    const ids = rooms.flatMap(({ _id, begins = 1 }) => [entryId(_id, begins - 1), entryId(_id, begins)]);
    const ends = new Map(
      (await byIds(db.entries, ids, { _id: 1, ts: 1, seq: 1 })).map((doc) => [doc._id, doc]),
    );
    return rooms.filter(({ _id, applied, begins = 1 }) => {
      // Deleted last: where it is there, so may be others before it.
      if (ends.has(entryId(_id, begins - 1))) return true;
      const first = ends.get(entryId(_id, begins));
      return first !== undefined && first.seq < applied && first.ts < before;
    });
  }

  /** The head as far as it was settled stays, and so does all after it: nothing derived is missing of what goes. */
  async function beginningOf(room: OldRoom, { before, limit }: Asked): Promise<OldEntry[]> {
    const { _id, applied, begins = 1 } = room;
    const docs = await db.entries
      .find({ _id: idRange(_id, 0, applied - 1) })
      .project<OldEntry>({ seq: 1, n: 1, ts: 1, from: 1, kind: 1, files: 1 })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    const young = docs.findIndex(({ seq, ts }) => seq >= begins && ts >= before);
    return young < 0 ? docs : docs.slice(0, young);
  }

  async function drop(room: RoomId, old: OldEntry[]): Promise<void> {
    const last = old.at(-1);
    if (!last) return;
    await passMarkers(room, old, last);
    const beginning = { begins: last.seq + 1, beginsN: last.n };
    const filter = {
      _id: room,
      $or: [{ begins: { $lt: beginning.begins } }, { begins: { $exists: false } }],
    };
    await documents.take(room, () => db.rooms.updateOne(filter, { $set: beginning }));
    shelf.begin(room, beginning);
    // A reactor's id is that of the entry with more behind it, and `0` is what follows `/`.
    await db.reactors.deleteMany({ _id: { $gte: entryId(room, 0), $lt: `${last._id}0` } });
    await db.search.deleteMany({ _id: idRange(room, 0, last.seq) });
    for (const { seq, files: carried = [] } of old) await files.release(carried, useOf(room, seq));
    await db.entries.deleteMany({ _id: idRange(room, 0, last.seq - 1) });
    await db.entries.deleteOne({ _id: last._id });
  }

  /** Of those who wrote some of it: only they cannot tell from where the log begins what they have unread. */
  async function passMarkers(room: RoomId, old: OldEntry[], last: OldEntry): Promise<void> {
    const own = old.filter(({ from, kind }) => from !== '' && isContent(kind));
    for (const [user, theirs] of Map.groupBy(own, ({ from }) => from)) {
      await passMarker(
        memberId(room, user),
        theirs.map(({ seq }) => seq),
        last,
      );
    }
  }

  async function passMarker(_id: string, own: Seq[], last: OldEntry): Promise<void> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const doc: MemberDoc | null = await db.members.findOne({ _id });
      if (!doc || doc.read >= last.seq) return;
      const { since, read, readSent } = doc;
      const passed = own.filter((seq) => seq > read).length;
      const change = { $set: { read: last.seq, readN: last.n, readSent: readSent + passed } };
      if ((await db.members.updateOne({ _id, since, read }, change)).matchedCount > 0) return;
    }
    throw new Error(`marker ${_id} moves too fast to be passed`);
  }

  return async function trim(asked: Asked): Promise<{ trimmed: number; next?: string }> {
    const { before, limit, after } = asked;
    await settleDue();
    const rooms = await db.rooms
      .find(after === undefined ? {} : { _id: { $gt: after } })
      .project<OldRoom>({ applied: 1, begins: 1 })
      .sort({ _id: 1 })
      .limit(MAX_ROOMS)
      .toArray();
    const isDue = new Set((await due(rooms, before)).map(({ _id }) => _id));
    let trimmed = 0;
    let done = after;
    for (const room of rooms) {
      if (isDue.has(room._id)) {
        const left = limit - trimmed;
        const old = await beginningOf(room, { before, limit: left, after });
        await drop(room._id, old);
        trimmed += old.length;
        // There may be more in this room, which is then the first of the next step.
        if (old.length === left) return { trimmed, next: done ?? '' };
      }
      done = room._id;
    }
    return done !== undefined && rooms.length === MAX_ROOMS ? { trimmed, next: done } : { trimmed };
  };
}
