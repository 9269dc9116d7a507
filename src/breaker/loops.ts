/**
 * When a request is a loop: the same caller's same request, failing in the same way for its own sake, three times
 * within 180 s. State in, state out; what counts as a failure of the request itself is `chat/request-loop.ts`.
 */
export interface LoopRecord {
  /** What tells a tenant's kind from another: `markOf`. */
  readonly mark: string;
  /** The request's fingerprint: it holds nothing of what was said. */
  readonly id: string;
  readonly tenant: string;
  readonly kind: string;
  /** A refusal's kind, and what tells its text from another. */
  readonly error: string;
  /** Failures of the last 180 s, oldest first. */
  readonly seen: readonly SeenLoop[];
  /** Null: it is not blocked. */
  readonly untilMs: number | null;
}

export interface SeenLoop {
  /** The isolate and its own count: a report that comes twice counts once. */
  readonly by: string;
  readonly atMs: number;
}

export const LOOP_TIMES = 3;
export const LOOP_WINDOW_MS = 180_000;

/** Blocked for a window from the third failure on. What fails while it is blocked was under way, and changes nothing. */
export function sawLoop(before: LoopRecord, seen: SeenLoop, now: number): LoopRecord {
  if (isBlocked(before, now) || now - seen.atMs > LOOP_WINDOW_MS) return before;
  const earlier = before.untilMs === null ? before.seen : [];
  if (earlier.some(({ by }) => by === seen.by)) return before;
  const all = [...earlier, seen].toSorted((one, other) => one.atMs - other.atMs);
  const latestMs = all.at(-1)?.atMs ?? seen.atMs;
  const fresh = all.filter(({ atMs }) => latestMs - atMs <= LOOP_WINDOW_MS);
  const untilMs = fresh.length < LOOP_TIMES ? null : latestMs + LOOP_WINDOW_MS;
  return { ...before, seen: fresh, untilMs };
}

export function isBlocked({ untilMs }: LoopRecord, now: number): boolean {
  return untilMs !== null && now < untilMs;
}

/** Neither blocked nor seen of late. */
export function isForgotten(record: LoopRecord, now: number): boolean {
  const latestMs = record.seen.at(-1)?.atMs ?? -Infinity;
  return !isBlocked(record, now) && (record.untilMs !== null || now - latestMs > LOOP_WINDOW_MS);
}

/** `request_rejected`, of `request_rejected #12ab34cd`. */
export function errorKind(error: string): string {
  return error.split(" ")[0] ?? "";
}
