/**
 * What a caller gets whose call is parked. An app that knows nothing of this
 * must never take it for an answer: one that asked for a stream gets an error
 * event, which the official SDKs throw; the others get a body without choices.
 */
import { anthropicErrorBody, anthropicErrorEvent } from "../anthropic-api/error-body.ts";
import type { OnCold } from "../domain/kind.ts";
import type { Texts } from "../domain/texts.ts";
import type { Parked } from "../jobs/job-port.ts";
import { headerText } from "./reply-headers.ts";

export interface ColdReply {
  readonly parked: Parked;
  readonly onCold: OnCold;
  /** The caller asked for a stream. */
  readonly stream: boolean;
  /** `https://host` of this Worker. */
  readonly origin: string;
  /** In the caller's language. */
  readonly texts: Texts;
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
    notice: noticeOf(reply),
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
    message: noticeOf(reply),
    more: { job: linksOf(reply), retry_after: retryAfterOf(reply.parked) },
  };
  if (reply.onCold === "error") return Response.json(anthropicErrorBody(error), { status: 503, headers: all });
  if (reply.stream) return eventStream(`: queued as ${reply.parked.jobId}\n\n${anthropicErrorEvent(error)}`, all);
  const body = { ...anthropicErrorBody(error), status: "queued", job: linksOf(reply) };
  return Response.json(body, { status: 202, headers: all });
}

function headersFor(reply: ColdReply, headers: Record<string, string>): Record<string, string> {
  const { parked, onCold } = reply;
  const notice = [headerText(noticeOf(reply)), headers["x-lisbon-notice"] ?? []].flat().join("; ");
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

function noticeOf({ parked, texts }: ColdReply): string {
  return parked.state === "waiting_for_human" ? texts.human : texts.queued;
}

function linksOf({ parked, origin }: ColdReply) {
  const url = `${origin}/v1/jobs/${parked.jobId}`;
  return { id: parked.jobId, url, events_url: `${url}/events` };
}

function errorBody(reply: ColdReply) {
  const error = {
    message: noticeOf(reply),
    type: "upstream_error",
    param: null,
    code: "queued",
    job: linksOf(reply),
    retry_after: retryAfterOf(reply.parked),
  };
  return { error };
}
