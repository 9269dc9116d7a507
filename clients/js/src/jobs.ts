/** The jobs of parked calls, as `/v1/jobs/:id` shows them: docs/jobs.md. */
import { wait } from "../../../src/lib/clock.ts";
import type { PublicJob } from "../../../src/jobs/public-job.ts";
import type { AskRouter } from "./ask-router.ts";
import { askUntilAnswered, type Patience, triesOf } from "./ask-again.ts";
import { fieldsOf, parsedJson, textIn } from "./fields.ts";
import { errorOf, LisbonError } from "./lisbon-error.ts";

export type Job = PublicJob;

export interface JobHandle {
  readonly id: string;
  /** How it stands. */
  get(options?: { readonly signal?: AbortSignal }): Promise<Job>;
  /**
   * The job once it is answered: `answer` is the completion. Rejects with a `LisbonError` where it ends otherwise
   * (`job_dead` or the code of the refusal, `job_cancelled`, `job_erased`) and, after `timeoutMs`, with
   * `wait_timed_out`; the job itself goes on then. An abort rejects with the signal's reason.
   */
  wait(options?: { readonly signal?: AbortSignal; readonly timeoutMs?: number }): Promise<Job>;
  /** Takes the call back, and erases its prompt and its answer. */
  cancel(options?: { readonly signal?: AbortSignal }): Promise<Job>;
}

export interface JobsOptions {
  /** `https://host/v1` */
  readonly apiUrl: string;
  readonly ask: AskRouter;
  readonly patience: Patience;
}

export function jobHandle(id: string, options: JobsOptions): JobHandle {
  const { patience } = options;
  return {
    id,
    get: ({ signal = NEVER } = {}) => askJob("GET", id, signal, options),
    async wait({ signal = NEVER, timeoutMs } = {}) {
      if (timeoutMs === undefined) return answered(await untilSettled(id, 0, signal, options));
      const late = new AbortController();
      const cancel = patience.clock.after(timeoutMs, () => late.abort(timedOut(id, timeoutMs)));
      try {
        return answered(await untilSettled(id, 0, AbortSignal.any([signal, late.signal]), options));
      } finally {
        cancel();
      }
    },
    cancel: ({ signal = NEVER } = {}) => askJob("DELETE", id, signal, options),
  };
}

const NEVER = new AbortController().signal;

const SETTLED: ReadonlySet<Job["status"]> = new Set(["answered", "dead", "cancelled"]);

/** Where the router names no moment. */
const ASK_AGAIN_MS = 5_000;
const SOONEST_MS = 1_000;

/** One after the other: some minutes in a tunnel end no wait of hours. */
const MOST_LOST_POLLS = 20;

/** Asks how the job stands, no more often than the router says is worth it, until it has ended one way or the other. */
export async function untilSettled(
  id: string,
  firstMs: number,
  signal: AbortSignal,
  options: JobsOptions,
): Promise<Job> {
  const { clock } = options.patience;
  const patient = { ...options, patience: { clock, mostResumes: MOST_LOST_POLLS } };
  let waitMs = firstMs;
  for (;;) {
    if (waitMs > 0) await wait(clock, waitMs, signal);
    signal.throwIfAborted();
    const job = await askJob("GET", id, signal, patient);
    if (SETTLED.has(job.status)) return job;
    waitMs = job.retry_after === null ? ASK_AGAIN_MS : Math.max(SOONEST_MS, job.retry_after * 1000);
  }
}

/** Why a job that has ended has no answer; null: it has one. */
export function whyUnanswered({ id, status, error, answer, erased }: Job): LisbonError | null {
  if (status === "cancelled") {
    return new LisbonError({ code: "job_cancelled", message: "The job was cancelled.", status: 410, jobId: id });
  }
  if (erased) return new LisbonError({ code: "job_erased", message: "The job was erased.", status: 410, jobId: id });
  if (status === "dead" || answer === null) {
    const { code = "job_dead", message = "" } = error ?? {};
    return new LisbonError({ code, message: `This call was given up: ${message}`, status: 424, jobId: id });
  }
  return null;
}

function answered(job: Job): Job {
  const why = whyUnanswered(job);
  if (why !== null) throw why;
  return job;
}

/** A question that changes nothing, or takes back what is taken back already: it may be repeated. */
async function askJob(
  method: "GET" | "DELETE",
  id: string,
  signal: AbortSignal,
  { apiUrl, ask, patience }: JobsOptions,
): Promise<Job> {
  const url = `${apiUrl}/jobs/${encodeURIComponent(id)}`;
  const tries = triesOf(signal, patience);
  try {
    for (;;) {
      const call = { url, method, headers: new Headers(), body: null, signal, more: {} };
      const response = await askUntilAnswered(call, tries, ask);
      if (response.ok) return jobIn(await response.text());
      const refused = await errorOf(response);
      if (response.status < 500) throw refused;
      await tries.next(refused, refused.retryAfterMs ?? 0);
    }
  } catch (cause) {
    throw cause instanceof LisbonError ? withJob(cause, id) : cause;
  }
}

function jobIn(text: string): Job {
  const job = parsedJson(text);
  if (textIn(fieldsOf(job), "status") === null) throw new Error("the router sent no job");
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- the router's own words, of the type that it writes them by
  return job as Job;
}

function withJob({ code, message, status, retryAfterMs, requestId, cause }: LisbonError, jobId: string): LisbonError {
  return new LisbonError({ code, message, status, retryAfterMs, requestId, jobId, cause });
}

function timedOut(jobId: string, ms: number): LisbonError {
  return new LisbonError({ code: "wait_timed_out", message: `The job has not ended within ${ms} ms.`, jobId });
}
