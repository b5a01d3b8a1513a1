/**
 * A word list at work: finds all its words in one pass over the folded text. Words of Latin letters and digits match
 * whole words only (`ass` is not in `class`, nor in `has sold`), whatever is put between their letters; all others
 * match wherever they stand.
 */
import { AhoCorasick } from '@monyone/aho-corasick/fast';
import type { WordAction, WordRule } from '../domain/ports.ts';
import { fold, type Folded } from './fold.ts';

export interface Match {
  word: string;
  action: WordAction;
  /** Where it stands in the original, in UTF-16 units. */
  start: number;
  end: number;
}

export interface Screened {
  action: 'pass' | 'flag' | 'block';
  /** Masked where a rule says so. */
  text: string;
  matches: Match[];
}

const MASK = '＊';
/** After folding, a letter that is written with spaces between words. */
const LATIN = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\d]+$/u;
const STRENGTH: Record<WordAction, number> = { block: 2, mask: 1, flag: 0 };

export class Matcher {
  /** Folded → the rule, the strictest where several fold to the same. */
  readonly #rules = new Map<string, WordRule & { whole: boolean }>();
  readonly #machine: AhoCorasick | null;

  constructor(rules: readonly WordRule[]) {
    for (const rule of rules) {
      const folded = fold(rule.word).text;
      const before = this.#rules.get(folded);
      if (folded === '' || (before && STRENGTH[before.action] >= STRENGTH[rule.action])) continue;
      this.#rules.set(folded, { ...rule, whole: LATIN.test(folded) });
    }
    this.#machine = this.#rules.size === 0 ? null : new AhoCorasick([...this.#rules.keys()]);
  }

  find(text: string): Match[] {
    return this.#found(fold(text), text).map(({ match }) => match);
  }

  screen(text: string): Screened {
    if (!this.#machine) return { action: 'pass', text, matches: [] };
    const folded = fold(text);
    const found = this.#found(folded, text);
    const matches = found.map(({ match }) => match);
    const has = (action: WordAction): boolean => matches.some((match) => match.action === action);
    if (has('block')) return { action: 'block', text, matches };
    const masked = found.filter(({ match }) => match.action === 'mask');
    return { action: has('flag') ? 'flag' : 'pass', text: mask(text, folded, masked), matches };
  }

  #found(folded: Folded, text: string): Hit[] {
    return (this.#machine?.matchInText(folded.text) ?? []).flatMap(({ begin, end, keyword }) => {
      const rule = this.#rules.get(keyword);
      const from = folded.start[begin];
      const to = folded.end[end - 1];
      if (!rule || from === undefined || to === undefined) return [];
      if (rule.whole && !isWhole(text, from, to)) return [];
      return { begin, end, match: { word: rule.word, action: rule.action, start: from, end: to } };
    });
  }
}

/** `begin`, `end`: in the folded text. */
interface Hit {
  begin: number;
  end: number;
  match: Match;
}

function isWhole(text: string, start: number, end: number): boolean {
  const before = [...text.slice(Math.max(0, start - 2), start)].at(-1) ?? '';
  const [after = ''] = text.slice(end, end + 2);
  return !LATIN.test(fold(before).text) && !LATIN.test(fold(after).text);
}

/** What stands between the characters of a match stays as it is. */
function mask(text: string, { start, end }: Folded, hits: readonly Hit[]): string {
  if (hits.length === 0) return text;
  const hidden = new Map<number, number>();
  for (const hit of hits) {
    for (let unit = hit.begin; unit < hit.end; unit += 1) hidden.set(start[unit] ?? 0, end[unit] ?? 0);
  }
  let masked = '';
  let at = 0;
  for (const [from, to] of [...hidden].sort(([a], [b]) => a - b)) {
    masked += text.slice(at, from) + MASK;
    at = to;
  }
  return masked + text.slice(at);
}
