/** What is told of jobs: those that cannot be reached, are over, or belong to another request. */
import type { Refusal } from "../domain/refusal.ts";
import { assertNever } from "../lib/assert-never.ts";
import type { HttpRefusal } from "./http-refusal.ts";

type JobRefusal = Extract<
  Refusal,
  {
    readonly kind:
      | "idempotency_key_reused"
      | "jobs_unavailable"
      | "job_dead"
      | "answer_restarted"
      | "no_such_job"
      | "job_settled"
      | "link_used"
      | "job_erased";
  }
>;

export function jobRefusal(refusal: JobRefusal): HttpRefusal {
  switch (refusal.kind) {
    case "idempotency_key_reused":
      return {
        status: 422,
        type: "invalid_request_error",
        param: "Idempotency-Key",
        message: "This Idempotency-Key belongs to another request. Use a new key for a new request.",
      };
    case "jobs_unavailable":
      return {
        status: 503,
        type: "api_error",
        retryAfterMs: refusal.retryAfterMs,
        message: "The job of this call cannot be reached right now. Nothing was lost; send the same request again.",
      };
    case "job_dead":
      return {
        // Not 409: the official SDKs would send it again.
        status: 424,
        type: "upstream_error",
        message: `This call was given up: ${refusal.reason}. A person has been told; see GET /v1/jobs/${refusal.jobId}.`,
      };
    case "answer_restarted":
      return {
        // Not 409: the official SDKs would send it again as it is.
        status: 412,
        type: "invalid_request_error",
        param: "Last-Event-ID",
        message:
          "The run that you have seen was lost, and its answer begins anew. Drop what you have and send the same request without Last-Event-ID.",
      };
    case "no_such_job":
      return { status: 404, type: "invalid_request_error", message: "There is no such job, or it was erased." };
    case "job_settled":
      return {
        status: 409,
        type: "invalid_request_error",
        message: `The job is ${refusal.state} already; nothing was changed.`,
      };
    case "link_used":
      return {
        status: 409,
        type: "invalid_request_error",
        message: "This link was used before, and works once; nothing was changed.",
      };
    case "job_erased":
      return { status: 410, type: "invalid_request_error", message: "The job's prompt and answer have been erased." };
    default:
      return assertNever(refusal);
  }
}
