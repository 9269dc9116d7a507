/** A job as `GET /v1/jobs/:id`, its events and its callback show it: `docs/jobs.md`. Never the prompt. */
import type { Refusal } from "../domain/refusal.ts";
import { answerIn } from "./answer-in.ts";
import type { JobState, JobView } from "./job.ts";

export interface PublicJob {
  readonly id: string;
  readonly object: "job";
  readonly status: JobState;
  readonly kind: string;
  readonly model: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly attempts: number;
  /** Seconds. */
  readonly retry_after: number | null;
  readonly due_at: string | null;
  readonly url: string;
  readonly events_url: string;
  readonly history: readonly PublicEvent[];
  /** OpenAI's chat completion; Anthropic's message where the call came in its dialect. */
  readonly answer: unknown;
  readonly answered_by: "provider" | "human" | null;
  readonly route: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly erased: boolean;
  readonly callback: {
    readonly url: string;
    readonly status: string;
    readonly attempts: number;
    readonly last_error: string | null;
  } | null;
}

interface PublicEvent {
  readonly at: string;
  readonly status: JobState;
  readonly reason: string;
  readonly times?: number;
}

/** `origin`: where this Worker is reached from outside, `https://host`. */
export function publicJob(view: JobView, origin: string): PublicJob {
  const url = `${origin}/v1/jobs/${view.id}`;
  const { callback, retryAfterMs } = view;
  return {
    id: view.id,
    object: "job",
    status: view.state,
    kind: view.kind,
    model: view.model,
    created_at: isoTime(view.createdAtMs),
    updated_at: isoTime(view.updatedAtMs),
    attempts: view.attempts,
    retry_after: retryAfterMs == null ? null : Math.ceil(retryAfterMs / 1000),
    due_at: view.dueAtMs === null ? null : isoTime(view.dueAtMs),
    url,
    events_url: `${url}/events`,
    history: view.history.map(({ atMs, state, reason, times }) => ({
      at: isoTime(atMs),
      status: state,
      reason,
      ...(times !== undefined && { times }),
    })),
    answer: view.answer === null ? null : JSON.parse(answerIn(view.dialect, view.answer)),
    answered_by: view.answeredBy,
    route: view.route,
    error: errorOf(view),
    erased: view.erased,
    callback: callback && {
      url: callback.url,
      status: callback.state,
      attempts: callback.attempts,
      last_error: callback.lastError,
    },
  };
}

/** The code that the call itself would have been refused with, as `docs/errors.md` lists it. */
function errorOf({ state, refusal, history }: JobView): PublicJob["error"] {
  if (state !== "dead") return null;
  const message = (refusal && reasonIn(refusal)) ?? history.at(-1)?.reason ?? "";
  return { code: refusal ? codeOf(refusal) : "job_dead", message };
}

function reasonIn(refusal: Refusal): string | null {
  return "reason" in refusal ? refusal.reason : null;
}

function codeOf({ kind }: Refusal): string {
  if (kind === "content_filtered") return "content_filter";
  return kind === "context_too_long" ? "context_length_exceeded" : kind;
}

function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
