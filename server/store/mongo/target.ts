/**
 * An entry as later entries have changed it: its newest text, its reactions, or that it was recalled. Pure: folded from
 * the log, entry by entry, each once.
 */
import type { EntryKind, FileId, Seq, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { EntryDoc, ReactionDoc } from './documents.ts';
import type { Facts } from './facts.ts';

export interface Target {
  kind: EntryKind;
  recalled: boolean;
  stamp: number;
  files: FileId[];
  reactions: ReactionDoc[];
  /** Edits of it that are not erased. */
  edits: Seq[];
  /** The last entry that changed it; 0 where none did. */
  rev: Seq;
  /** What it shows since, where an edit came. */
  text?: string;
  edited?: Timestamp;
  /** Edits that were taken back or replaced. */
  erased: Seq[];
  /** By `reactorKey`: whose reactions are known, and what they are. */
  reactors: Map<string, { on: boolean; at: Seq }>;
}

export const reactorKey = (user: UserId, emoji: string): string => `${user}/${emoji}`;

export function toTarget({ kind, recalled, stamp, files, reactions, edits, rev }: EntryDoc): Target {
  return {
    kind,
    stamp,
    recalled: recalled === true,
    files: files ?? [],
    reactions: reactions ?? [],
    edits: edits ?? [],
    rev,
    erased: [],
    reactors: new Map(),
  };
}

export function copyTarget(target: Target): Target {
  return { ...target, reactors: new Map(target.reactors) };
}

/** Nothing where the entry is older than what is known. */
export function foldTarget(target: Target, facts: Facts): void {
  const { seq, from, change, text, ts } = facts;
  if (change?.type === 'react')
    foldReactor(target, reactorKey(from, change.emoji), { on: change.on, at: seq });
  if (seq <= target.rev) return;
  target.rev = seq;
  if (change?.type === 'react') {
    target.reactions = reacted(target.reactions, change, seq);
    return;
  }
  if (change?.type === 'recall') {
    target.erased = [...target.erased, ...target.edits];
    target.edits = [];
    target.reactions = [];
    target.recalled = true;
    return;
  }
  if (change?.type === 'edit') {
    target.erased = [...target.erased, ...target.edits];
    target.edits = [seq];
    if (text !== undefined) target.text = text;
    target.edited = ts;
    return;
  }
  target.edits = [...target.edits, seq];
}

function foldReactor({ reactors }: Target, key: string, reactor: { on: boolean; at: Seq }): void {
  const known = reactors.get(key);
  if (!known || known.at < reactor.at) reactors.set(key, reactor);
}

/** The log holds only what changed something, so counting is enough. */
export function reacted(
  reactions: ReactionDoc[],
  { emoji, on }: { emoji: string; on: boolean },
  seq: Seq,
): ReactionDoc[] {
  const borne = reactions.find((reaction) => reaction.emoji === emoji);
  if (!borne) return on ? [...reactions, { emoji, n: 1, since: seq }] : reactions;
  const n = borne.n + (on ? 1 : -1);
  if (n === 0) return reactions.filter((reaction) => reaction !== borne);
  return reactions.map((reaction) => (reaction === borne ? { ...borne, n } : reaction));
}
