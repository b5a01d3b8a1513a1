/**
 * How texts are compared with the word list: by what a reader sees in them and not by how they are spelt. Width, case,
 * accents, traditional and simplified characters, circled and Chinese numerals and letters that look like digits are
 * one; spaces, punctuation, symbols and what is invisible are passed over. Each folded unit remembers the character
 * that it came from, so that a match can be shown and masked in the original. What most texts are made of is looked up
 * in a table, a unit at a time.
 */
import type { DictLike } from 'opencc-js/core';
import { to } from 'opencc-js/preset/t2cn';

export interface Folded {
  /** What is left, in UTF-16: the first `count`. */
  units: Uint16Array;
  count: number;
  /** Of each unit: where its character begins in the original, in UTF-16 units. */
  start: Uint32Array;
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

/** Code point → what it folds to, of those that are no single unit; texts use few of them. */
const known = new Map<number, string>();
const MOST_KNOWN = 50_000;

/** Unit → the one that it folds to, filled as texts come. */
const single = new Uint16Array(0x1_0000);
/** Not yet known, or not one unit. */
const ASK = 0;
/** Passed over. U+FFFF is no character, so nothing folds to it. */
const DROP = 0xffff;

export function fold(original: string): Folded {
  const { length } = original;
  // Always as long as what is there and one unit for each that is still to come.
  let units = new Uint16Array(length);
  let start = new Uint32Array(length);
  let count = 0;
  for (let at = 0; at < length; at += 1) {
    const unit = single[original.charCodeAt(at)] ?? ASK;
    if (unit === DROP) continue;
    if (unit !== ASK) {
      units[count] = unit;
      start[count] = at;
      count += 1;
      continue;
    }
    const point = original.codePointAt(at) ?? 0;
    const folded = foldOf(point);
    if (count + folded.length + length - at > units.length) [units, start] = [grown(units), grown(start)];
    for (let i = 0; i < folded.length; i += 1) {
      units[count] = folded.charCodeAt(i);
      start[count] = at;
      count += 1;
    }
    if (point > 0xffff) at += 1;
  }
  return { units, count, start };
}

/** What a word or a sign is compared by. */
export function foldText(original: string): string {
  const { units, count } = fold(original);
  return String.fromCharCode(...units.subarray(0, count));
}

/** Where the character that begins at `start` ends. */
export const endOf = (original: string, start: number): number =>
  start + ((original.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);

/** By more than any character folds to (NFKC makes 18 of U+FDFA). */
function grown<T extends Uint16Array | Uint32Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(array.length * 2 + 32);
  larger.set(array);
  return larger;
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
  const folded = isHalf(point) ? '' : [...plain(String.fromCodePoint(point))].map(foldSign).join('');
  if (point <= 0xffff && folded.length <= 1) {
    single[point] = folded === '' ? DROP : folded.charCodeAt(0);
    return folded;
  }
  if (known.size >= MOST_KNOWN) known.clear();
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
