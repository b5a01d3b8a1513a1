/**
 * Brings what is derived from a room's log up to the log: members, changed entries, reactions, then the room's own
 * document with `applied`, which says how far. Each write is idempotent and never takes back a later one, so any node
 * may do it at any time, again after a crash, or two at once. Whatever was not done yet readers fold in from the log.
 */
import type { AnyBulkWriteOperation, UpdateFilter } from 'mongodb';
import type { RoomId, Seq, UserId } from '../../../miniprogram/protocol/objects.ts';
import {
  type Collections,
  type EntryDoc,
  entryId,
  type MemberDoc,
  memberId,
  type ReactorDoc,
  reactorId,
  type RoomDoc,
  type SearchDoc,
} from './documents.ts';
import { type Facts, peopleIn, targetOf } from './facts.ts';
import { fold } from '../searchable.ts';
import type { AuditLog } from './audits.ts';
import type { FileUses } from './files.ts';
import { gramsOf } from './grams.ts';
import { insertFirst, insertNew } from './insert-new.ts';
import type { KeptState, Person } from './room-state.ts';
import type { Shelf } from './shelf.ts';
import type { Target } from './target.ts';
import type { Turns } from './turns.ts';

/** People of a room that are remembered. */
const MAX_PEOPLE = 2_000;
/** In one command; FerretDB keeps a connection to its own database for each of them, and has a hundred. */
const MAX_UPDATES = 20;

export type Settle = (state: KeptState) => Promise<void>;

export interface SettleDeps {
  db: Collections;
  shelf: Shelf;
  /** One at a time writes the documents of a room. */
  documents: Turns;
  files: FileUses;
  audits: AuditLog;
}

export function createSettle({ db, shelf, documents, files, audits }: SettleDeps): Settle {
  async function settle(state: KeptState): Promise<void> {
    const { users, targets } = await learnTouched(state);
    const facts = waiting(state);
    const doc = roomDoc(state);
    if (facts.length === 0) return;
    await Promise.all([...targets].map((seq) => settleTarget(state, seq)));
    await settleReactors(state, facts);
    await settleSearch(state, facts);
    await settleFiles(state, facts);
    await settleAudits(state, facts);
    await settlePeople(state, users);
    await settleRoom(doc, facts);
    state.applied = Math.max(state.applied, doc.applied);
    forget(state, users, targets);
  }

  /** Until every person and target that the waiting entries touch is known. */
  async function learnTouched(state: KeptState): Promise<{ users: Set<UserId>; targets: Set<Seq> }> {
    for (;;) {
      const facts = waiting(state);
      const users = new Set(facts.flatMap(peopleIn));
      const targets = new Set(facts.flatMap((one) => targetOf(one) ?? []));
      const began = state.seq;
      await shelf.learn(state, { users, targets, reactors: [] });
      if (state.seq === began) return { users, targets };
    }
  }

  async function settleTarget(state: KeptState, seq: Seq): Promise<void> {
    const { id } = state.record;
    const target = state.targets.get(seq);
    if (!target) return;
    const { erased, rev } = target;
    if (erased.length > 0) {
      const ids = erased.map((edit) => entryId(id, edit));
      await db.entries.updateMany({ _id: { $in: ids } }, ERASE);
    }
    const _id = entryId(id, seq);
    await db.entries.updateOne({ _id, rev: { $lt: rev } }, updateOf(target));
    if (target.text !== undefined && !target.recalled) {
      const grams = gramsOf(fold(target.text));
      const $set = { room: id, stamp: target.stamp, grams };
      await db.search.updateOne({ _id }, { $set }, { upsert: true });
    }
    if (!target.recalled) return;
    await db.search.deleteOne({ _id });
    await db.reactors.deleteMany({ _id: { $gte: `${_id}/`, $lt: `${_id}0` } });
    await files.release(target.files, useOf(id, seq));
  }

  async function settleReactors({ record }: KeptState, facts: Facts[]): Promise<void> {
    const latest = new Map<string, ReactorDoc>();
    for (const { change, from, seq } of facts) {
      if (change?.type !== 'react') continue;
      const _id = reactorId(record.id, change.target, from, change.emoji);
      latest.set(_id, { _id, on: change.on, at: seq });
    }
    const older = await insertNew(db.reactors, [...latest.values()]);
    await Promise.all(
      older.map(({ _id, on, at }) => db.reactors.updateOne({ _id, at: { $lt: at } }, { $set: { on, at } })),
    );
  }

  async function settleSearch({ record, targets }: KeptState, facts: Facts[]): Promise<void> {
    const docs = facts.flatMap(({ seq, stamp, words }): SearchDoc[] => {
      if (words === undefined || targets.get(seq)?.recalled) return [];
      return [{ _id: entryId(record.id, seq), room: record.id, stamp, grams: gramsOf(words) }];
    });
    await insertNew(db.search, docs);
  }

  async function settleFiles({ record, targets }: KeptState, facts: Facts[]): Promise<void> {
    for (const { seq, files: carried } of facts) {
      if (carried && !targets.get(seq)?.recalled) await files.use(carried, useOf(record.id, seq));
    }
  }

  async function settleAudits({ record }: KeptState, facts: Facts[]): Promise<void> {
    for (const { seq, stamp, audit } of facts) {
      if (audit) await audits.write(audit, { stamp, mark: entryId(record.id, seq) });
    }
  }

  async function settlePeople(state: KeptState, users: Set<UserId>): Promise<void> {
    const { id } = state.record;
    const people = [...users].flatMap((user) => {
      const person = state.people.get(user);
      return person && person.at > state.applied ? { user, person } : [];
    });
    const came = people.filter(({ person }) => person.since > state.applied);
    const back = await insertNew(
      db.members,
      came.map(({ user, person }) => memberDoc(id, user, person)),
    );
    const updates: AnyBulkWriteOperation<MemberDoc>[] = back.map(({ _id, ...doc }) => ({
      // Once per stay: their marks since then are not to be taken back.
      updateOne: {
        filter: { _id, since: { $lt: doc.since }, at: { $lt: doc.since } },
        update: { $set: doc },
      },
    }));
    const isBack = new Set(back.map(({ user }) => user));
    for (const { user, person } of people) {
      const isNew = person.since > state.applied && !isBack.has(user);
      if (!isNew) updates.push(changeOf(memberId(id, user), person));
    }
    for (let i = 0; i < updates.length; i += MAX_UPDATES) {
      await db.members.bulkWrite(updates.slice(i, i + MAX_UPDATES), { ordered: true });
    }
  }

  async function settleRoom(doc: RoomDoc, facts: Facts[]): Promise<void> {
    if (facts[0]?.seq === 1 && (await insertFirst(db.rooms, doc))) return;
    const { _id, ...fields } = doc;
    await db.rooms.updateOne({ _id, applied: { $lt: doc.applied } }, { $set: fields });
  }

  return (state) => documents.take(state.record.id, () => settle(state));
}

