import type { QualityCheck } from "./quality.ts";

/**
 * Why one attempt at one route did not answer: a closed list, and one table
 * that says what follows from each. An operator can read the table without
 * reading code; a new kind does not compile until it has a row.
 */
export const FAILURE_KINDS = [
  "unreachable",
  "reset",
  "timed_out",
  "out_of_time",
  "server_error",
  "overloaded",
  "rate_limited",
  "quota_exhausted",
  "credit_exhausted",
  "auth_failed",
  "region_blocked",
  "model_not_found",
  "context_overflow",
  "content_filtered",
  "request_rejected",
  "prefill_refused",
  "proxy_refused",
  "unreadable",
  "empty_answer",
  "low_quality",
  "redirected",
  "unknown_error",
  "stream_cut",
  "stream_stalled",
  "stream_too_long",
  "seam_unproven",
  "answer_too_large",
  "internal_error",
  "routing_loop",
  "over_budget",
  "caller_gone",
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

export interface Failure {
  readonly kind: FailureKind;
  /** For the log and the operator: a short reason of ours or the provider's own words, at most 300 characters. Never sent to the caller. */
  readonly detail: string;
  /** The HTTP status, where there was one. */
  readonly status?: number;
  /** What the provider's `Retry-After` (or the reset it names) says. */
  readonly retryAfterMs?: number;
  /** `quota_exhausted` only: the provider's error names the quota of one model, so other models of the account may still work. */
  readonly oneModelOnly?: boolean;
  /** `request_rejected`, `content_filtered` and `context_overflow` only: the provider's reason, which the caller needs in order to mend the request. */
  readonly reason?: string;
  /** `request_rejected` only: the field that the provider names. */
  readonly param?: string;
  /** `low_quality` only: what was wrong with the answer. */
  readonly check?: QualityCheck;
  /** `over_budget` only: whose budget it is (a scope's id), and when it begins anew. */
  readonly budget?: { readonly scope: string; readonly resetsInMs: number };
}

export interface FailurePolicy {
  /**
   * May the same route be tried again in this call? `quick_error`: after an error that came quickly and cleanly, with
   * jitter, or after the `Retry-After` that came with it. `when_told`: only after a `Retry-After`. Never after silence.
   */
  readonly retrySame: "quick_error" | "when_told" | "never";
  /** Which candidates may still be tried. `none`: the failure goes back to the caller. */
  readonly tryNext: "any" | "other_host" | "other_account" | "larger_context" | "none";
  /**
   * What the breaker counts it as. `outage`: consecutive ones open the route. `same_error`: the same text again
   * and again opens the account (`same_error_route`: only the route). `account`: opens the account at once.
   * `auth`: opens the account once two places have seen it. `quality`: often among the latest outcomes puts the route
   * behind the others, and opens nothing. `isolate`: remembered by this isolate only.
   */
  readonly counts:
    | "outage"
    | "same_error"
    | "same_error_route"
    | "account"
    | "auth"
    | "quality"
    | "isolate"
    | "nothing";
  /**
   * Does a job's run that ended so burn one of its attempts? `waits`: never, time mends it. `unless_outage`: only
   * where the route has served since the job's first run began, so that it is the request that breaks it.
   * docs/decisions/2026-11-21-what-burns-an-attempt.md
   */
  readonly cold: "burns" | "unless_outage" | "waits";
}

export const failurePolicy = {
  // The host refuses, does not resolve or is not trusted: no route of that host is tried again in this call. The
  // platform throws the same words for a refused connection and for one that was reset before an answer.
  unreachable: { retrySame: "never", tryNext: "other_host", counts: "outage", cold: "waits" },
  reset: { retrySame: "quick_error", tryNext: "any", counts: "outage", cold: "unless_outage" },
  // Never again after silence: it has cost the caller enough already.
  timed_out: { retrySame: "never", tryNext: "any", counts: "outage", cold: "unless_outage" },
  // The call's time ran out before the provider had a fair share of it: no fault of the provider's.
  out_of_time: { retrySame: "never", tryNext: "any", counts: "nothing", cold: "waits" },
  server_error: { retrySame: "quick_error", tryNext: "any", counts: "outage", cold: "unless_outage" },
  overloaded: { retrySame: "quick_error", tryNext: "any", counts: "outage", cold: "waits" },
  rate_limited: { retrySame: "when_told", tryNext: "any", counts: "outage", cold: "waits" },
  quota_exhausted: { retrySame: "never", tryNext: "other_account", counts: "account", cold: "waits" },
  credit_exhausted: { retrySame: "never", tryNext: "other_account", counts: "account", cold: "waits" },
  auth_failed: { retrySame: "never", tryNext: "other_account", counts: "auth", cold: "waits" },
  // Where this isolate runs is nothing that the others should know.
  region_blocked: { retrySame: "never", tryNext: "other_account", counts: "isolate", cold: "waits" },
  model_not_found: { retrySame: "never", tryNext: "any", counts: "same_error_route", cold: "burns" },
  context_overflow: { retrySame: "never", tryNext: "larger_context", counts: "nothing", cold: "burns" },
  content_filtered: { retrySame: "never", tryNext: "none", counts: "nothing", cold: "burns" },
  request_rejected: { retrySame: "never", tryNext: "none", counts: "nothing", cold: "burns" },
  // The model does not go on with an answer that was begun; asked in another way it may.
  prefill_refused: { retrySame: "never", tryNext: "any", counts: "nothing", cold: "burns" },
  // A firewall's page: what it dislikes is mostly in the caller's text, so nobody is blamed for it.
  proxy_refused: { retrySame: "never", tryNext: "any", counts: "nothing", cold: "unless_outage" },
  unreadable: { retrySame: "never", tryNext: "any", counts: "same_error_route", cold: "burns" },
  // A caller can ask for nothing (a stop sequence that comes first): that must open nobody's route.
  empty_answer: { retrySame: "never", tryNext: "any", counts: "nothing", cold: "burns" },
  // An answer came, and its kind's checks found it wanting: the next model may do better, the same one hardly.
  low_quality: { retrySame: "never", tryNext: "any", counts: "quality", cold: "burns" },
  redirected: { retrySame: "never", tryNext: "any", counts: "same_error", cold: "waits" },
  unknown_error: { retrySame: "never", tryNext: "any", counts: "same_error", cold: "burns" },
  // A stream that broke off. Before the commit the next route answers unseen.
  stream_cut: { retrySame: "never", tryNext: "any", counts: "outage", cold: "unless_outage" },
  stream_stalled: { retrySame: "never", tryNext: "any", counts: "outage", cold: "unless_outage" },
  // A long or large answer is no illness.
  stream_too_long: { retrySame: "never", tryNext: "none", counts: "nothing", cold: "burns" },
  // A continuation that began the answer anew, or may have: its caller got the error in place of it.
  seam_unproven: { retrySame: "never", tryNext: "none", counts: "nothing", cold: "burns" },
  answer_too_large: { retrySame: "never", tryNext: "any", counts: "nothing", cold: "burns" },
  // A bug of ours in one provider's translation: no fault of the provider's, and the next one may still answer.
  internal_error: { retrySame: "never", tryNext: "any", counts: "nothing", cold: "burns" },
  // The route leads back to this router: a mistake of the map's, which neither time nor another try mends.
  routing_loop: { retrySame: "never", tryNext: "any", counts: "nothing", cold: "waits" },
  // Nobody was asked: a budget does not cover this attempt, or nobody has said what it would cost.
  over_budget: { retrySame: "never", tryNext: "any", counts: "nothing", cold: "waits" },
  caller_gone: { retrySame: "never", tryNext: "none", counts: "nothing", cold: "waits" },
} as const satisfies Record<FailureKind, FailurePolicy>;

/** `failurePolicy` with its columns widened, for code that asks about any kind. */
export function policyOf(kind: FailureKind): FailurePolicy {
  return failurePolicy[kind];
}

export function isFailureKind(text: string): text is FailureKind {
  return Object.hasOwn(failurePolicy, text);
}
