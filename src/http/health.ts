/** `GET /health`: 200 as soon as it serves, 503 when no route can. Details are for the operator. */
import type { Overview } from "../breaker/overview.ts";
import { wait } from "../lib/clock.ts";
import { describeOff } from "../routing/describe-off.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { refuseAdmin } from "./authenticate.ts";
import { routeStates } from "./route-states.ts";

/** A health check that hangs is worse than one without details. */
const DETAILS_WITHIN_MS = 2_000;

export async function health(request: Request, deps: WorkerDeps): Promise<Response> {
  await deps.breakers.ready();
  const states = routeStates(deps);
  const healthy = states.filter(({ status }) => status === "healthy").map(({ id }) => id);
  const serving = healthy.length > 0;
  const degraded = states.some(({ status }) => status !== "healthy" && status !== "off");
  const isAdmin = refuseAdmin(request.headers, deps.settings) === null;
  const details = isAdmin ? await detailsOf(deps) : new Map<string, Details>();
  const body = {
    status: serving && !degraded ? "ok" : "degraded",
    healthy,
    routes: states.map((state) => ({ ...state, ...(isAdmin && (details.get(state.id) ?? NO_DETAILS)) })),
  };
  return Response.json(body, { status: serving ? 200 : 503, headers: { "cache-control": "no-store" } });
}

interface Details {
  readonly latency_ms: number | null;
  readonly error: string | null;
  readonly checked_at: string | null;
}

const NO_DETAILS: Details = { latency_ms: null, error: null, checked_at: null };

async function detailsOf(deps: WorkerDeps): Promise<ReadonlyMap<string, Details>> {
  const details = new Map<string, Details>(
    deps.routing.off.map((route) => [route.id, { ...NO_DETAILS, error: describeOff(route.why) }]),
  );
  for (const route of (await overviewInTime(deps))?.routes ?? []) {
    details.set(route.id, {
      latency_ms: route.p50Ms ?? route.check?.ms ?? null,
      error: route.status === "closed" ? null : (route.lastError?.kind ?? route.why),
      checked_at: route.checkedAtMs === null ? null : new Date(route.checkedAtMs).toISOString(),
    });
  }
  return details;
}

/** Null where the switchboard is away: health goes on without it. */
async function overviewInTime({ switchboard, clock }: WorkerDeps): Promise<Overview | null> {
  const inTime = new AbortController();
  try {
    return await Promise.race([
      switchboard().overview(),
      wait(clock, DETAILS_WITHIN_MS, inTime.signal).then(() => null),
    ]);
  } catch {
    return null; // an object that is away throws here
  } finally {
    inTime.abort();
  }
}
