/** A call that was parked, followed to its end: what comes back looks as if the router had answered at once. */
import { anthropicErrorBody } from "../../../src/anthropic-api/error-body.ts";
import type { ChatCompletion } from "../../../src/openai/chat-completion.ts";
import { completionChunks } from "../../../src/openai/completion-chunks.ts";
import { openaiPen } from "../../../src/openai/pen.ts";
import { decodedHeaders } from "./ask-again.ts";
import { bodyFields, type RouterCall } from "./router-call.ts";
import { fieldsOf } from "./fields.ts";
import { type Job, type JobsOptions, untilSettled, whyUnanswered } from "./jobs.ts";
import { errorOf, LisbonError } from "./lisbon-error.ts";
import { messageEvents } from "./message-events.ts";

/** 202, or 503 where the caller or its kind asked for that: docs/cold.md. */
export function isParked({ status, headers }: Response): boolean {
  return (status === 202 || status === 503) && headers.has("x-lisbon-job");
}

export async function followed(parked: Response, call: RouterCall, options: JobsOptions): Promise<Response> {
  const headers = decodedHeaders(parked);
  const jobId = headers.get("x-lisbon-job") ?? "";
  for (const name of ["x-lisbon-notice", "retry-after"]) headers.delete(name);
  const { retryAfterMs } = await errorOf(parked);
  try {
    const job = await untilSettled(jobId, retryAfterMs ?? 0, call.signal, options);
    const why = whyUnanswered(job);
    return why === null ? answerOf(job, call, headers) : refusalOf(why, call, headers);
  } catch (cause) {
    // What the router itself refused, the app's SDK turns into an error of its own.
    if (cause instanceof LisbonError && cause.status !== null) return refusalOf(cause, call, headers);
    throw cause;
  }
}

function answerOf(job: Job, call: RouterCall, headers: Headers): Response {
  const { stream, stream_options: streamOptions } = bodyFields(call);
  if (job.route !== null) headers.set("x-lisbon-route", job.route);
  if (stream !== true) {
    headers.set("content-type", "application/json");
    return new Response(JSON.stringify(job.answer), { status: 200, headers });
  }
  headers.set("content-type", "text/event-stream; charset=utf-8");
  const includeUsage = fieldsOf(streamOptions)["include_usage"] === true;
  const events = isMessages(call) ? messageEvents(fieldsOf(job.answer)) : chunkEvents(job.answer, includeUsage);
  return new Response(events, { status: 200, headers });
}

function chunkEvents(answer: unknown, includeUsage: boolean): string {
  const pen = openaiPen({ includeUsage });
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- the router's own words, of the type that it writes them by
  const chunks = completionChunks(answer as ChatCompletion, includeUsage);
  return chunks.map(pen.write).join("") + pen.end();
}

function refusalOf({ code, message, status, jobId }: LisbonError, call: RouterCall, headers: Headers): Response {
  headers.set("content-type", "application/json");
  const body = isMessages(call)
    ? anthropicErrorBody({ status: status ?? 500, code, message, more: { job: { id: jobId } } })
    : { error: { message, type: "upstream_error", param: null, code, job: { id: jobId } } };
  return new Response(JSON.stringify(body), { status: status ?? 500, headers });
}

function isMessages({ url }: RouterCall): boolean {
  return new URL(url).pathname.endsWith("/messages");
}
