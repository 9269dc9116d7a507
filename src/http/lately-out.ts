/** Which routes were out of late, for everybody: no reason, no account and no detail. */
import type { Incident } from "../breaker/board-state.ts";
import type { Routing } from "../domain/routing.ts";
import { wait } from "../lib/clock.ts";
import type { WorkerDeps } from "../worker-deps.ts";

export type Outage = Pick<Incident, "routes" | "startedAtMs" | "endedAtMs">;

const WEEK_MS = 7 * 86_400_000;
const MOST = 20;
const WITHIN_MS = 1_000;
/** Anybody may open the page as often as they like: an isolate asks the switchboard for it no oftener. */
const FRESH_MS = 5_000;
const heard = new WeakMap<Routing, { readonly atMs: number; readonly outages: readonly Outage[] | null }>();

/** The latest first, at most 20; moments are milliseconds since 1970. Null: the switchboard does not answer within a second. */
export async function latelyOut({ routing, switchboard, clock }: WorkerDeps): Promise<readonly Outage[] | null> {
  const now = clock.now();
  const known = heard.get(routing);
  if (known !== undefined && now - known.atMs < FRESH_MS) return known.outages;
  // Whoever comes while it is asked is told what was known before: readers at once are one question too.
  heard.set(routing, { atMs: now, outages: known?.outages ?? null });
  const over = new AbortController();
  const outages = await Promise.race([
    (async () => (await switchboard().incidents(now - WEEK_MS)).slice(0, MOST))(),
    wait(clock, WITHIN_MS, over.signal).then(() => null),
  ]).catch(() => null);
  over.abort();
  heard.set(routing, { atMs: now, outages });
  return outages;
}
