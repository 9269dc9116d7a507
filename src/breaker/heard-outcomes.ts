import type { ReportedRun } from "./switchboard-port.ts";

/** Up to which number each isolate's outcomes were counted. Only in memory: a report is sent again within seconds or never. */
export class HeardOutcomes {
  readonly #next = new Map<string, { number: number; atMs: number }>();

  /** How many of the run's outcomes are new; from now on none of them is. */
  newOnes(isolate: string, run: ReportedRun, now: number): number {
    const key = `${isolate} ${run.route}`;
    const end = run.first + ("ok" in run ? run.ok : 1);
    const known = this.#next.get(key);
    const fresh = Math.max(0, end - Math.max(run.first, known?.number ?? 0));
    // Deleting first keeps the map in the order of last use.
    this.#next.delete(key);
    this.#next.set(key, { number: Math.max(end, known?.number ?? 0), atMs: now });
    this.#forgetOld(now);
    return fresh;
  }

  #forgetOld(now: number): void {
    for (const [key, { atMs }] of this.#next) {
      if (now - atMs < HEARD_KEPT_MS && this.#next.size < HEARD_MOST) return;
      this.#next.delete(key);
    }
  }
}

const HEARD_KEPT_MS = 600_000;
const HEARD_MOST = 20_000;
