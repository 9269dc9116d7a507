/** `GET /metrics`, for Prometheus: the admin key, or a token of its own that can do nothing else. */
import { inTime } from "../lib/in-time.ts";
import { sameSecret } from "../lib/constant-time.ts";
import type { Refusal } from "../domain/refusal.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { Settings } from "../settings.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { refuseAdmin } from "./authenticate.ts";
import { bearerOf } from "./bearer.ts";
import { boardFamilies, budgetFamilies, countedFamilies, gauge, jobFamilies } from "./metric-families.ts";
import { type Family, PROMETHEUS_TEXT, prometheusText } from "./prometheus-text.ts";

/** Prometheus waits ten seconds by default; one part that hangs must not cost the others. */
const PART_WITHIN_MS = 3_000;

export function mayScrape(request: Request, { settings }: { readonly settings: Settings }): Result<null, Refusal> {
  const { metricsToken } = settings;
  if (metricsToken !== null && sameSecret(bearerOf(request.headers), metricsToken)) return ok(null);
  const refusal = refuseAdmin(request.headers, settings);
  return refusal === null ? ok(null) : fail(refusal);
}

export async function metrics(_request: Request, deps: WorkerDeps, requestId: string): Promise<Response> {
  const { routing, clock } = deps;
  const parts: Readonly<Record<string, () => Promise<readonly Family[]>>> = {
    counts: async () => {
      const [row] = await deps.switchboard().aggregates("total", 0);
      return countedFamilies(row?.tally ?? {}, routing.routes);
    },
    board: async () => {
      const [overview, pauses] = await Promise.all([deps.switchboard().overview(), deps.switchboard().pauses()]);
      return boardFamilies(overview, pauses, routing.routes);
    },
    jobs: async () => jobFamilies(await deps.jobIndex().counts(), clock.now()),
    ledger: async () => budgetFamilies(await deps.ledgerOperator().view()),
  };
  const found = await Promise.all(
    Object.entries(parts).map(async ([part, ask]) => ({ part, families: await orNull(ask(), deps, requestId) })),
  );
  const ageMs = deps.breakers.snapshotAgeMs();
  const own = [
    gauge(
      "lisbon_part_up",
      "0: its figures are missing here.",
      found.map(({ part, families }) => ({ labels: { part }, value: families === null ? 0 : 1 })),
    ),
    gauge(
      "lisbon_snapshot_age_seconds",
      "Of what this isolate knows of the switchboard; missing: it has not asked yet.",
      ageMs === null ? [] : [{ labels: {}, value: ageMs / 1_000 }],
    ),
  ];
  const text = prometheusText([...found.flatMap(({ families }) => families ?? []), ...own]);
  return new Response(text, { headers: { "content-type": PROMETHEUS_TEXT, "cache-control": "no-store" } });
}

/** Null: this part is away, or too slow. */
async function orNull(
  asked: Promise<readonly Family[]>,
  { clock, logError }: WorkerDeps,
  requestId: string,
): Promise<readonly Family[] | null> {
  try {
    return await inTime(clock, PART_WITHIN_MS, asked);
  } catch (cause) {
    logError(requestId, cause);
    return null;
  }
}
