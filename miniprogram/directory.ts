/**
 * People in the order of their names, under the letters they begin with: A … Z, Chinese names by pinyin, all else
 * under '#'. Found by any part of a name. PURE. The pinyin is the phone's: where its collation has none, Chinese
 * names stand under '#', in one order all the same.
 */
import { initial } from './format';

export interface Named {
  name: string;
}

export interface Section<T> {
  letter: string;
  people: T[];
}

/** The first common character under each letter, in pinyin order; no syllable begins with I, U or V. */
const FIRST = '阿八嚓搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝';
const LETTERS = 'ABCDEFGHJKLMNOPQRSTWXYZ';
const OTHER = '#';
const HAN = /[\u3400-\u9fff]/;

const collator = typeof Intl === 'object' ? new Intl.Collator('zh-Hans-CN') : null;
const compare = (a: string, b: string): number =>
  collator ? collator.compare(a, b) : a < b ? -1 : Number(a > b);
const knowsPinyin = [...FIRST].every(
  (character, index) => index === 0 || compare(FIRST[index - 1] ?? '', character) < 0,
);

/** 'A' … 'Z' or '#'. */
export function letterOf(name: string): string {
  const first = initial(name);
  if (/^[A-Z]$/.test(first)) return first;
  if (!HAN.test(first) || !knowsPinyin) return OTHER;
  let letter = OTHER;
  for (let index = 0; index < FIRST.length && compare(FIRST[index] ?? '', first) <= 0; index += 1) {
    letter = LETTERS[index] ?? OTHER;
  }
  return letter;
}

export function byName<T extends Named>(people: readonly T[]): T[] {
  return [...people].sort((a, b) => compare(a.name, b.name));
}

/** Sections without anybody are left out; '#' is the last. */
export function sections<T extends Named>(people: readonly T[]): Section<T>[] {
  const found = new Map<string, T[]>();
  for (const person of byName(people)) {
    const letter = letterOf(person.name);
    found.set(letter, [...(found.get(letter) ?? []), person]);
  }
  return [...found]
    .map(([letter, members]) => ({ letter, people: members }))
    .sort(
      (a, b) => Number(a.letter === OTHER) - Number(b.letter === OTHER) || (a.letter < b.letter ? -1 : 1),
    );
}

/** Everybody for a blank query. */
export function find<T extends Named>(people: readonly T[], query: string): T[] {
  const wanted = query.trim().toLowerCase();
  return wanted === '' ? [...people] : people.filter(({ name }) => name.toLowerCase().includes(wanted));
}
