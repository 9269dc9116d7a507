import type { Moment } from "./snapshot.ts";

interface Near {
  readonly route: string;
  readonly forMs: number;
  /** Nothing is left of its limit. */
  readonly reached?: boolean | undefined;
}

/** Many isolates read the same limit at once, each a little later: every change makes all known snapshots old. */
const NEWS_MS = 1_000;

/**
 * Which routes are near their own rate limits, by what isolates have read. In memory alone: an isolate that is still
 * near says so again.
 */
export class NearLimits {
  readonly #untilMs = new Map<string, number>();
  readonly #reached = new Set<string>();

  /** True: something of it is news. */
  note(near: readonly Near[], now: number): boolean {
    const fresh = near.filter(
      ({ route, forMs, reached }) =>
        now + forMs > (this.#untilMs.get(route) ?? 0) + NEWS_MS || (reached === true && !this.#reached.has(route)),
    );
    for (const { route, forMs, reached } of fresh) {
      this.#untilMs.set(route, now + forMs);
      if (reached === true) this.#reached.add(route);
      else this.#reached.delete(route);
    }
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

  reached(now: number): readonly string[] {
    return [...this.#reached].filter((route) => (this.#untilMs.get(route) ?? 0) > now);
  }
}