const waiting = ({ pending, applied }: KeptState): Facts[] => pending.filter(({ seq }) => seq > applied);

/** What an entry's use of a file is called. */
export const useOf = (room: RoomId, seq: Seq) => ({ room, name: entryId(room, seq) });

const ERASE: UpdateFilter<EntryDoc> = {
  $set: { body: '{}', recalled: true },
  $unset: { mentions: 1 },
};

function updateOf({ recalled, reactions, edits, rev, text, edited }: Target): UpdateFilter<EntryDoc> {
  const known = { reactions, edits, rev, ...(edited !== undefined && { edited }) };
  if (recalled) return { $set: { ...known, ...ERASE.$set }, $unset: { ...ERASE.$unset } };
  if (text === undefined) return { $set: known };
  return { $set: { ...known, body: JSON.stringify({ text }) } };
}

function memberDoc(room: RoomId, user: UserId, person: Person): MemberDoc {
  const { sinceN, sinceSent, ...facts } = person;
  return {
    _id: memberId(room, user),
    room,
    user,
    ...facts,
    read: person.since,
    readN: sinceN,
    readSent: sinceSent,
    muted: false,
    pinned: false,
    hiddenN: null,
  };
}

function changeOf(_id: string, person: Person): AnyBulkWriteOperation<MemberDoc> {
  const { in: isIn, role, mutedUntil, sent, at } = person;
  return {
    updateOne: {
      filter: { _id, at: { $lt: at } },
      update: { $set: { in: isIn, role, mutedUntil, sent, at } },
    },
  };
}

function roomDoc({ record, members, n, shown, stamp, seq }: KeptState): RoomDoc {
  const { id, ...fields } = record;
  // Where the log begins is not the log's to say: trim.ts writes that.
  return { _id: id, ...fields, members, n, shown, stamp, applied: seq };
}

function forget(state: KeptState, users: Set<UserId>, targets: Set<Seq>): void {
  if (state.holds > 0) return;
  state.pending = waiting(state);
  for (const seq of targets) state.targets.delete(seq);
  if (state.people.size <= MAX_PEOPLE) return;
  for (const user of state.people.keys()) {
    if (state.people.size <= MAX_PEOPLE / 2) return;
    if (!users.has(user)) state.people.delete(user);
  }
}
