/**
 * What tells a call of our own from all others: `x-lisbon-hop: <deployment>,<count>`
 * goes out with every request to a provider. A router whose base URL leads back
 * to itself, through whatever gateways, would else call itself until its time runs out.
 */
export interface Hop {
  /** Of this deployment, in all of its isolates; null: nobody could come back here. */
  readonly deployment: string | null;
  /** When a human was last told of a loop, by this isolate. */
  loopToldAtMs: number | null;
}

export const HOP_HEADER = "x-lisbon-hop";
/** Routers of other deployments may stand in a row, but not so many. */
const MOST_HOPS = 5;

/** How many routers the call has been through; null: it goes round in a circle. */
export function hopsOf(headers: Headers, deployment: string | null): number | null {
  const header = headers.get(HOP_HEADER);
  if (header === null) return 0;
  const [from = "", count = ""] = header.split(",");
  const hops = /^\d{1,3}$/.test(count.trim()) ? Number(count) : 1;
  return from.trim() === deployment || hops >= MOST_HOPS ? null : hops;
}

/** Null: the header is left out. */
export function hopHeader(deployment: string | null, hops: number): string | null {
  return deployment === null ? null : `${deployment},${hops + 1}`;
}
