/** Pure: how long to wait before the next try (protocol §3): full jitter over min(30 s, 0.5 s × 2^n). */

export const BACKOFF_FIRST_MS = 500;
export const BACKOFF_MOST_MS = 30_000;

/**
 * @param attempt how many tries have failed before this wait, from 0
 * @param random in [0, 1)
 */
export function backoffMs(attempt: number, random: number): number {
  return random * Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** attempt);
}
