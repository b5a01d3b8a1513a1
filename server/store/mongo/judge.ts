/**
 * Judges drafts by the state of their room, one after the other, and gives those that stand their place. Pure. What it
 * decides is true as long as nobody else writes to the room in between: the unique keys tell, and it is asked again.
 */
import type { Change, Draft, Placed } from '../../domain/ports.ts';
import { isContent } from '../content.ts';
import type { FileId, Seq, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import { type EntryDoc, entryKey } from './documents.ts';
import { factsOf, toDoc } from './facts.ts';
import { fold, forkOf, type RoomState } from './room-state.ts';
import type { NextStamp } from './stamps.ts';
import { reactorKey, type Target, toTarget } from './target.ts';

export type Why = Extract<Placed, { refused: string }>['refused'];

export type Verdict =
  /** Stands, as the document with this index. */
  | { doc: number }
  /** Has the cid of one that stands. */
  | { repeats: number }
  | { refused: Why };

export interface Plan {
  docs: EntryDoc[];
  /** One a draft. */
  verdicts: Verdict[];
}

/** What must be known of a room before drafts can be judged. */
export interface Needs {
  users: Set<UserId>;
  targets: Set<Seq>;
  reactors: { target: Seq; user: UserId; emoji: string }[];
}

/** What is asked besides the state. */
export interface Bench {
  /** Names the call, in the documents. */
  by: string;
  nextStamp: NextStamp;
  /** Whether the file is there at that time. */
  isThere: (file: FileId, at: Timestamp) => boolean;
}

export function needsOf(drafts: Draft[]): Needs {
  const needs: Needs = { users: new Set(), targets: new Set(), reactors: [] };
  for (const { from, change } of drafts) {
    if (from !== '') needs.users.add(from);
    if (!change) continue;
    if (change.type === 'join') for (const user of change.users) needs.users.add(user);
    if ('user' in change) needs.users.add(change.user);
    if ('target' in change) needs.targets.add(change.target);
    if (change.type === 'react') {
      needs.reactors.push({ target: change.target, user: from, emoji: change.emoji });
    }
  }
  return needs;
}

export function judge(state: RoomState, drafts: Draft[], { by, nextStamp, isThere }: Bench): Plan {
  const fork = forkOf(state);
  const docs: EntryDoc[] = [];
  const byCid = new Map<string, number>();
  const { targets } = needsOf(drafts);
  const verdicts = drafts.map((draft): Verdict => {
    const key = draft.cid === undefined ? undefined : entryKey(draft.from, draft.cid, 0);
    const same = key === undefined ? undefined : byCid.get(key);
    if (same !== undefined) return { repeats: same };
    const hasFiles = draft.change || (draft.files ?? []).every((file) => isThere(file, draft.ts));
    const refused = hasFiles ? refusalOf(fork, draft) : 'no-file';
    if (refused) return { refused };
    const stamp = nextStamp(fork.stamp);
    const doc = toDoc({ room: state.record.id, seq: fork.seq + 1, n: fork.n, stamp, by }, draft);
    fold(fork, factsOf(doc));
    docs.push(doc);
    if (targets.has(doc.seq)) fork.targets.set(doc.seq, toTarget(doc));
    if (key !== undefined) byCid.set(key, docs.length - 1);
    return { doc: docs.length - 1 };
  });
  return { docs, verdicts };
}

function refusalOf(state: RoomState, { from, change }: Draft): Why | null {
  const bringsSender = change?.type === 'join' && change.users.includes(from);
  if (from !== '' && !bringsSender && !isMember(state, from)) return 'not-member';
  return change ? refusalOfChange(state, from, change) : null;
}

function refusalOfChange(state: RoomState, from: UserId | '', change: Change): Why | null {
  switch (change.type) {
    case 'join': {
      const users = new Set(change.users);
      for (const user of users) if (isMember(state, user)) return 'already-member';
      return change.limit !== undefined && state.members + users.size > change.limit ? 'full' : null;
    }
    case 'leave':
    case 'role':
    case 'mute':
      return isMember(state, change.user) ? null : 'not-member';
    case 'recall':
      return standing(state, change.target) ? null : 'recalled';
    case 'edit':
      return standing(state, change.target)?.kind === 'text' ? null : 'recalled';
    case 'react': {
      const target = standing(state, change.target);
      return target ? refusalOfReaction(target, from, change) : 'recalled';
    }
    case 'rename':
    case 'slow':
    case 'close':
      return null;
  }
}

function refusalOfReaction(
  { reactions, reactors }: Target,
  from: UserId,
  { emoji, on, limit }: Extract<Change, { type: 'react' }>,
): Why | null {
  const isOn = reactors.get(reactorKey(from, emoji))?.on === true;
  if (isOn === on) return 'unchanged';
  if (!on || reactions.some((reaction) => reaction.emoji === emoji)) return null;
  return reactions.length >= limit ? 'full' : null;
}

const isMember = (state: RoomState, user: UserId): boolean => state.people.get(user)?.in === true;

function standing(state: RoomState, seq: Seq): Target | null {
  if (seq < state.begins) return null;
  const target = state.targets.get(seq);
  return target && !target.recalled && isContent(target.kind) ? target : null;
}
