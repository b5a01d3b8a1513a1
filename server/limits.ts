/**
 * How an operator spells limits: `LIMITS=sends=10/20,frame=65536,…`, any of those of docs/protocol.md §2. Owns the
 * range within which each may lie; those that are not named keep their default.
 */
import { DEFAULT_LIMITS } from '../miniprogram/protocol/limits.ts';
import type { Limits } from '../miniprogram/protocol/limits.ts';
import { readLimitList, readRate } from './limit-list.ts';

type PlainLimit = Exclude<keyof Limits, 'sends'>;

const RANGES: Readonly<Record<PlainLimit, { least: number; most: number }>> = {
  frame: { least: 1_000, most: 1_048_576 },
  text: { least: 1, most: 20_000 },
  members: { least: 2, most: 100_000 },
  page: { least: 1, most: 1_000 },
  sockets: { least: 1, most: 100 },
  requests: { least: 1, most: 1_000 },
  recall: { least: 0, most: 604_800 },
  file: { least: 1_024, most: 524_288_000 },
  uploads: { least: 1, most: 1_000_000 },
};
const MOST_SENDS = 100_000;
/** UTF-8 of the longest code point, and what stands around the text in a frame. */
const BYTES_A_CHARACTER = 4;
const FRAME_OVERHEAD = 512;

/**
 * Faults are sentences "what is wrong; what is allowed"; a limit at fault keeps its default. Whoever asks for smaller
 * frames and says nothing of texts gets texts that fit.
 */
export function parseLimits(text: string): { limits: Limits; faults: string[] } {
  const limits: Limits = { ...DEFAULT_LIMITS, sends: { ...DEFAULT_LIMITS.sends } };
  const named = new Set<string>();
  const faults = readLimitList(text, (name, value) => {
    named.add(name);
    return setLimit(limits, name, value);
  });
  const most = Math.floor((limits.frame - FRAME_OVERHEAD) / BYTES_A_CHARACTER);
  if (limits.text > most && named.has('text')) {
    faults.push(
      `text=${limits.text} does not fit into frame=${limits.frame}; allowed there: text up to ${most}`,
    );
  }
  limits.text = Math.min(limits.text, most);
  return { limits, faults };
}

/** Sets one limit, or says what is wrong. */
function setLimit(limits: Limits, name: string, value: string): string | null {
  if (name === 'sends') {
    const rate = readRate(name, value, MOST_SENDS);
    if (typeof rate === 'string') return rate;
    limits.sends = rate;
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
