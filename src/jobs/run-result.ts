/** One run of a job, as the job asks for it and as the spine answers. */
import type { SaidSoFar } from "../domain/call.ts";
import type { FailureKind } from "../domain/failure.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { LisbonNote } from "../openai/chat-chunk.ts";
import type { JobWork } from "./job.ts";

export interface RunHow {
  /** Until the first words of a stream, until the end otherwise. */
  readonly deadlineMs: number;
  readonly stream: boolean;
  /** Aborts when somebody else has settled the job. */
  readonly signal: AbortSignal;
  /** Of this run alone: `<job id>.<run>`. */
  readonly runId: string;
  /** Of a stream: the stored text of a run that was lost, which this one goes on with. Its events are only what comes after. */
  readonly said: SaidSoFar | null;
  /** When the job's first run began: `RunFailure.servedSince` is counted from there. */
  readonly firstRunAtMs: number;
}

/** The spine's own part: everything that it can fail over to has been tried when it answers. */
export type Run = (work: JobWork, how: RunHow) => Promise<RunResult>;

export type RunResult =
  | { readonly kind: "completion"; readonly body: string; readonly by: AnsweredBy }
  | RunStream
  | RunRefused;

/** By which route, and what its answer says of itself where it is not the usual one. */
export interface AnsweredBy {
  readonly route: string;
  readonly told: LisbonNote | null;
}

export interface RunStream {
  readonly kind: "stream";
  readonly by: AnsweredBy;
  /** OpenAI's events as a relay writes them: `data: {chunk}`, at the end `data: [DONE]` or one error event. */
  readonly body: ReadableStream<Uint8Array>;
  /** Resolves once the body is over: how this run's attempts failed; empty: the answer is whole. */
  readonly ended: Promise<readonly RunFailure[]>;
}

export interface RunRefused {
  readonly kind: "refused";
  readonly refusal: Refusal;
  readonly failures: readonly RunFailure[];
  /** Providers that were really asked. */
  readonly asked: number;
  /** Nothing but a pause kept the routes from being asked. */
  readonly pausedOnly: boolean;
  /** Until the soonest moment a route may be back. */
  readonly retryAfterMs: number;
}

export interface RunFailure {
  readonly kind: FailureKind;
  readonly routeId: string;
  /** The route has answered somebody since the job's first run began: it is no outage. */
  readonly servedSince: boolean;
}
