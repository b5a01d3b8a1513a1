/** Durations and moments as people write them: `10m` `2h` `7d` `forever`; ISO 8601, or such a duration ago. */
import { Exit, Failure } from './exit.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const FORM = 'a number and s, m, h, d or w, such as 10m, 2h or 7d';

/** Null for `forever`. */
export function parseDuration(text: string, name: string): number | null {
  if (text === 'forever') return null;
  const seconds = secondsIn(text);
  if (seconds !== null && seconds > 0) return seconds;
  throw new Failure(
    Exit.USAGE,
    `${name}: ${JSON.stringify(text)} is no duration; allowed: ${FORM}, or forever`,
  );
}

/** One that ends. */
export function parseSpan(text: string, name: string): number {
  const seconds = secondsIn(text);
  if (seconds !== null) return seconds;
  throw new Failure(Exit.USAGE, `${name}: ${JSON.stringify(text)} is no duration; allowed: ${FORM}`);
}

/** Milliseconds since the Unix epoch. */
export function parseMoment(text: string, name: string, now: number): number {
  const ago = secondsIn(text);
  if (ago !== null) return now - ago * 1_000;
  const isIso = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text);
  const moment = isIso ? Date.parse(text) : NaN;
  if (!Number.isNaN(moment)) return moment;
  throw new Failure(
    Exit.USAGE,
    `${name}: ${JSON.stringify(text)} is no moment; allowed: ISO 8601, such as 2026-11-25T08:00, or a duration ago, such as 2d`,
  );
}

/** Null where it is no duration; at most a hundred years. */
function secondsIn(text: string): number | null {
  const [, count = '', unit = ''] = /^(\d{1,10})([smhdw])$/.exec(text) ?? [];
  const seconds = Number(count) * (SECONDS[unit] ?? NaN);
  return count !== '' && seconds <= 3_153_600_000 ? seconds : null;
}
