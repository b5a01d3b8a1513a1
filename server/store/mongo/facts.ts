/**
 * What an entry says about its room, read back from the log: the part that state is made of. Pure. A draft's change is
 * kept with its entry, without what was only asked at the time (a limit) and what the body says anyway (a text, which
 * must be erasable in one place).
 */
import type {
  EntryKind,
  FileId,
  Role,
  RoomId,
  RoomKind,
  Seq,
  Timestamp,
  UserId,
} from '../../../miniprogram/protocol/objects.ts';
import type { AuditRecord, Change, Draft, NewRoom } from '../../domain/ports.ts';
import { isContent } from '../content.ts';
import { type EntryDoc, entryId, entryKey } from './documents.ts';
import { textOf } from './grams.ts';

export type LoggedChange =
  | {
      type: 'create';
      kind: RoomKind;
      name: string;
      open: boolean;
      pair?: [UserId, UserId];
      members: { user: UserId; role: Role }[];
    }
  | { type: 'join'; users: UserId[]; role: Role }
  | { type: 'edit'; target: Seq }
  | { type: 'react'; target: Seq; emoji: string; on: boolean }
  | Exclude<Change, { type: 'join' | 'edit' | 'react' }>;

export interface Facts {
  seq: Seq;
  n: number;
  ts: Timestamp;
  from: UserId | '';
  kind: EntryKind;
  target?: Seq;
  change?: LoggedChange;
  stamp: number;
  files?: FileId[];
  audit?: AuditRecord;
  /** Of an edit, where it has not been erased since. */
  text?: string;
  /** What is searched in it, folded. */
  words?: string;
}

/** The place of a draft: which room, after what, inserted by which call. */
export interface Place {
  room: RoomId;
  seq: Seq;
  /** Content entries before it. */
  n: number;
  stamp: number;
  by: string;
}

export function toDoc(place: Place, draft: Draft, change = loggedOf(draft.change)): EntryDoc {
  const { room, seq, n, stamp, by } = place;
  const { from, ts, kind, cid, reply, target, mentions, files, audit } = draft;
  const body = JSON.stringify(draft.body);
  return {
    _id: entryId(room, seq),
    room,
    seq,
    key: entryKey(from, cid, seq),
    n: n + countOf(kind),
    ts,
    from,
    kind,
    body,
    ...(cid !== undefined && { cid }),
    ...(reply !== undefined && { reply }),
    ...(target !== undefined && { target }),
    ...(mentions !== undefined && { mentions }),
    ...(change !== undefined && { change: JSON.stringify(change) }),
    ...(files && files.length > 0 && { files: [...new Set(files)] }),
    ...(audit && { audit: JSON.stringify(audit) }),
    stamp,
    by,
    rev: 0,
  };
}

export function creationOf({ kind, name, open, pair, members }: NewRoom): LoggedChange {
  const roles = new Map(members.map(({ user, role }) => [user, role]));
  return {
    type: 'create',
    kind,
    name,
    open,
    ...(pair && { pair }),
    members: [...roles].map(([user, role]) => ({ user, role })),
  };
}

function loggedOf(change: Change | undefined): LoggedChange | undefined {
  if (!change) return undefined;
  if (change.type === 'join') {
    return { type: 'join', users: [...new Set(change.users)], role: change.role };
  }
  if (change.type === 'edit') return { type: 'edit', target: change.target };
  if (change.type === 'react') {
    const { type, target, emoji, on } = change;
    return { type, target, emoji, on };
  }
  return change;
}

export function factsOf(doc: EntryDoc): Facts {
  const { seq, n, ts, from, kind, target, change, stamp, files, audit, body, recalled } = doc;
  const facts: Facts = { seq, n, ts, from, kind, stamp };
  if (files !== undefined && !recalled) facts.files = files;
  const words = recalled ? '' : textOf(kind, body);
  if (words !== '') facts.words = words;
  if (audit !== undefined) facts.audit = JSON.parse(audit) as AuditRecord;
  if (target !== undefined) facts.target = target;
  if (change !== undefined) facts.change = JSON.parse(change) as LoggedChange;
  if (kind === 'edit' && !recalled) facts.text = (JSON.parse(body) as { text: string }).text;
  return facts;
}

export const countOf = (kind: EntryKind): 0 | 1 => (isContent(kind) ? 1 : 0);

/** Whose membership, or count of own entries, the entry touches. */
export function peopleIn({ from, kind, change }: Facts): UserId[] {
  const people = change ? usersOf(change) : [];
  if (from !== '' && isContent(kind)) people.push(from);
  return people;
}

function usersOf(change: LoggedChange): UserId[] {
  switch (change.type) {
    case 'create':
      return change.members.map(({ user }) => user);
    case 'join':
      return [...change.users];
    case 'leave':
    case 'role':
    case 'mute':
      return [change.user];
    case 'rename':
    case 'slow':
    case 'close':
    case 'recall':
    case 'edit':
    case 'react':
      return [];
  }
}

/** Which earlier entry it changes. A plain edit, too, must be found again when its target is recalled. */
export function targetOf({ kind, target, change }: Facts): Seq | undefined {
  if (change && 'target' in change) return change.target;
  return kind === 'edit' ? target : undefined;
}

/** Whether more follows from it than a head and a count. */
export const hasEffect = (facts: Facts): boolean =>
  [facts.change, facts.files, facts.audit, targetOf(facts)].some((effect) => effect !== undefined);
