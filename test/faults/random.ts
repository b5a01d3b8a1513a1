/** Numbers for faults that strike at random: the same seed gives the same run, as far as processes allow. */

export interface Random {
  seed: number;
  /** A whole number from 0 up to, not including, `bound`. */
  below(bound: number): number;
}

/** FAULT_SEED, or a new seed. */
export function random(
  seed = Number(process.env['FAULT_SEED'] ?? Math.floor(Math.random() * 2 ** 31)),
): Random {
  let state = seed >>> 0;
  return {
    seed,
    below: (bound) => {
      // mulberry32
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
    },
  };
}
