import type { SaidSoFar } from "../domain/call.ts";
import { wait } from "../lib/clock.ts";
import { CompletionFold } from "../openai/fold-completion.ts";
import { ChunkLog, type LogEnd } from "./chunk-log.ts";
import type { JobBook } from "./job-book.ts";
import type { JobOutside, LogEvent } from "./job-outside.ts";
import { isRunning, type JobRecord } from "./job-record.ts";
import type { Begun } from "./job-port.ts";
import type { JobWork } from "./job.ts";
import { type BrokenOff, readChunks } from "./read-chunks.ts";
import type { AnsweredBy, RunFailure, RunRefused, RunResult, RunStream } from "./run-result.ts";

export type RunOutcome =
  | { readonly kind: "answered"; readonly answer: string; readonly by: AnsweredBy }
  /** `draft`: what had been said when it broke off. */
  | { readonly kind: "unanswered"; readonly result: RunRefused; readonly draft: string; readonly broke: LogEnd | null };

interface LiveRunOptions {
  readonly record: JobRecord;
  readonly work: JobWork;
  readonly deadlineMs: number;
  /** What a lost run left; null: it begins. */
  readonly kept: KeptText | null;
  readonly book: JobBook;
  readonly outside: JobOutside;
  readonly log: (event: LogEvent) => void;
}

/** The stored text of a run that was lost, which another goes on with. */
export interface KeptText {
  readonly log: ChunkLog;
  readonly fold: CompletionFold;
  readonly said: SaidSoFar;
}

/** A run that is under way in this object's memory. What it brings is settled by `job-core.ts`, by its number. */
export class LiveRun {
  readonly run: number;
  /** The text as it comes; null: it does not come as text, or not yet. */
  log: ChunkLog | null = null;
  by: AnsweredBy | null = null;
  /** It goes on with the text of a run that was lost. */
  readonly kept: boolean;
  /** Set before its end: what those are told who wait for this very run. Null: how the job stands. */
  verdict: Begun | null = null;
  /** Resolves at the first words, or at its end. */
  readonly begun: Promise<void>;
  readonly fold: CompletionFold;
  readonly #options: LiveRunOptions;
  readonly #stop = new AbortController();
  #hasBegun: () => void = () => undefined;

  constructor(options: LiveRunOptions) {
    this.#options = options;
    this.run = options.record.runs.run;
    this.kept = options.kept !== null;
    this.fold = options.kept?.fold ?? new CompletionFold();
    this.begun = new Promise((resolve) => {
      this.#hasBegun = resolve;
    });
  }

  /** Never rejects: what breaks in here is a failed run. */
  async go(): Promise<RunOutcome> {
    try {
      const result = await Promise.race([this.#ask(), this.#stopped()]);
      if (result.kind === "refused") return { kind: "unanswered", result, draft: "", broke: null };
      if (result.kind === "completion") return { kind: "answered", answer: result.body, by: result.by };
      return await this.#readStream(result);
    } catch (cause) {
      return unanswered([this.#ownFailure(cause)], "", null);
    }
  }

  /** It has been settled: those who wait for it may look. */
  over(): void {
    this.#hasBegun();
  }

  /** Somebody else has settled the job, or taken it back. Followers are told so in place of the rest. */
  abort(code: string, message: string): void {
    this.#stop.abort();
    this.log?.close({ kind: "broken", code, message });
  }

  async #ask(): Promise<RunResult> {
    const { record, work, deadlineMs, kept, outside } = this.#options;
    return await outside.run(work, {
      deadlineMs,
      said: kept?.said ?? null,
      stream: record.work.stream,
      signal: this.#stop.signal,
      runId: `${work.jobId}.${this.run}`,
      firstRunAtMs: record.runs.firstAtMs ?? record.runs.startedAtMs,
    });
  }

  /** A run that does not listen to its signal holds nobody up. */
  #stopped(): Promise<RunRefused> {
    return new Promise((resolve) => {
      const refused = refusedFor([{ kind: "caller_gone", routeId: "", servedSince: false }]);
      this.#stop.signal.addEventListener("abort", () => resolve(refused));
    });
  }

  async #readStream({ body, by, ended }: RunStream): Promise<RunOutcome> {
    const { record, book, kept } = this.#options;
    this.by = by;
    const log = kept?.log ?? new ChunkLog(this.run, () => book.changed.fire());
    this.log = log;
    this.#hasBegun();
    const { signal } = this.#stop;
    const over = new AbortController();
    const storing = this.#storeNowAndThen(log, over.signal);
    const end = await readChunks({ body, log, fold: this.fold, includeUsage: record.work.includeUsage, signal });
    over.abort();
    await storing;
    if (signal.aborted) return unanswered([], this.fold.text, null);
    const failures = await ended;
    const completion = end.kind === "done" && failures.length === 0 ? this.fold.completion() : null;
    if (completion !== null) return { kind: "answered", answer: JSON.stringify(completion), by };

    const broke = end.kind === "broken" ? end : CUT;
    const own = [{ kind: broke.failure, routeId: by.route, servedSince: false }];
    return unanswered(failures.length > 0 ? failures : own, this.fold.text, broke);
  }

  /** At most twice a second, and nothing where a newer run or somebody's answer has taken its place. */
  async #storeNowAndThen(log: ChunkLog, over: AbortSignal): Promise<void> {
    const { book, outside } = this.#options;
    while (!over.aborted) {
      await wait(outside.clock, STORE_MS, over);
      if (over.aborted) return;
      if (book.record === null || !isRunning(book.record, this.run)) return;
      const lines = log.takeUnstored();
      if (lines !== "") book.tables.together(() => book.tables.appendChunks(this.run, lines));
    }
  }

  #ownFailure(cause: unknown): RunFailure {
    const { log, work } = this.#options;
    log({ event: "job_run_threw", job: work.jobId, cause: String(cause).slice(0, 500) });
    return { kind: "internal_error", routeId: "", servedSince: false };
  }
}

const STORE_MS = 500;

const CUT: BrokenOff = {
  kind: "broken",
  failure: "stream_cut",
  code: "stream_cut",
  message: "The provider's answer broke off. What came before this error is not the whole answer.",
};

function unanswered(failures: readonly RunFailure[], draft: string, broke: LogEnd | null): RunOutcome {
  return { kind: "unanswered", result: refusedFor(failures), draft, broke };
}

/** A run that really asked, and failed. */
function refusedFor(failures: readonly RunFailure[]): RunRefused {
  return {
    kind: "refused",
    refusal: { kind: "providers_failed", failures: failures.map(({ kind }) => kind), retryAfterMs: 5_000 },
    failures,
    asked: 1,
    pausedOnly: false,
    retryAfterMs: 5_000,
  };
}
