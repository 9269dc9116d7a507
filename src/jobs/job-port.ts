/**
 * What the Worker says to a job's Durable Object. Plain values both ways; the
 * one exception is the body of an event stream. What is refused is a value.
 */
import type { OnCold } from "../domain/kind.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Result } from "../lib/result.ts";
import type { ChatRequest } from "../openai/chat-request.ts";
import type { AnsweredBy } from "./run-result.ts";
import type { JobState, JobView, JobWork } from "./job.ts";

export interface JobPort {
  /**
   * Stores the call, publishes it (or sets the alarm), then answers. Where this job exists already (a caller's retry
   * within the window) nothing is stored anew and its present standing is answered.
   */
  park(work: JobWork, how: ParkHow): Promise<Parked>;
  /** Is there a job here, made at most `withinMs` ago? Makes nothing. */
  find(withinMs: number): Promise<Parked | null>;
  /**
   * A call with an `Idempotency-Key`: the first one runs it, later ones follow. Resolves at the first words of a
   * stream, at the end of the run otherwise, or as soon as it is parked.
   */
  begin(work: JobWork, resumeAfter: string | null): Promise<Begun>;
  /** What a caller gets of a job that is there; unlike `begin` it never makes or runs one. */
  follow(resumeAfter: string | null): Promise<Begun>;
  /** A delivery by QStash. Never throws for what is the job's own business. */
  deliver(dispatch: number): Promise<Delivered>;
  /** QStash has given this dispatch up. */
  transportFailed(dispatch: number): Promise<void>;
  view(): Promise<JobView | null>;
  /** The call as it stands, for the operator who is to answer it; null: no such job, or erased. */
  prompt(): Promise<{ readonly request: ChatRequest; readonly draft: string } | null>;
  /** Resolves once the job is settled, or after `ms`, whichever is first. */
  settled(ms: number): Promise<JobView | null>;
  /** The job's own event stream: `docs/jobs.md`. `after`: the caller's `Last-Event-ID`. Null: there is no such job. */
  events(after: string | null): Promise<ReadableStream<Uint8Array> | null>;
  /** Cancels, and erases prompt and answer. */
  cancel(by: string): Promise<Result<JobView, JobRefused>>;
  /** A human's answer. The first answer counts, whoever gives it. */
  answer(answer: HumanAnswer): Promise<Result<JobView, JobRefused>>;
  /** Back to the queue at once, with all its attempts. */
  retry(by: string, token: string | null): Promise<Result<JobView, JobRefused>>;
  /** Another request in place of the old one, and back to the queue. */
  edit(request: ChatRequest, by: string): Promise<Result<JobView, JobRefused>>;
}

export interface ParkHow {
  /** Why it could not be answered: a refusal's kind. */
  readonly reason: string;
  /** When a route may be back, from now; the first run is not before. */
  readonly retryAfterMs: number;
  /** To a human, and by when from now; null: to the queue. */
  readonly human: { readonly dueMs: number | null } | null;
}

export interface Parked {
  readonly jobId: string;
  readonly state: JobState;
  readonly retryAfterMs: number;
  /** Was made by this call, not by an earlier one. */
  readonly isNew: boolean;
}

export type Begun =
  /** The whole answer as JSON text, of a provider or a human. */
  | {
      readonly kind: "completion";
      readonly body: string;
      readonly from: AnsweredBy | null;
      readonly by: "provider" | "human";
    }
  /** OpenAI's chunks with `id:` lines, from the beginning or after `resumeAfter`. */
  | { readonly kind: "stream"; readonly body: ReadableStream<Uint8Array>; readonly from: AnsweredBy | null }
  | { readonly kind: "parked"; readonly parked: Parked; readonly onCold: OnCold }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** Given up, and nobody's refusal says why: past its age, or its runs were lost again and again. */
  | { readonly kind: "dead"; readonly jobId: string; readonly reason: string }
  /** The key belongs to another request. */
  | { readonly kind: "other_body" };

export type Delivered = "ran" | "put_off" | "stale" | "running" | "settled" | "unknown";

export interface HumanAnswer {
  readonly text: string;
  readonly by: string;
  /** The signed link's own id, where one was used: it works once. */
  readonly token: string | null;
}

export type JobRefused =
  | { readonly kind: "no_such_job" }
  /** Answered already (for a retry: or cancelled): nothing was changed. */
  | { readonly kind: "job_settled"; readonly state: JobState }
  | { readonly kind: "link_used" }
  | { readonly kind: "job_erased" };
