/**
 * A room as its log has made it, up to one entry. Pure: nothing but the log changes it, by `fold`, entry after entry;
 * so whoever holds the same entries holds the same state, on whichever node. Of people and of changed entries it knows
 * only those it was told of; what it does know is always as of its own seq.
 */
import type { Role, RoomId, Seq, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { RoomRecord } from '../../domain/ports.ts';
import { isShown } from '../content.ts';
import type { MemberDoc, RoomDoc } from './documents.ts';
import { countOf, type Facts, type LoggedChange, peopleIn, targetOf } from './facts.ts';
import { copyTarget, foldTarget, type Target } from './target.ts';

export interface Person {
  in: boolean;
  role: Role;
  joined: Timestamp;
  mutedUntil: Timestamp | null;
  sent: number;
  /** Seq of the last entry that changed any of the above. */
  at: Seq;
  /** Seq of the entry that brought them; and with what counts they began. */
  since: Seq;
  sinceN: number;
  sinceSent: number;
}

/** A map, or a layer of copies over one. */
export interface Known<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

export interface RoomState {
  record: RoomRecord;
  members: number;
  seq: Seq;
  n: number;
  shown: Seq;
  stamp: number;
  /** The first seq that is kept, and the content entries before it: as far as this node has heard. */
  begins: Seq;
  beginsN: number;
  people: Known<UserId, Person>;
  targets: Known<Seq, Target>;
  /** Up to there, nothing derived in the database is behind. */
  applied: Seq;
  /** The entries since, and maybe some before: to fold them twice does no harm. */
  pending: Facts[];
}

/** What a node keeps. */
export interface KeptState extends RoomState {
  people: Map<UserId, Person>;
  targets: Map<Seq, Target>;
  /** When this node last knew that it is, or was, the state of the head. */
  seen: Timestamp;
  /** Reads under way that need `pending` as it was when they began. */
  holds: number;
}

/** Before entry 1. */
export function blank(id: RoomId): KeptState {
  const record: RoomRecord = { id, kind: 'group', name: '', open: false, slowSeconds: 0, closed: false };
  const counts = { members: 0, seq: 0, n: 0, shown: 0, stamp: 0, begins: 1, beginsN: 0, applied: 0 };
  return { record, ...counts, ...empty() };
}

export function stateOf(doc: RoomDoc): KeptState {
  const { _id, members, applied, n, shown, stamp, begins = 1, beginsN = 0, ...record } = doc;
  const counts = { members, seq: applied, n, shown, stamp, begins, beginsN, applied };
  return { record: { id: _id, ...record }, ...counts, ...empty() };
}

/** The log no longer begins before this seq. */
export function moveBeginning(state: RoomState, { begins = 1, beginsN = 0 }: Beginning): void {
  if (begins <= state.begins) return;
  state.begins = begins;
  state.beginsN = beginsN;
}

export type Beginning = Pick<RoomDoc, 'begins' | 'beginsN'>;

const empty = () => ({
  people: new Map<UserId, Person>(),
  targets: new Map<Seq, Target>(),
  pending: [],
  seen: 0,
  holds: 0,
});

/** Takes the next entry; one that is known, or would leave a gap, changes nothing. */
export function fold(state: RoomState, facts: Facts): void {
  if (facts.seq !== state.seq + 1) return;
  state.seq = facts.seq;
  state.n = facts.n;
  state.stamp = facts.stamp;
  if (isShown(facts.kind)) state.shown = facts.seq;
  if (facts.change) changeRoom(state, facts.change);
  for (const user of new Set(peopleIn(facts))) {
    const person = state.people.get(user) ?? (brings(facts.change, user) ? stranger() : undefined);
    if (!person) continue;
    foldPerson(person, user, facts);
    state.people.set(user, person);
  }
  const target = targetOf(facts);
  const changed = target === undefined ? undefined : state.targets.get(target);
  if (changed) foldTarget(changed, facts);
  state.pending.push(facts);
}

function changeRoom(state: RoomState, change: LoggedChange): void {
  switch (change.type) {
    case 'create': {
      const { kind, name, open, pair, members } = change;
      state.record = { ...state.record, kind, name, open, ...(pair && { pair }) };
      state.members = members.length;
      return;
    }
    case 'join':
      state.members += change.users.length;
      return;
    case 'leave':
      state.members -= 1;
      return;
    case 'rename':
      state.record = { ...state.record, name: change.name };
      return;
    case 'slow':
      state.record = { ...state.record, slowSeconds: change.seconds };
      return;
    case 'close':
      state.record = { ...state.record, closed: true };
      return;
    case 'role':
    case 'mute':
    case 'recall':
    case 'edit':
    case 'react':
      return;
  }
}

/** Somebody who never was in the room. */
export const stranger = (): Person => ({
  in: false,
  role: 'member',
  joined: 0,
  mutedUntil: null,
  sent: 0,
  at: 0,
  since: 0,
  sinceN: 0,
  sinceSent: 0,
});

export const toPerson = ({ in: isIn, role, joined, mutedUntil, sent, at, since }: MemberDoc): Person => ({
  ...stranger(),
  in: isIn,
  role,
  joined,
  mutedUntil,
  sent,
  at,
  since,
});

const brings = (change: LoggedChange | undefined, user: UserId): boolean =>
  roleBrought(change, user) !== undefined;

function roleBrought(change: LoggedChange | undefined, user: UserId): Role | undefined {
  if (change?.type === 'join') return change.users.includes(user) ? change.role : undefined;
  if (change?.type === 'create') return change.members.find((member) => member.user === user)?.role;
  return undefined;
}

/** Nothing where the entry is older than what is known. */
export function foldPerson(person: Person, user: UserId, facts: Facts): void {
  const { seq, n, ts, from, kind, change } = facts;
  if (seq <= person.at) return;
  person.at = seq;
  const own = from === user ? countOf(kind) : 0;
  const role = roleBrought(change, user);
  if (role !== undefined) {
    const sent = { sent: own, sinceSent: own };
    Object.assign(person, { in: true, role, joined: ts, mutedUntil: null, since: seq, sinceN: n, ...sent });
    return;
  }
  person.sent += own;
  if (!change || !('user' in change) || change.user !== user) return;
  if (change.type === 'leave') person.in = false;
  if (change.type === 'role') person.role = change.role;
  if (change.type === 'mute') person.mutedUntil = change.until;
}

/** A copy to try entries on: what happens to it does not happen to the state. */
export function forkOf(state: RoomState): RoomState {
  return {
    ...state,
    people: new Layer(state.people, (person) => ({ ...person })),
    targets: new Layer(state.targets, copyTarget),
    pending: [],
  };
}

class Layer<K, V> implements Known<K, V> {
  readonly #below: Known<K, V>;
  readonly #copy: (value: V) => V;
  readonly #own = new Map<K, V>();

  constructor(below: Known<K, V>, copy: (value: V) => V) {
    this.#below = below;
    this.#copy = copy;
  }

  get(key: K): V | undefined {
    const own = this.#own.get(key);
    if (own !== undefined) return own;
    const below = this.#below.get(key);
    if (below === undefined) return undefined;
    const copy = this.#copy(below);
    this.#own.set(key, copy);
    return copy;
  }

  set(key: K, value: V): void {
    this.#own.set(key, value);
  }
}
