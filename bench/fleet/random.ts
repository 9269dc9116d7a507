/** 0 to 1, as `Math.random`, and the same for the same seed (mulberry32). */
export type Random = () => number;

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Of a Poisson process, or a life without a memory: until the next event, in the unit of `mean`. */
export function exponential(mean: number, random: Random): number {
  return -Math.log(1 - random()) * mean;
}
