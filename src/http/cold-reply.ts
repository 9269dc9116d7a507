/**
 * What a caller gets whose call is parked. An app that knows nothing of this
 * must never take it for an answer: one that asked for a stream gets an error
 * event, which the official SDKs throw; the others get a body without choices.
 */
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
  const { parked, onCold, stream } = reply;
  const retryAfter = Math.max(1, Math.ceil(parked.retryAfterMs / 1000));
  const all = { ...headers, "x-lisbon-job": parked.jobId, "x-lisbon-notice": noticeOf(parked) };
  if (onCold === "error") {
    return Response.json(errorBody(reply, retryAfter), {
      status: 503,
      headers: { ...all, "retry-after": String(retryAfter) },
    });
  }
  if (stream) {
    const body = `: queued as ${parked.jobId}\n\ndata: ${JSON.stringify(errorBody(reply, retryAfter))}\n\n`;
    return new Response(body, {
      status: 202,
      headers: {
        ...all,
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache, no-transform",
      },
    });
  }
  const accepted = { status: "queued", job: linksOf(reply), retry_after: retryAfter, notice: noticeOf(parked) };
  return Response.json(accepted, { status: 202, headers: all });
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

function errorBody(reply: ColdReply, retryAfter: number) {
  const error = {
    message: noticeOf(reply.parked),
    type: "upstream_error",
    param: null,
    code: "queued",
    job: linksOf(reply),
    retry_after: retryAfter,
  };
  return { error };
}
