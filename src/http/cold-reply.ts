/**
 * What a caller gets whose call is parked. An app that knows nothing of this
 * must never take it for an answer: one that asked for a stream gets an error
 * event, which the official SDKs throw; the others get a body without choices.
 */
import { anthropicErrorBody, anthropicErrorEvent } from "../anthropic-api/error-body.ts";
import type { OnCold } from "../domain/kind.ts";
import type { Parked } from "../jobs/job-port.ts";

export interface ColdReply {
  readonly parked: Parked;
  readonly onCold: OnCold;
  /** The caller asked for a stream. */
  readonly stream: boolean;
  /** `https://host` of this Worker. */
  readonly origin: string;
}

export function coldReply(reply: ColdReply, headers: Record<string, string>): Response {
  const { parked } = reply;
  const all = headersFor(reply, headers);
  if (reply.onCold === "error") return Response.json(errorBody(reply), { status: 503, headers: all });
  if (reply.stream) {
    return eventStream(`: queued as ${parked.jobId}\n\ndata: ${JSON.stringify(errorBody(reply))}\n\n`, all);
  }
  const accepted = {
    status: "queued",
    job: linksOf(reply),
    retry_after: retryAfterOf(parked),
    notice: noticeOf(parked),
  };
  return Response.json(accepted, { status: 202, headers: all });
}

/**
 * For callers of `/v1/messages`. Anthropic's SDK takes any 2xx for a message: the body of a 202 has the type of an
 * error, and no content. docs/cold.md
 */
export function coldMessage(reply: ColdReply, headers: Record<string, string>): Response {
  const all = headersFor(reply, headers);
  const error = {
    status: 503,
    code: "queued",
    message: noticeOf(reply.parked),
    more: { job: linksOf(reply), retry_after: retryAfterOf(reply.parked) },
  };
  if (reply.onCold === "error") return Response.json(anthropicErrorBody(error), { status: 503, headers: all });
  if (reply.stream) return eventStream(`: queued as ${reply.parked.jobId}\n\n${anthropicErrorEvent(error)}`, all);
  const body = { ...anthropicErrorBody(error), status: "queued", job: linksOf(reply) };
  return Response.json(body, { status: 202, headers: all });
}

function headersFor({ parked, onCold }: ColdReply, headers: Record<string, string>): Record<string, string> {
  const notice = [noticeOf(parked), headers["x-lisbon-notice"] ?? []].flat().join("; ");
  const all = { ...headers, "x-lisbon-job": parked.jobId, "x-lisbon-notice": notice };
  return onCold === "error" ? { ...all, "retry-after": String(retryAfterOf(parked)) } : all;
}

function eventStream(body: string, headers: Record<string, string>): Response {
  const type = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache, no-transform" };
  return new Response(body, { status: 202, headers: { ...headers, ...type } });
}

/** In seconds. */
function retryAfterOf({ retryAfterMs }: Parked): number {
  return Math.max(1, Math.ceil(retryAfterMs / 1000));
}

const QUEUED = "We're experiencing temporary issues. Your request has been queued and will be processed shortly.";
const FOR_A_HUMAN =
  "We're experiencing temporary issues. Your request has been handed to a person, who will answer it.";

function noticeOf({ state }: Parked): string {
  return state === "waiting_for_human" ? FOR_A_HUMAN : QUEUED;
}

function linksOf({ parked, origin }: ColdReply) {
  const url = `${origin}/v1/jobs/${parked.jobId}`;
  return { id: parked.jobId, url, events_url: `${url}/events` };
}

function errorBody(reply: ColdReply) {
  const error = {
    message: noticeOf(reply.parked),
    type: "upstream_error",
    param: null,
    code: "queued",
    job: linksOf(reply),
    retry_after: retryAfterOf(reply.parked),
  };
  return { error };
}
