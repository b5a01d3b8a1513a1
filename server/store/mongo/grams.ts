/**
 * What an entry is searched by: each character of its folded text and each pair in a row, so that a query of any length
 * and script is an AND of members of one array. What that finds may have them in another order and is looked at.
 */
import type { EntryKind } from '../../../miniprogram/protocol/objects.ts';
import { searchable } from '../searchable.ts';

/** More would only cost: what so many pairs leave is as good as found. */
const MAX_TERMS = 24;

/** @param body JSON */
export function textOf(kind: EntryKind, body: string): string {
  return searchable({ kind, body: JSON.parse(body) as Parameters<typeof searchable>[0]['body'] });
}

export function gramsOf(folded: string): string[] {
  const chars = [...folded];
  const grams = new Set(chars);
  chars.forEach((char, i) => grams.add(char + (chars[i + 1] ?? '')));
  return [...grams];
}

/** What an entry that holds the text must hold. */
export function termsOf(folded: string): string[] {
  const chars = [...folded];
  if (chars.length < 2) return chars;
  const pairs = chars.slice(1).map((char, i) => (chars[i] ?? '') + char);
  return [...new Set(pairs)].slice(0, MAX_TERMS);
}
