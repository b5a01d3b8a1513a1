/**
 * A word list at work: finds all its words in one pass over the folded text. Words of Latin letters and digits match
 * whole words only (`ass` is not in `class`, nor in `has sold`), whatever is put between their letters; all others
 * match wherever they stand.
 */
import type { WordAction, WordRule } from '../domain/ports.ts';
import { Automaton } from './automaton.ts';
import { endOf, fold, type Folded, foldText } from './fold.ts';

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
  readonly #rules: readonly Rule[];
  readonly #automaton: Automaton | null;

  constructor(rules: readonly WordRule[]) {
    /** Folded → the rule, the strictest where several fold to the same. */
    const strictest = new Map<string, Rule>();
    for (const rule of rules) {
      const folded = foldText(rule.word);
      const before = strictest.get(folded);
      if (folded === '' || (before && STRENGTH[before.action] >= STRENGTH[rule.action])) continue;
      strictest.set(folded, { ...rule, whole: LATIN.test(folded) });
    }
    this.#rules = [...strictest.values()];
    const words = [...strictest.keys()].map(unitsOf);
    this.#automaton = words.length === 0 ? null : new Automaton(words);
  }

  find(text: string): Match[] {
    return this.#found(fold(text), text).map(({ match }) => match);
  }

  screen(text: string): Screened {
    if (!this.#automaton) return { action: 'pass', text, matches: [] };
    const folded = fold(text);
    const found = this.#found(folded, text);
    if (found.length === 0) return { action: 'pass', text, matches: [] };
    const matches = found.map(({ match }) => match);
    const has = (action: WordAction): boolean => matches.some((match) => match.action === action);
    if (has('block')) return { action: 'block', text, matches };
    const masked = found.filter(({ match }) => match.action === 'mask');
    return { action: has('flag') ? 'flag' : 'pass', text: mask(text, folded, masked), matches };
  }

  #found({ units, count, start }: Folded, text: string): Hit[] {
    const hits: Hit[] = [];
    this.#automaton?.search(units, count, (word, begin, end) => {
      const rule = this.#rules[word];
      const from = start[begin] ?? 0;
      const to = endOf(text, start[end - 1] ?? 0);
      if (rule && (!rule.whole || isWhole(text, from, to))) {
        hits.push({ begin, end, match: { word: rule.word, action: rule.action, start: from, end: to } });
      }
    });
    return hits;
  }
}

/** `whole`: matches whole words only. */
type Rule = WordRule & { whole: boolean };

/** `begin`, `end`: in the folded text. */
interface Hit {
  begin: number;
  end: number;
  match: Match;
}

function isWhole(text: string, start: number, end: number): boolean {
  const before = [...text.slice(Math.max(0, start - 2), start)].at(-1) ?? '';
  const [after = ''] = text.slice(end, end + 2);
  return !LATIN.test(foldText(before)) && !LATIN.test(foldText(after));
}

/** What stands between the characters of a match stays as it is. */
function mask(text: string, { start }: Folded, hits: readonly Hit[]): string {
  if (hits.length === 0) return text;
  const hidden = new Set<number>();
  for (const hit of hits) {
    for (let unit = hit.begin; unit < hit.end; unit += 1) hidden.add(start[unit] ?? 0);
  }
  let masked = '';
  let at = 0;
  for (const from of [...hidden].sort((a, b) => a - b)) {
    masked += text.slice(at, from) + MASK;
    at = endOf(text, from);
  }
  return masked + text.slice(at);
}

const unitsOf = (text: string): number[] => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
