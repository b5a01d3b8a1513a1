/**
 * How an operator spells limits: `LIMITS=sends=10/20,frame=65536,…`, any of those of docs/protocol.md §2. Owns the
 * range within which each may lie; those that are not named keep their default.
 */
import { DEFAULT_LIMITS } from '../miniprogram/protocol/limits.ts';
import type { Limits } from '../miniprogram/protocol/limits.ts';

type PlainLimit = Exclude<keyof Limits, 'sends'>;

const RANGES: Readonly<Record<PlainLimit, { least: number; most: number }>> = {
  frame: { least: 4_096, most: 1_048_576 },
  text: { least: 1, most: 20_000 },
  members: { least: 2, most: 100_000 },
  page: { least: 1, most: 1_000 },
  sockets: { least: 1, most: 100 },
  requests: { least: 1, most: 1_000 },
  recall: { least: 0, most: 604_800 },
  file: { least: 1_024, most: 524_288_000 },
  uploads: { least: 1, most: 1_000_000 },
};
const MOST_SENDS = 10_000;
/** UTF-8 of the longest code point, and what stands around the text in a frame. */
const BYTES_A_CHARACTER = 4;
const FRAME_OVERHEAD = 512;

/** Faults are sentences "what is wrong; what is allowed"; a limit at fault keeps its default. */
export function parseLimits(text: string): { limits: Limits; faults: string[] } {
  const limits: Limits = { ...DEFAULT_LIMITS, sends: { ...DEFAULT_LIMITS.sends } };
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const part of text === '' ? [] : text.split(',')) {
    const [, name = '', value = ''] = /^\s*([^=]*)=(.*?)\s*$/.exec(part) ?? [];
    const wrong = seen.has(name) ? 'is there twice; allowed: each limit once' : setLimit(limits, name, value);
    if (wrong !== null) faults.push(`${JSON.stringify(part.trim())} ${wrong}`);
    seen.add(name);
  }
  const most = Math.floor((limits.frame - FRAME_OVERHEAD) / BYTES_A_CHARACTER);
  if (limits.text > most) {
    faults.push(
      `text=${limits.text} does not fit into frame=${limits.frame}; allowed there: text up to ${most}`,
    );
  }
  return { limits, faults };
}

/** Sets one limit, or says what is wrong. */
function setLimit(limits: Limits, name: string, value: string): string | null {
  if (name === 'sends') {
    const [, perSecond = 0, burst = 0] = /^(\d{1,9})\/(\d{1,9})$/.exec(value)?.map(Number) ?? [];
    if (perSecond < 1 || burst < perSecond || burst > MOST_SENDS) {
      return `is wrong; allowed: sends=PER_SECOND/BURST with 1 ≤ PER_SECOND ≤ BURST ≤ ${MOST_SENDS}`;
    }
    limits.sends = { perSecond, burst };
    return null;
  }
  if (!isPlainLimit(name)) return `is not known; allowed: sends, ${Object.keys(RANGES).join(', ')}`;
  const { least, most } = RANGES[name];
  const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
  if (!(number >= least && number <= most)) return `is out of range; allowed: ${least} to ${most}`;
  limits[name] = number;
  return null;
}

function isPlainLimit(name: string): name is PlainLimit {
  return Object.hasOwn(RANGES, name);
}
