/** `/v1/jobs/:id`: how a parked call stands, its events as they come, and its end by the caller's will. */
import type { Caller } from "../domain/caller.ts";
import { isJobId } from "../jobs/job-ids.ts";
import type { JobPort } from "../jobs/job-port.ts";
import type { JobView } from "../jobs/job.ts";
import { publicJob } from "../jobs/public-job.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { originOf } from "./origin-of.ts";
import { refusalResponse } from "./refusal-response.ts";

export async function job(request: Request, deps: WorkerDeps, _requestId: string, caller: Caller): Promise<Response> {
  const found = await ownJob(request, deps, caller);
  if (found === null) return refusalResponse({ kind: "no_such_job" });
  return Response.json(publicJob(found.view, originOf(request, deps)), { headers: PRIVATE });
}

export async function jobEvents(
  request: Request,
  deps: WorkerDeps,
  _requestId: string,
  caller: Caller,
): Promise<Response> {
  const after = request.headers.get("last-event-id");
  const found = await ownJob(request, deps, caller);
  const body = found && (await found.port.events(after));
  if (body === null) return refusalResponse({ kind: "no_such_job" });
  return new Response(body, {
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache, no-transform" },
  });
}

/** Cancels and erases: prompt and answer are gone whatever state the job was in. */
export async function cancelJob(
  request: Request,
  deps: WorkerDeps,
  _requestId: string,
  caller: Caller,
): Promise<Response> {
  const found = await ownJob(request, deps, caller);
  const cancelled = found && (await found.port.cancel("the caller"));
  if (cancelled?.ok) return Response.json(publicJob(cancelled.value, originOf(request, deps)), { headers: PRIVATE });
  return refusalResponse({ kind: "no_such_job" });
}

const PRIVATE = { "cache-control": "no-store" };

/** Somebody else's job is no job: a caller learns nothing of it, not even that it is there. */
async function ownJob(
  request: Request,
  deps: WorkerDeps,
  { tenant, user }: Caller,
): Promise<{ readonly port: JobPort; readonly view: JobView } | null> {
  const jobId = new URL(request.url).pathname.split("/")[3] ?? "";
  if (!isJobId(jobId)) return null;
  const port = deps.jobs(jobId);
  const view = await port.view();
  if (view === null || view.tenant !== tenant) return null;
  // The tenant's own server sees the jobs of all its users.
  return user === null || view.user === user ? { port, view } : null;
}
