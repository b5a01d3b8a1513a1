/** Looks whether the database keeps what a log promises: every room gapless, every count right, every member's too. */
import type { RoomId, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { Collections } from './documents.ts';
import { countOf, factsOf, peopleIn } from './facts.ts';
import { blank, fold, type KeptState, stranger } from './room-state.ts';
import type { Settle } from './settle.ts';
import type { Shelf } from './shelf.ts';

export function createCheck(db: Collections, shelf: Shelf, settle: Settle) {
  /** The log read from its first entry, by the rule that everything else follows. */
  async function replay(state: KeptState, faults: string[]): Promise<KeptState> {
    const { id } = state.record;
    const again = blank(id);
    let n = 0;
    const entries = db.entries.find({ room: id }).sort({ _id: 1 });
    for await (const doc of entries) {
      const facts = factsOf(doc);
      if (facts.seq !== again.seq + 1)
        faults.push(`room ${id}: entry ${facts.seq} follows ${again.seq}, so the log has a gap`);
      n += countOf(facts.kind);
      if (facts.n !== n)
        faults.push(`room ${id}: entry ${facts.seq} counts ${facts.n} messages up to it, there are ${n}`);
      if (facts.target !== undefined && facts.target >= facts.seq) {
        faults.push(`room ${id}: entry ${facts.seq} changes ${facts.target}, which is not before it`);
      }
      again.seq = facts.seq - 1;
      for (const user of peopleIn(facts)) if (!again.people.has(user)) again.people.set(user, stranger());
      fold(again, facts);
      again.pending = [];
    }
    return again;
  }

  async function faultsOf(id: RoomId): Promise<string[]> {
    const state = await shelf.fresh(id);
    if (!state) return [`room ${id}: has a document and no log`];
    await settle(state);
    const faults: string[] = [];
    const again = await replay(state, faults);
    const docs = await db.members.find({ room: id }).toArray();
    const members = new Set<UserId>();
    for (const { user, in: isIn, sent, read, readSent } of docs) {
      if (isIn) members.add(user);
      const person = again.people.get(user);
      if (!isIn && !person?.in) continue;
      if (person?.in !== isIn || person.sent !== sent || readSent > sent || read > state.seq) {
        faults.push(
          `room ${id}: of ${user} ${sent} messages are counted and ${person?.sent ?? 0} are there, or the marker at ${read} is wrong`,
        );
      }
    }
    if (members.size !== again.members) {
      faults.push(`room ${id}: counts ${again.members} members, there are ${members.size}`);
    }
    return faults;
  }

  return {
    async checkRooms({ after, limit }: { after?: RoomId; limit: number }) {
      const rooms = await db.rooms
        .find(after === undefined ? {} : { _id: { $gt: after } })
        .project<{ _id: RoomId }>({ _id: 1 })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
      const faults: string[] = [];
      for (const { _id } of rooms) faults.push(...(await faultsOf(_id)));
      const last = rooms.at(-1)?._id;
      return { faults, rooms: rooms.length, ...(last !== undefined && rooms.length === limit && { last }) };
    },

    async bumpEpoch(epoch: string): Promise<void> {
      await db.meta.updateOne({ _id: 'store' }, { $set: { epoch } });
    },
  };
}
