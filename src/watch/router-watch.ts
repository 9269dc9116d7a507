/** Is the router there? The watchdog's own rule over its ticks. Pure. Moments are milliseconds since 1970. */
export interface RouterWatch {
  /** Ticks in a row that failed. */
  readonly failures: number;
  /** When the first of them began; null: it answers. */
  readonly downSinceMs: number | null;
  /** When a human was last told that it is down; null: it is not, or nobody was told. */
  readonly toldAtMs: number | null;
  readonly lastRunMs: number | null;
  readonly lastError: string | null;
}

export const nothingSeen: RouterWatch = {
  failures: 0,
  downSinceMs: null,
  toldAtMs: null,
  lastRunMs: null,
  lastError: null,
};

/** One failure may be the way there; the second in a row is the router. */
const FAILURES_TO_TELL = 2;
const REMIND_MS = 3_600_000;

export type RouterNews = "down" | "still_down" | "back";

/** `error`: why the tick failed; null: the router has answered. */
export function ticked(
  before: RouterWatch,
  error: string | null,
  beganMs: number,
): { readonly watch: RouterWatch; readonly news: RouterNews | null } {
  if (error === null) {
    return { watch: { ...nothingSeen, lastRunMs: beganMs }, news: before.toldAtMs === null ? null : "back" };
  }
  const failures = before.failures + 1;
  const down = { failures, downSinceMs: before.downSinceMs ?? beganMs, lastRunMs: beganMs, lastError: error };
  const due = before.toldAtMs === null ? failures >= FAILURES_TO_TELL : beganMs - before.toldAtMs >= REMIND_MS;
  if (!due) return { watch: { ...down, toldAtMs: before.toldAtMs }, news: null };
  return { watch: { ...down, toldAtMs: beganMs }, news: before.toldAtMs === null ? "down" : "still_down" };
}
