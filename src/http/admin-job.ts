/**
 * `/admin/jobs/:id`: one parked call as the operator sees it, prompt included,
 * and what the operator can do about it.
 */
import * as z from "zod/mini";
import type { Refusal } from "../domain/refusal.ts";
import { isJobId } from "../jobs/job-ids.ts";
import type { JobPort, JobRefused } from "../jobs/job-port.ts";
import type { JobView } from "../jobs/job.ts";
import { isDeeperThan } from "../lib/is-deeper-than.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { ChatRequest } from "../openai/chat-request.ts";
import { listModels, resolveModel } from "../routing/resolve-model.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { readAdminBody } from "./read-admin-body.ts";
import { readChatRequest } from "./read-chat-request.ts";
import { readWishes } from "./read-wishes.ts";
import { refusalResponse } from "./refusal-response.ts";

/** As the job's history names whoever comes with the admin key. */
export const BY_OPERATOR = "the operator";

/** `GET`. `request` and `draft` are null once they are erased. */
export async function showJob(request: Request, deps: WorkerDeps): Promise<Response> {
  const job = jobIn(request, deps);
  const view = await job?.view();
  if (!job || !view) return refusalResponse({ kind: "no_such_job" });
  const prompt = view.erased ? null : await job.prompt();
  return Response.json({ job: view, request: prompt?.request ?? null, draft: prompt?.draft ?? null }, PRIVATE);
}

export const Answer = z.strictObject({
  text: z.string().check(z.refine((text) => text.trim() !== "", "expected some text")),
});

/** `POST { "text": "…" }`: the first answer counts, whoever gives it. */
export async function answerJob(request: Request, deps: WorkerDeps): Promise<Response> {
  const job = jobIn(request, deps);
  if (!job) return refusalResponse({ kind: "no_such_job" });
  const body = await readAdminBody(request, Answer, deps.routing.limits.maxBodyBytes);
  if (!body.ok) return refusalResponse(body.failure);
  return changed(await job.answer({ text: body.value.text, by: BY_OPERATOR, token: null }));
}

export const Edit = z.strictObject({ request: z.record(z.string(), z.unknown()) });

/** `POST { "request": { "model", "messages", … } }`: another request in place of the old one, and back to the queue. */
export async function editJob(request: Request, deps: WorkerDeps): Promise<Response> {
  const job = jobIn(request, deps);
  if (!job) return refusalResponse({ kind: "no_such_job" });
  const body = await readAdminBody(request, Edit, deps.routing.limits.maxBodyBytes);
  if (!body.ok) return refusalResponse(body.failure);
  const edited = await asFromACaller(body.value.request, request.url, deps);
  return edited.ok ? changed(await job.edit(edited.value, BY_OPERATOR)) : refusalResponse(edited.failure);
}

/** `POST`: back to the queue at once, with all its attempts. */
export async function retryJob(request: Request, deps: WorkerDeps): Promise<Response> {
  const job = jobIn(request, deps);
  return job ? changed(await job.retry(BY_OPERATOR, null)) : refusalResponse({ kind: "no_such_job" });
}

/** `POST`: its prompt and its answer are erased. */
export async function cancelByOperator(request: Request, deps: WorkerDeps): Promise<Response> {
  const job = jobIn(request, deps);
  return job ? changed(await job.cancel(BY_OPERATOR)) : refusalResponse({ kind: "no_such_job" });
}

/** `/admin/jobs/:id/…`. Null without asking anybody: a Durable Object exists by being named. */
function jobIn(request: Request, deps: WorkerDeps): JobPort | null {
  const jobId = new URL(request.url).pathname.split("/")[3] ?? "";
  return isJobId(jobId) ? deps.jobs(jobId) : null;
}

function changed(end: Result<JobView, JobRefused>): Response {
  return end.ok ? Response.json({ job: end.value }, PRIVATE) : refusalResponse(end.failure);
}

/** Prompts and answers are nobody's to keep on the way. */
const PRIVATE = { headers: { "cache-control": "no-store" } };

/** No honest request is nested like this, and to write it down again must not run out of stack. */
const MAX_LEVELS = 500;

/**
 * Read as if a caller had sent it, so that nothing comes to a provider this way
 * that could not come the other. What a caller says beside its request
 * (`idempotencyKey`, `on_cold`, `callback_url`) stays as the job has it.
 */
async function asFromACaller(body: unknown, url: string, deps: WorkerDeps): Promise<Result<ChatRequest, Refusal>> {
  if (isDeeperThan(MAX_LEVELS, body)) {
    return fail({
      kind: "invalid_request",
      param: "request",
      reason: `request: nested deeper than ${MAX_LEVELS} levels`,
    });
  }
  const sent = new Request(url, { method: "POST", body: JSON.stringify(body) });
  const read = await readChatRequest(sent, deps.routing.limits.maxBodyBytes);
  if (!read.ok) return read;
  const understood = readWishes(sent, read.value.request, deps.settings);
  if (!understood.ok) return understood;
  const { model } = understood.value.request;
  if (resolveModel(deps.routing, model) === null) {
    return fail({ kind: "model_not_found", model, available: listModels(deps.routing) });
  }
  return ok(understood.value.request);
}
