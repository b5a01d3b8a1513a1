/** Who is in a room, how far each has read, and what each has set for it. People come and go by entries (settle.ts). */
import type { UpdateFilter } from 'mongodb';
import type { Member, RoomId, Seq, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { Clock, MemberRecord, Preferences } from '../../domain/ports.ts';
import { CONTENT_KINDS, isContent } from '../content.ts';
import { byIds } from './by-ids.ts';
import { type Collections, entryId, idRange, type MemberDoc, memberId } from './documents.ts';
import { hasEffect } from './facts.ts';
import { foldPerson, type KeptState, type Person, toPerson } from './room-state.ts';
import type { Settle } from './settle.ts';
import { holding, type Shelf } from './shelf.ts';
import type { Turns } from './turns.ts';
import { toUser } from './users.ts';

export interface MemberDeps {
  db: Collections;
  shelf: Shelf;
  settle: Settle;
  /** One at a time writes the documents of a room. */
  documents: Turns;
  clock: Pick<Clock, 'now'>;
}

export function createMembers({ db, shelf, settle, documents, clock }: MemberDeps) {
  /** For questions to the members as a whole. */
  async function settled(room: RoomId): Promise<KeptState | null> {
    const state = await shelf.fresh(room);
    if (state?.pending.some((facts) => facts.seq > state.applied && hasEffect(facts))) await settle(state);
    return state;
  }

  async function first(room: RoomId, role: Person['role'], leaving: UserId): Promise<UserId | null> {
    // Standing is counted in entries: a clock may have been set back.
    const docs = await db.members
      .find({ room, in: true, role })
      .sort({ since: 1, user: 1 })
      .limit(2)
      .toArray();
    return docs.find(({ user }) => user !== leaving)?.user ?? null;
  }

  return {
    async member(room: RoomId, user: UserId): Promise<MemberRecord | null> {
      const state = await shelf.fresh(room);
      if (!state) return null;
      await shelf.learn(state, { users: new Set([user]), targets: new Set(), reactors: [] });
      const person = state.people.get(user);
      if (!person?.in) return null;
      const { role, joined, mutedUntil } = person;
      return { role, joined, mutedUntil };
    },

    async members(
      room: RoomId,
      { after = '', limit }: { after?: UserId; limit: number },
    ): Promise<{ members: Member[]; more: boolean }> {
      if (!(await settled(room))) return { members: [], more: false };
      const docs = await db.members
        .find({ room, in: true, user: { $gt: after } })
        .sort({ user: 1 })
        .limit(limit + 1)
        .toArray();
      const page = docs.slice(0, limit);
      const users = new Map(
        (
          await byIds(
            db.users,
            page.map(({ user }) => user),
          )
        ).map((doc) => [doc._id, doc]),
      );
      const now = clock.now();
      const members = page.flatMap(({ user, role, joined, mutedUntil }): Member[] => {
        const doc = users.get(user);
        if (!doc) return [];
        const isMuted = mutedUntil !== null && mutedUntil > now;
        return [{ user: toUser(doc), role, joined, ...(isMuted && { mutedUntil }) }];
      });
      return { members, more: docs.length > limit };
    },

    async memberIds(room: RoomId): Promise<UserId[]> {
      if (!(await settled(room))) return [];
      const docs = await db.members
        .find({ room, in: true })
        .project<{ user: UserId }>({ _id: 0, user: 1 })
        .sort({ user: 1 })
        .toArray();
      return docs.map(({ user }) => user);
    },

    async memberships(users: UserId[]): Promise<{ user: UserId; rooms: RoomId[] }[]> {
      if (users.length === 0) return [];
      const docs = await db.members
        .find({ user: { $in: users }, in: true })
        .project<{ user: UserId; room: RoomId }>({ _id: 0, user: 1, room: 1 })
        .toArray();
      return [...Map.groupBy(docs, ({ user }) => user)].map(([user, mine]) => ({
        user,
        rooms: mine.map((member) => member.room),
      }));
    },

    async heir(room: RoomId, leaving: UserId): Promise<UserId | null> {
      if (!(await settled(room))) return null;
      if ((await first(room, 'owner', leaving)) !== null) return null;
      return (await first(room, 'admin', leaving)) ?? first(room, 'member', leaving);
    },

    async markRead(room: RoomId, user: UserId, wanted: Seq): Promise<Seq | null> {
      const state = await shelf.fresh(room);
      if (!state) return null;
      return documents.take(room, () => markRead(db, shelf, { state, user, wanted }));
    },

    async prefer(room: RoomId, user: UserId, { muted, pinned, hidden }: Preferences): Promise<void> {
      const state = await shelf.fresh(room);
      if (!state) return;
      const $set: UpdateFilter<MemberDoc>['$set'] = {
        ...(muted !== undefined && { muted }),
        ...(pinned !== undefined && { pinned }),
        ...(hidden !== undefined && { hiddenN: hidden ? state.n : null }),
      };
      if (Object.keys($set).length === 0) return;
      const _id = memberId(room, user);
      await documents.take(room, () => db.members.updateOne({ _id, in: true }, { $set }));
    },
  };
}

/**
 * What a member's document says, as of the state's seq; null where they are not in the room. Whoever has not read as
 * far as the log begins has read what went: who wrote some of it was moved on by trim.ts, everybody else here.
 */
export function memberAsOf(state: KeptState, doc: MemberDoc): (MemberDoc & Person) | null {
  const person = toPerson(doc);
  for (const facts of state.pending) foldPerson(person, doc.user, facts);
  if (!person.in) return null;
  if (person.since === doc.since) {
    const passed = doc.read < state.begins - 1 && { read: state.begins - 1, readN: state.beginsN };
    return { ...doc, ...person, ...passed };
  }
  const { since: read, sinceN: readN, sinceSent: readSent } = person;
  return { ...doc, ...person, read, readN, readSent, muted: false, pinned: false, hiddenN: null };
}

/** Another node, or the end of old entries, was faster so many times: a marker moves again with the next one. */
const MAX_TRIES = 5;

async function markRead(
  db: Collections,
  shelf: Shelf,
  { state, user, wanted }: { state: KeptState; user: UserId; wanted: Seq },
): Promise<Seq | null> {
  const { id } = state.record;
  return holding([state], async () => {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const marked = await markOnce();
      if (marked !== 'again') return marked;
      await shelf.learnBeginnings([state]);
    }
    return null;
  });

  async function markOnce(): Promise<Seq | null | 'again'> {
    const doc = await db.members.findOne({ _id: memberId(id, user) });
    if (!doc) return null;
    await shelf.reach(state, [doc.at]);
    const member = memberAsOf(state, doc);
    const seq = Math.min(wanted, state.seq);
    if (!member || seq <= member.read) return null;
    const { seq: head, n } = state;
    const readN = seq === head ? n : (await db.entries.findOne({ _id: entryId(id, seq) }))?.n;
    if (readN === undefined) return 'again';
    // Counted on the shorter side of the new marker, so that a life of marking reads no entry twice.
    const readSent =
      head - seq < seq - member.read
        ? member.sent - (await ownContent(db, { room: id, from: seq + 1, to: head, user }))
        : member.readSent + (await ownContent(db, { room: id, from: member.read + 1, to: seq, user }));
    // What was counted holds from the marker that was read, and from no other.
    const marked = await db.members.updateOne(
      { _id: doc._id, since: member.since, read: doc.read },
      { $set: { read: seq, readN, readSent } },
    );
    if (marked.matchedCount > 0) return seq;
    return member.since === doc.since ? 'again' : null;
  }
}

async function ownContent(
  db: Collections,
  { room, from, to, user }: { room: RoomId; from: Seq; to: Seq; user: UserId },
): Promise<number> {
  if (from > to) return 0;
  if (from === to) {
    const entry = await db.entries.findOne({ _id: entryId(room, from) });
    return entry?.from === user && isContent(entry.kind) ? 1 : 0;
  }
  return db.entries.countDocuments({
    _id: idRange(room, from, to),
    from: user,
    kind: { $in: [...CONTENT_KINDS] },
  });
}
