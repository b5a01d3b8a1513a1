/** Sums up rounds and latencies. Pure. */

export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** Of at least one value. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  return { median: percentile(sorted, 0.5), min: sorted[0]!, max: sorted.at(-1)! };
}

/** Nearest rank, so always a value that occurred; `sorted` ascends and is not empty. */
export function percentile(sorted: ArrayLike<number>, rank: number): number {
  if (sorted.length === 0) throw new Error('no values');
  return sorted[Math.max(0, Math.ceil(rank * sorted.length) - 1)]!;
}
