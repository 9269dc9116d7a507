import type { Moment } from "./snapshot.ts";

interface Near {
  readonly route: string;
  readonly forMs: number;
}

/** Many isolates read the same limit at once, each a little later: every change makes all known snapshots old. */
const NEWS_MS = 1_000;

/**
 * Which routes are near their own rate limits, by what isolates have read. In memory alone: an isolate that is still
 * near says so again.
 */
export class NearLimits {
  readonly #untilMs = new Map<string, number>();

  /** True: something of it is news. */
  note(near: readonly Near[], now: number): boolean {
    const fresh = near.filter(({ route, forMs }) => now + forMs > (this.#untilMs.get(route) ?? 0) + NEWS_MS);
    for (const { route, forMs } of fresh) this.#untilMs.set(route, now + forMs);
    return fresh.length > 0;
  }

  /** Null: it is far from its limits. */
  until(routeId: string, now: number): number | null {
    const untilMs = this.#untilMs.get(routeId) ?? 0;
    return untilMs > now ? untilMs : null;
  }

  moments(now: number): readonly Moment[] {
    return [...this.#untilMs].filter(([, untilMs]) => untilMs > now);
  }
}
