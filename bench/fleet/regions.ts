import type { Random } from "./random.ts";

/** A place where isolates run. */
export interface Region {
  readonly name: string;
  /** Of the fleet's isolates, and so of its traffic. */
  readonly share: number;
  /** From there to the Durable Objects and back, in milliseconds, without the object's own time. */
  readonly roundTripMs: number;
}

/**
 * The objects are in western Europe (an object stays where it was first asked for:
 * https://developers.cloudflare.com/durable-objects/reference/data-location/). Round trips are those between cloud
 * regions to Ireland that were published in 2017; the cables have become faster since, so they are on the safe side:
 * https://acomputerscientistlearnsaws.blogspot.com/2017/04/aws-regions.html
 * The shares are ours: a product that began in Europe and North America.
 */
export const REGIONS: readonly Region[] = [
  { name: "Frankfurt", share: 0.35, roundTripMs: 20 },
  { name: "Virginia", share: 0.25, roundTripMs: 81 },
  { name: "Oregon", share: 0.15, roundTripMs: 137 },
  { name: "São Paulo", share: 0.08, roundTripMs: 191 },
  { name: "Tokyo", share: 0.07, roundTripMs: 212 },
  { name: "Singapore", share: 0.06, roundTripMs: 239 },
  { name: "Sydney", share: 0.04, roundTripMs: 310 },
];

/** `place`: 0 to 1. Spread evenly, so that even ten isolates are in several regions. */
export function regionAt(place: number): Region {
  let before = 0;
  for (const region of REGIONS) {
    before += region.share;
    if (place < before) return region;
  }
  return last;
}

const [last = { name: "nowhere", share: 1, roundTripMs: 0 }] = REGIONS.slice(-1);

/** One way, with up to a tenth of jitter. */
export function travelMs({ roundTripMs }: Region, random: Random): number {
  return (roundTripMs / 2) * (1 + 0.1 * random());
}

/** Its question is answered, jitter and the object's own time included, before a call that waits for it goes on without. */
export function isNear({ roundTripMs }: Region): boolean {
  return roundTripMs <= 170;
}

/** Upstash's Redis has a replica near each region: https://upstash.com/docs/redis/features/globaldatabase */
export const REDIS_MS = 15;
