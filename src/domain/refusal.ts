import type { FailureKind } from "./failure.ts";
import type { LimitName } from "./limits.ts";

/** Why a caller gets no answer: a closed list. `http/refusal-response.ts` is the one place that turns it into HTTP. */
export type Refusal =
  | { readonly kind: "unauthorized" }
  /** A client should fetch a new one. */
  | { readonly kind: "token_expired" }
  | { readonly kind: "invalid_token"; readonly why: string }
  | { readonly kind: "key_revoked" }
  /** Only the tenant's own server may do this. */
  | { readonly kind: "server_key_needed" }
  | { readonly kind: "origin_not_allowed"; readonly origin: string }
  | { readonly kind: "kind_not_allowed"; readonly model: string; readonly allowed: readonly string[] }
  | { readonly kind: "admin_only" }
  /** A delivery that is not from our QStash account, not for this address or body, or stale. */
  | { readonly kind: "bad_signature" }
  /** A secret of the Worker itself is missing. */
  | { readonly kind: "not_configured"; readonly variable: string }
  | { readonly kind: "not_found"; readonly path: string }
  | { readonly kind: "method_not_allowed"; readonly allowed: string }
  | { readonly kind: "body_too_large"; readonly maxBytes: number }
  | { readonly kind: "invalid_json"; readonly reason: string }
  | { readonly kind: "invalid_request"; readonly param: string | null; readonly reason: string }
  | { readonly kind: "model_not_found"; readonly model: string; readonly available: readonly string[] }
  /** No route of what was asked for is on: each is disabled in the map or lacks a variable. */
  | { readonly kind: "no_route"; readonly model: string }
  /** Routes there are, but none of them can do what the request asks for. */
  | { readonly kind: "not_capable"; readonly what: readonly string[] }
  | { readonly kind: "request_rejected"; readonly reason: string; readonly param: string | null }
  | { readonly kind: "content_filtered"; readonly reason: string }
  | { readonly kind: "context_too_long"; readonly reason: string }
  | ({ readonly kind: "providers_failed" } & Exhausted)
  | ({ readonly kind: "deadline_exceeded" } & Exhausted)
  /** A limit of requests or tokens. `scope`: `all`, `tenant:acme`, `user:acme/u1`, `token:…`. */
  | {
      readonly kind: "limit_reached";
      readonly limit: LimitName;
      readonly scope: string;
      readonly retryAfterMs: number;
    }
  /** Money: no route that could answer is covered by what is left. `null`: it never begins anew. */
  | {
      readonly kind: "budget_exhausted";
      readonly scope: string;
      readonly resetsInMs: number | null;
      readonly retryAfterMs: number;
    }
  /** Nobody was asked, because a budget keeps new work back. */
  | { readonly kind: "paused"; readonly retryAfterMs: number }
  | { readonly kind: "bad_budget_secret" }
  /** The routing map lacks what this needs. */
  | { readonly kind: "not_in_map"; readonly field: string }
  /** A part of Lisbon that must remember it, or somebody who must vouch for it, cannot be reached. Nothing was done. */
  | { readonly kind: "unavailable"; readonly what: string; readonly retryAfterMs: number }
  /** The same `Idempotency-Key` came with another body. */
  | { readonly kind: "idempotency_key_reused" }
  /** The call belongs to a job whose object does not answer. */
  | { readonly kind: "jobs_unavailable"; readonly retryAfterMs: number }
  /** A job was given up: `reason` as its history has it. */
  | { readonly kind: "job_dead"; readonly jobId: string; readonly reason: string }
  /** The `Last-Event-ID` is of a run that was lost: the answer begins anew. */
  | { readonly kind: "answer_restarted" }
  | { readonly kind: "no_such_job" }
  | { readonly kind: "no_such_key"; readonly id: string }
  /** No answer of this id was given to this tenant of late. */
  | { readonly kind: "no_such_answer" }
  /** Its state does not allow what was asked for; nothing was changed. */
  | { readonly kind: "job_settled"; readonly state: string }
  /** A signed link works once. */
  | { readonly kind: "link_used" }
  | { readonly kind: "job_erased" }
  /** The call is one of our own, come back. */
  | { readonly kind: "routing_loop" }
  /** The same request has failed so many times by its own fault, and is not sent to anybody for a while. */
  | {
      readonly kind: "request_loop";
      /** How it failed: the kind of a refusal or of a failure. */
      readonly error: string;
      /** The provider's words; null: this isolate has not heard them. */
      readonly reason: string | null;
      readonly times: number;
      readonly retryAfterMs: number;
    }
  /** Faults by header, where the deployment allows none. */
  | { readonly kind: "faults_off" }
  | { readonly kind: "caller_gone" }
  | { readonly kind: "internal"; readonly requestId: string };

/** What is told when every route was tried or is out: kinds only, never a provider's text. */
interface Exhausted {
  readonly failures: readonly FailureKind[];
  /** Until the soonest moment a route may be back. */
  readonly retryAfterMs: number;
}
