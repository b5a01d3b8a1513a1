/** Looks whether the database keeps what a log promises: every room gapless, every count right, every member's too. */
import type { RoomId, Seq } from '../../../miniprogram/protocol/objects.ts';
import {
  type Collections,
  type EntryDoc,
  idRange,
  MAX_SEQ,
  type MemberDoc,
  type RoomDoc,
} from './documents.ts';
import { countOf, type Facts, factsOf, peopleIn } from './facts.ts';
import { blank, fold, type KeptState, stranger } from './room-state.ts';
import type { Settle } from './settle.ts';
import type { Shelf } from './shelf.ts';

export function createCheck(db: Collections, shelf: Shelf, settle: Settle) {
  /** Reads the rooms' logs from their first entries, by the rule that everything else follows. */
  async function replay(rooms: RoomDoc[], faults: string[]): Promise<Map<RoomId, KeptState>> {
    const replayed = new Map(rooms.map((doc) => [doc._id, beforeFirst(doc)]));
    const counts = new Map(rooms.map(({ _id, beginsN = 0 }) => [_id, beginsN]));
    const ranges = rooms.map(({ _id, begins = 1 }) => ({ _id: idRange(_id, begins, MAX_SEQ) }));
    for await (const doc of db.entries.find({ $or: ranges }).sort({ _id: 1 })) {
      const state = replayed.get(doc.room);
      if (!state) continue;
      const n = (counts.get(doc.room) ?? 0) + countOf(doc.kind);
      counts.set(doc.room, n);
      faults.push(...faultsOfEntry(doc, { after: state.seq, n }));
      take(state, factsOf(doc));
    }
    return replayed;
  }

  return {
    async checkRooms({ after, limit }: { after?: RoomId; limit: number }) {
      const docs = await db.rooms
        .find(after === undefined ? {} : { _id: { $gt: after } })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
      const rooms = docs.map(({ _id }) => _id);
      const faults: string[] = [];
      if (rooms.length === 0) return { faults, rooms: 0 };
      const states = await shelf.freshAll(rooms);
      for (const state of states) await settle(state);
      const counted = new Map(states.map(({ record, members }) => [record.id, members]));
      const replayed = await replay(docs, faults);
      const members = await db.members.find({ room: { $in: rooms } }).toArray();
      for (const [id, state] of replayed) {
        const mine = members.filter(({ room }) => room === id);
        faults.push(...mine.flatMap((member) => faultOfMember(member, state) ?? []));
        const count = mine.filter((member) => member.in).length;
        const due = state.begins > 1 ? counted.get(id) : state.members;
        if (count !== due) faults.push(`room ${id}: counts ${due} members, there are ${count}`);
      }
      const last = rooms.at(-1);
      return { faults, rooms: rooms.length, ...(last !== undefined && rooms.length === limit && { last }) };
    },
  };
}

/** As the room was before the first entry that is kept. */
function beforeFirst({ _id, begins = 1, beginsN = 0 }: RoomDoc): KeptState {
  return { ...blank(_id), begins, beginsN, seq: begins - 1, n: beginsN };
}

/** Whatever its seq is: the fault was told, the rest is looked at all the same. */
function take(state: KeptState, facts: Facts): void {
  state.seq = facts.seq - 1;
  for (const user of peopleIn(facts)) if (!state.people.has(user)) state.people.set(user, stranger());
  fold(state, facts);
  state.pending = [];
}

function faultsOfEntry({ room, seq, n, target }: EntryDoc, due: { after: Seq; n: number }): string[] {
  const faults: string[] = [];
  if (seq !== due.after + 1) {
    faults.push(`room ${room}: entry ${seq} follows ${due.after}, so the log has a gap`);
  }
  if (n !== due.n) {
    faults.push(`room ${room}: entry ${seq} counts ${n} messages up to it, there are ${due.n}`);
  }
  if (target !== undefined && target >= seq) {
    faults.push(`room ${room}: entry ${seq} changes ${target}, which is not before it`);
  }
  return faults;
}

function faultOfMember(member: MemberDoc, state: KeptState): string | null {
  const { room, user, in: isIn, sent, read, readSent } = member;
  const person = state.people.get(user);
  if (!isIn && !person?.in) return null;
  const counted = person?.sent ?? 0;
  // Who came, and what was sent, in entries that are gone cannot be counted.
  const isPartly = state.begins > member.since;
  if (isPartly && counted <= sent && readSent <= sent && read <= state.seq) return null;
  if (person?.in === isIn && person.sent === sent && readSent <= sent && read <= state.seq) return null;
  return `room ${room}: of ${user} ${sent} messages are counted and ${counted} are there, or the marker at ${read} is wrong`;
}
