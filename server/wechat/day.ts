/** WeChat counts its days in Beijing, which has no summer time. */
const BEIJING_MS = 8 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;

/** When the day of `now` ends there, ms since the Unix epoch. */
export function dayEnd(now: number): number {
  return (Math.floor((now + BEIJING_MS) / DAY_MS) + 1) * DAY_MS - BEIJING_MS;
}

export function minuteEnd(now: number): number {
  return (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS;
}
