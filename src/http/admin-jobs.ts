/** `/admin/jobs`: the parked calls by state, and the one press that brings every dead one back. */
import * as z from "zod/mini";
import type { JobList } from "../jobs/index-port.ts";
import { JOB_STATES } from "../jobs/job.ts";
import type { JobPort } from "../jobs/job-port.ts";
import { inParallel } from "../lib/in-parallel.ts";
import { CONNECTIONS_WAITING_FOR_HEADERS } from "../lib/platform-limits.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { BY_OPERATOR } from "./admin-job.ts";
import { refusalResponse } from "./refusal-response.ts";
import { problemOf } from "./schema-problem.ts";

const MAX_LISTED = 200;
const LIMIT_EXPECTED = `expected a whole number from 1 to ${MAX_LISTED}`;

const Query = z.object({
  state: z.optional(z.enum(JOB_STATES, { error: `there is no such state. There are: ${JOB_STATES.join(", ")}.` })),
  limit: z.prefault(
    z.coerce
      .number(LIMIT_EXPECTED)
      .check(z.int(LIMIT_EXPECTED), z.minimum(1, LIMIT_EXPECTED), z.maximum(MAX_LISTED, LIMIT_EXPECTED)),
    50,
  ),
  after: z.optional(z.string()),
});

/** `GET ?state=dead&limit=50&after=…`; without a state all of them. `after` is the `next` of the page before. */
export async function listJobs(request: Request, deps: WorkerDeps): Promise<Response> {
  const query = Query.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!query.success) return refusalResponse({ kind: "invalid_request", ...problemOf(query.error) });
  const { state = null, limit, after = null } = query.data;
  const index = deps.jobIndex();
  const [{ jobs, next }, counts] = await Promise.all([index.list({ state, limit, after }), index.counts()]);
  return Response.json({ counts: counts.byState, oldestMs: counts.oldestMs, jobs, next });
}

/** Asked for at a time. With the list itself it fits into what a request may do on the free plan. */
const PAGE = 40;
/** In one request: enough for a bad night, a tenth of what the paid plan allows. */
const MAX_RETRIED = 1_000;

/**
 * `POST`: every dead job goes back to the queue. `failed` are those that would
 * not (answered, cancelled or erased meanwhile). `left` are those that were not
 * reached, because they are too many for one request or because the platform
 * would take no more calls: send it again.
 */
export async function retryDead(_request: Request, deps: WorkerDeps, requestId: string): Promise<Response> {
  const index = deps.jobIndex();
  const { dead } = (await index.counts()).byState;
  const ends: RetryEnd[] = [];
  let after: string | null = null;
  do {
    const page: JobList | null = await index.list({ state: "dead", limit: PAGE, after }).catch(unreached);
    if (page === null) break;
    const pageEnds: readonly RetryEnd[] = await inParallel(page.jobs, CONNECTIONS_WAITING_FOR_HEADERS, ({ id }) =>
      retried(deps.jobs(id)),
    );
    ends.push(...pageEnds);
    // Who goes on after the platform's last call only fails faster.
    after = pageEnds.includes("unreached") ? null : page.next;
  } while (after !== null && ends.length < MAX_RETRIED);

  const sum = (end: RetryEnd): number => ends.filter((one) => one === end).length;
  const left = Math.max(dead - sum("retried") - sum("refused"), sum("unreached"), after === null ? 0 : 1);
  return Response.json({ retried: sum("retried"), failed: sum("refused"), left });

  function unreached(cause: unknown): null {
    deps.logError(requestId, cause);
    return null;
  }

  function retried(job: JobPort): Promise<RetryEnd> {
    return job.retry(BY_OPERATOR, null).then(
      (end) => (end.ok ? "retried" : "refused"),
      (cause: unknown) => unreached(cause) ?? "unreached",
    );
  }
}

type RetryEnd = "retried" | "refused" | "unreached";
