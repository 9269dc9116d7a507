/** The names of `breaker/call-tally.ts` as people read them. */
import type { Counts } from "./series.ts";

/** `out:refused:providers_failed` is `{ outcome: "refused", detail: "providers_failed", count }`. */
export interface OutcomeCount {
  /** `answered`, `cached`, `queued`, `job`, `refused` or `broken`. */
  readonly outcome: string;
  /** The tier that answered, the refusal's or the failure's kind; empty: none. */
  readonly detail: string;
  readonly count: number;
}

/** `prefix`: `out` for callers' calls, `run` for the jobs' own runs. */
export function outcomesIn(counts: Counts, prefix: "out" | "run"): readonly OutcomeCount[] {
  return Object.entries(counts).flatMap(([name, count]) => {
    const [what, outcome, detail = ""] = name.split(":");
    return what === prefix && outcome !== undefined ? [{ outcome, detail, count }] : [];
  });
}

/** Kinds of failures that a route's counts hold. */
export function failuresIn(counts: Counts): readonly string[] {
  return Object.keys(counts)
    .filter((name) => /^f:\w+$/.test(name))
    .map((name) => name.slice("f:".length));
}
