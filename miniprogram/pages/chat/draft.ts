/**
 * What is being written in a chat, as a value that changes by acts: a text, perhaps as an answer, perhaps in place of
 * an older text of one's own, with those whom it calls. PURE. While one edits, what was begun before stands aside and
 * comes back afterwards.
 */
import type { Addressed, DraftView, UserId } from '../../../typings/app';

export type Draft = DraftView;

export const NOTHING: Draft = { text: '' };

export function write(draft: Draft, text: string): Draft {
  return { ...draft, text };
}

export function answer({ text, mentions, aside, edit }: Draft, reply: number): Draft {
  // One does not answer by an edit: that is left first.
  if (edit !== undefined) return { ...aside, text: aside?.text ?? '', reply };
  return { text, reply, ...(mentions && { mentions }) };
}

export function edit(draft: Draft, seq: number, text: string): Draft {
  const { aside, ...begun } = draft;
  return { text, edit: seq, aside: draft.edit === undefined ? begun : (aside ?? NOTHING) };
}

export function call(draft: Draft, id: UserId | 'all', name: string): Draft {
  const others = (draft.mentions ?? []).filter((mention) => mention.id !== id);
  return { ...draft, mentions: [...others, { id, name }] };
}

/** No answer, or no edit, any more. */
export function drop({ aside, ...draft }: Draft): Draft {
  if (draft.edit !== undefined) return aside ?? NOTHING;
  const { reply: _, ...rest } = draft;
  return rest;
}

/** After it was sent. */
export function sent({ aside }: Draft): Draft {
  return aside ?? NOTHING;
}

/** What it answers, and whom the text really calls: the names may have been typed over since. */
export function addressed({ text, reply, mentions = [] }: Draft): Addressed {
  const there = mentions.filter(({ name }) => text.includes(`@${name}`)).map(({ id }) => id);
  const called = there.includes('all') ? 'all' : there.slice(0, MOST_CALLED);
  return {
    ...(reply !== undefined && { reply }),
    ...(called.length > 0 && { mentions: called }),
  };
}

/** As many as the server takes. */
const MOST_CALLED = 50;
