/**
 * A parked call as everybody sees it: its states, its history and the shape
 * that `GET /v1/jobs/:id` answers with. Plain data that crosses the Durable
 * Object as it is.
 */
import type { NativeRequest } from "../domain/call.ts";
import type { TokenBounds } from "../domain/caller.ts";
import type { DialectId } from "../domain/dialect.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { EndStep, OnCold } from "../domain/kind.ts";
import type { ChatRequest } from "../openai/chat-request.ts";

export const JOB_STATES = [
  /** Stored, and nobody told yet. */
  "stored",
  /** A delivery is on its way, or the job's own alarm is set. */
  "queued",
  "running",
  "waiting_for_human",
  "answered",
  "dead",
  "cancelled",
] as const;
export type JobState = (typeof JOB_STATES)[number];

export const SETTLED: ReadonlySet<JobState> = new Set(["answered", "dead", "cancelled"]);

export interface JobEvent {
  readonly atMs: number;
  readonly state: JobState;
  /** Why it came to this state, in words; no prompt, no answer, no key. */
  readonly reason: string;
  /** So often it came back to this state for this reason; `atMs` is the last time. Absent: once. */
  readonly times?: number;
}

/** What a job is made of. Everything a run needs, for the isolate that took the call is gone by then. */
export interface JobWork {
  readonly jobId: string;
  readonly requestId: string;
  readonly tenant: string;
  /** Whose call it is, of the tenant's users; null or absent (jobs of old): its server's. */
  readonly user?: string | null;
  /** What is counted for its caller's token alone; null or absent: nothing is. */
  readonly token?: TokenBounds | null;
  readonly kind: string;
  /** In which its caller is answered. */
  readonly dialect: DialectId;
  readonly request: ChatRequest;
  /** As it came, where that was not OpenAI's language: what Anthropic's own routes are sent. */
  readonly native: NativeRequest | null;
  /** SHA-256 of the request as the caller sent it: the same key with another one is refused. */
  readonly bodyHash: string;
  /** Its caller does not want its answer kept for others; absent: nothing was said. */
  readonly isPrivate?: boolean;
  readonly callbackUrl: string | null;
  readonly onCold: OnCold;
  /** What becomes of a call that its job runs from the start, where nobody answers; `error`: it is not kept. */
  readonly end: EndStep;
  /** The kind's time limit, for a run that a caller waits for; later runs have the map's `cold.deadlineSeconds`. */
  readonly deadlineMs: number;
  /** Where this Worker is reached from outside, for QStash and for links: `https://host`. */
  readonly origin: string;
}

/** A job as it is shown. Holds the answer, but never the prompt. */
export interface JobView {
  readonly id: string;
  readonly state: JobState;
  readonly tenant: string;
  /** Null: the tenant's own server's. */
  readonly user: string | null;
  readonly kind: string;
  readonly model: string;
  readonly stream: boolean;
  readonly dialect: DialectId;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Runs in which a provider was really asked and failed. */
  readonly attempts: number;
  /** When it is tried again by itself; null: it is not. */
  readonly nextRunAtMs: number | null;
  /** Until then, from the moment of this view. */
  readonly retryAfterMs?: number | null;
  /** A human must have answered by then; null: nobody said, or it waits for no human. */
  readonly dueAtMs: number | null;
  readonly history: readonly JobEvent[];
  /** OpenAI's chat completion as JSON text; null: there is none, or it was erased. */
  readonly answer: string | null;
  readonly answeredBy: "provider" | "human" | null;
  readonly route: string | null;
  /** `dead` only: what the caller is told. */
  readonly refusal: Refusal | null;
  readonly erased: boolean;
  readonly callback: CallbackView | null;
}

export interface CallbackView {
  readonly url: string;
  readonly state: "waiting" | "delivered" | "failed" | "gone";
  readonly attempts: number;
  readonly lastError: string | null;
}
