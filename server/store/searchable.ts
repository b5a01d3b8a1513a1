/**
 * What of an entry is searched, and in what form: the words that a person reads in it, with full-width letters made
 * plain, case folded and each run of white space one space. All stores search alike: what is found is what holds the
 * folded query as it is.
 */
import type { Entry } from '../../miniprogram/protocol/objects.ts';

/** Empty where there is nothing to search. */
export function searchable({ kind, body }: Pick<Entry, 'kind' | 'body'>): string {
  return fold(words(kind, body as Record<string, unknown>));
}

export const fold = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\0]+/gu, ' ')
    .trim();

function words(kind: Entry['kind'], body: Record<string, unknown>): string {
  const FIELDS = SEARCHED[kind];
  if (!FIELDS) return '';
  return FIELDS.flatMap((field) => {
    const value = body[field];
    return typeof value === 'string' ? [value] : [];
  }).join('\n');
}

const SEARCHED: Partial<Record<Entry['kind'], readonly string[]>> = {
  text: ['text'],
  file: ['name'],
  video: ['name'],
  card: ['title'],
  location: ['name', 'address'],
};
