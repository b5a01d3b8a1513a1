/** Pure: which entries a person reads, and how one looks as a line of the chat. */
import type { ContentKind, Entry, EntryKind, UserId } from '../protocol/objects';
import type { Row } from './view';

const CONTENT: Record<ContentKind, true> = {
  text: true,
  image: true,
  voice: true,
  video: true,
  file: true,
  location: true,
  card: true,
  custom: true,
};

/** What counts as unread. */
export function isContent(kind: EntryKind): kind is ContentKind {
  return kind in CONTENT;
}

/** Changes of other entries have no line of their own. */
export function hasRow(kind: EntryKind): boolean {
  return isContent(kind) || kind === 'sys';
}

/** The same for a message before and after it is sent, and however it arrives. */
export function rowKey(entry: Pick<Entry, 'seq' | 'from' | 'cid'>, me: UserId): string {
  return entry.from === me && entry.cid !== undefined ? `c${entry.cid}` : `s${entry.seq}`;
}

export function toRow(entry: Entry, me: UserId, recalledBy: UserId | '' | undefined): Row {
  const { seq, cid, from, kind, ts, reply, mentions, recalled, edited } = entry;
  return {
    key: rowKey(entry, me),
    seq,
    from,
    mine: from === me,
    kind,
    body: entry.body as Record<string, unknown>,
    ts,
    state: 'sent',
    ...(cid !== undefined && { cid }),
    ...(reply !== undefined && { reply }),
    ...(mentions !== undefined && { mentions }),
    ...(recalled && { recalled }),
    ...(recalledBy !== undefined && { recalledBy }),
    ...(edited !== undefined && { edited }),
  };
}
