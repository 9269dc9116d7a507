/**
 * `GET /admin/live`: everything that the dashboard shows of now, and again
 * whenever it changed. A stream that its reader asks with the admin key in a
 * header, so no cookie opens it.
 */
import type { Overview } from "../breaker/overview.ts";
import type { PauseView } from "../budget/pause.ts";
import { whyUnavailable } from "../chat/plan-candidates.ts";
import type { JobCounts } from "../jobs/index-port.ts";
import { pulledStream } from "../jobs/pulled-stream.ts";
import type { LedgerView } from "../ledger/ledger-operator.ts";
import { wait } from "../lib/clock.ts";
import { SSE_KEEP_ALIVE, sseRetry } from "../lib/sse-event.ts";
import type { WorkerDeps } from "../worker-deps.ts";

/** What a person must see in ten seconds. Null: its owner did not answer in time. */
export interface LiveView {
  readonly atMs: number;
  readonly environment: string;
  /** Ids of the routes that a call may go to now, as this isolate has it. */
  readonly healthy: readonly string[];
  readonly tiers: Readonly<Record<string, string>>;
  readonly off: readonly string[];
  readonly overview: Overview | null;
  readonly pauses: readonly PauseView[] | null;
  readonly jobs: JobCounts | null;
  readonly budgets: LedgerView["budgets"] | null;
  /** Of a month's budget of the operator's own: there the pause begins. */
  readonly pauseAtPercent: number;
}

/** How often it looks. */
const LOOK_MS = 2_000;
/** Its reader comes back by itself; a stream for ever would outlive a deploy. */
const LASTS_MS = 600_000;
const WITHIN_MS = 3_000;
const RECONNECT_MS = 1_000;

export function live(request: Request, deps: WorkerDeps, requestId: string): Response {
  const { clock } = deps;
  const endsAtMs = clock.now() + LASTS_MS;
  let before = "";
  let isFirst = true;
  const body = pulledStream(async (gone) => {
    const signal = AbortSignal.any([gone, request.signal]);
    if (isFirst) {
      isFirst = false;
      return sseRetry(RECONNECT_MS);
    }
    if (before !== "") await wait(clock, LOOK_MS, signal);
    if (signal.aborted || clock.now() >= endsAtMs) return null;
    const view = await lookAround(deps, requestId);
    const text = JSON.stringify({ ...view, atMs: 0, overview: view.overview && { ...view.overview, atMs: 0 } });
    if (text === before) return SSE_KEEP_ALIVE;
    before = text;
    return `event: view\ndata: ${JSON.stringify(view)}\n\n`;
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store, no-transform" },
  });
}

async function lookAround(deps: WorkerDeps, requestId: string): Promise<LiveView> {
  const { routing, breakers, clock, settings } = deps;
  await breakers.ready();
  const inTime = async <T>(asked: () => Promise<T>): Promise<T | null> => {
    const late = Promise.withResolvers<null>();
    const stop = clock.after(WITHIN_MS, () => late.resolve(null));
    try {
      return await Promise.race([asked(), late.promise]);
    } catch (cause) {
      deps.logError(requestId, cause);
      return null;
    } finally {
      stop();
    }
  };
  const [overview, pauses, jobs, ledger] = await Promise.all([
    inTime(async () => await deps.switchboard().overview()),
    inTime(async () => await deps.switchboard().pauses()),
    inTime(async () => await deps.jobIndex().counts()),
    inTime(async () => await deps.ledgerOperator().view()),
  ]);
  return {
    atMs: clock.now(),
    environment: settings.environment,
    healthy: routing.routes.flatMap((route) => (whyUnavailable(route, breakers) === null ? [route.id] : [])),
    tiers: Object.fromEntries(routing.routes.map(({ id, tier }) => [id, tier])),
    off: routing.off.map(({ id }) => id),
    overview,
    pauses,
    jobs,
    budgets: ledger?.budgets ?? null,
    pauseAtPercent: routing.budget.pauseAtPercent,
  };
}
