/** `/v1/jobs/:id`: how a parked call stands, its events as they come, and its end by the caller's will. */
import { isJobId } from "../jobs/job-ids.ts";
import { publicJob } from "../jobs/public-job.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { originOf } from "./origin-of.ts";
import { refusalResponse } from "./refusal-response.ts";

export async function job(request: Request, deps: WorkerDeps): Promise<Response> {
  const jobId = jobIdIn(request);
  const view = isJobId(jobId) ? await deps.jobs(jobId).view() : null;
  if (view === null) return refusalResponse({ kind: "no_such_job" });
  return Response.json(publicJob(view, originOf(request, deps)), { headers: PRIVATE });
}

export async function jobEvents(request: Request, deps: WorkerDeps): Promise<Response> {
  const jobId = jobIdIn(request);
  const after = request.headers.get("last-event-id");
  const body = isJobId(jobId) ? await deps.jobs(jobId).events(after) : null;
  if (body === null) return refusalResponse({ kind: "no_such_job" });
  return new Response(body, {
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache, no-transform" },
  });
}

/** Cancels and erases: prompt and answer are gone whatever state the job was in. */
export async function cancelJob(request: Request, deps: WorkerDeps): Promise<Response> {
  const jobId = jobIdIn(request);
  if (!isJobId(jobId)) return refusalResponse({ kind: "no_such_job" });
  const cancelled = await deps.jobs(jobId).cancel("the caller");
  if (cancelled.ok) return Response.json(publicJob(cancelled.value, originOf(request, deps)), { headers: PRIVATE });
  return refusalResponse({ kind: "no_such_job" });
}

const PRIVATE = { "cache-control": "no-store" };

function jobIdIn(request: Request): string {
  return new URL(request.url).pathname.split("/")[3] ?? "";
}
