/** How an operator spells limits: `name=value,…`, each at most once; a rate is `PER_SECOND/BURST`. */
import type { Rate } from './commands/buckets.ts';

/**
 * @param set takes one limit, or says what is wrong and what is allowed
 * @returns faults, each a sentence that quotes the part it is about
 */
export function readLimitList(text: string, set: (name: string, value: string) => string | null): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const part of text === '' ? [] : text.split(',')) {
    const [, name = '', value = ''] = /^\s*([^=]*)=(.*?)\s*$/.exec(part) ?? [];
    const wrong = seen.has(name) ? 'is there twice; allowed: each limit once' : set(name, value);
    if (wrong !== null) faults.push(`${JSON.stringify(part.trim())} ${wrong}`);
    seen.add(name);
  }
  return faults;
}

/** @returns the rate, or what is wrong with it; `most`: for a burst */
export function readRate(name: string, value: string, most: number): Rate | string {
  const [, perSecond = 0, burst = 0] = /^(\d{1,9})\/(\d{1,9})$/.exec(value)?.map(Number) ?? [];
  if (perSecond >= 1 && burst >= perSecond && burst <= most) return { perSecond, burst };
  return `is wrong; allowed: ${name}=PER_SECOND/BURST with 1 ≤ PER_SECOND ≤ BURST ≤ ${most}`;
}
