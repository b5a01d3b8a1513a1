/**
 * How texts are compared with the word list: by what a reader sees in them and not by how they are spelt. Width, case,
 * accents, traditional and simplified characters, circled and Chinese numerals and letters that look like digits are
 * one; spaces, punctuation, symbols and what is invisible are passed over. Each folded unit remembers the character
 * that it came from, so that a match can be shown and masked in the original.
 */
import type { DictLike } from 'opencc-js/core';
import { to } from 'opencc-js/preset/t2cn';

export interface Folded {
  /** What is left, in UTF-16. */
  text: string;
  /** Of each unit of `text`: where its character begins in the original … */
  start: number[];
  /** … and where it ends, in UTF-16 units. */
  end: number[];
}

/** What looks like a digit, and is taken for one. Letters are folded alike in words and in texts. */
const DIGITS: readonly string[] = [
  'oοо零〇⓿⓪',
  'liı|一壹弌❶➀➊',
  '二贰貳弍两❷➁➋',
  '三叁叄弎З❸➂➌',
  '四肆❹➃➍',
  '五伍❺➄➎',
  '六陆陸❻➅➏',
  '七柒❼➆➐',
  '八捌❽➇➑',
  '九玖❾➈➒',
];
const LOOKS_LIKE = new Map(
  DIGITS.flatMap((signs, digit) => [...signs].map((sign) => [sign.toLowerCase(), String(digit)] as const)),
);
/** From OpenCC's dictionaries what they have of single characters; where there are several forms the first is taken. */
const SIMPLIFIED = new Map((to.cn ?? []).flat().flatMap(singles));
const ACCENTED = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]/u;
const MARKS = /\p{M}/gu;
const COUNTS = /[\p{L}\p{N}]/u;
const DIGIT = /\p{Nd}/u;

/** Code point → what it folds to; texts use few thousand different ones. */
const known = new Map<number, string>();
const MOST_KNOWN = 50_000;

export function fold(original: string): Folded {
  let text = '';
  const start: number[] = [];
  const end: number[] = [];
  for (let at = 0; at < original.length;) {
    const point = original.codePointAt(at) ?? 0;
    const next = at + (point > 0xffff ? 2 : 1);
    const folded = foldOf(point);
    text += folded;
    for (let unit = 0; unit < folded.length; unit += 1) {
      start.push(at);
      end.push(next);
    }
    at = next;
  }
  return { text, start, end };
}

function singles(dictionary: DictLike): (readonly [string, string])[] {
  const pairs =
    typeof dictionary === 'string' ? dictionary.split('|').map((pair) => pair.split(' ')) : dictionary;
  return pairs.flatMap(([from = '', simple = '']) =>
    [...from].length === 1 ? [[from, simple] as const] : [],
  );
}

function foldOf(point: number): string {
  const before = known.get(point);
  if (before !== undefined) return before;
  if (known.size >= MOST_KNOWN) known.clear();
  const folded = isHalf(point) ? '' : [...plain(String.fromCodePoint(point))].map(foldSign).join('');
  known.set(point, folded);
  return folded;
}

const isHalf = (point: number): boolean => point >= 0xd800 && point <= 0xdfff;

/** One width, one case, without accents; signs that look like digits are kept for `foldSign`. */
function plain(character: string): string {
  if (LOOKS_LIKE.has(character)) return character;
  const one = character.normalize('NFKC').toLowerCase();
  return ACCENTED.test(one) ? one.normalize('NFD').replace(MARKS, '') : one;
}

function foldSign(sign: string): string {
  const simple = SIMPLIFIED.get(sign) ?? sign;
  const digit = LOOKS_LIKE.get(simple) ?? LOOKS_LIKE.get(sign);
  if (digit !== undefined) return digit;
  if (DIGIT.test(simple)) return digitOf(simple);
  return COUNTS.test(simple) ? simple : '';
}

/** The digits of every script stand in a row from 0 to 9. */
function digitOf(sign: string): string {
  const point = sign.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && DIGIT.test(String.fromCodePoint(point - value - 1))) value += 1;
  return String(value);
}
