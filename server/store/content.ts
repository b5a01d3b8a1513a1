/** Which kinds a person reads and which a list of rooms shows: the same for every store. */
import type { EntryKind } from '../../miniprogram/protocol/objects.ts';

/** Which kinds a person reads; these alone count as unread and can be recalled. */
const IS_CONTENT: Record<EntryKind, boolean> = {
  text: true,
  image: true,
  voice: true,
  video: true,
  file: true,
  location: true,
  card: true,
  custom: true,
  recall: false,
  edit: false,
  react: false,
  sys: false,
};

export const isContent = (kind: EntryKind): boolean => IS_CONTENT[kind];

/** Which kinds a list of rooms shows: content and notices. */
export const isShown = (kind: EntryKind): boolean => isContent(kind) || kind === 'sys';

export const CONTENT_KINDS: readonly EntryKind[] = (Object.keys(IS_CONTENT) as EntryKind[]).filter(isContent);
