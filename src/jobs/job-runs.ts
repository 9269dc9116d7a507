import type { ChatCompletion } from "../openai/chat-completion.ts";
import { completionChunks } from "../openai/completion-chunks.ts";
import { CompletionFold } from "../openai/fold-completion.ts";
import { answerIn } from "./answer-in.ts";
import { ChunkLog } from "./chunk-log.ts";
import { chunkPlace, followChunks } from "./follow-chunks.ts";
import type { JobBook } from "./job-book.ts";
import { answered, type Change, isCallersLimit, isOwnFault, notKept, toHuman, unanswered } from "./job-machine.ts";
import { owedFor, owedNotice } from "./job-notices.ts";
import type { JobOutside, LogEvent } from "./job-outside.ts";
import type { Begun, Delivered } from "./job-port.ts";
import type { JobPost } from "./job-post.ts";
import { isRunning, type JobRecord } from "./job-record.ts";
import { parkedOf } from "./job-view.ts";
import type { JobWork } from "./job.ts";
import { keptRequest } from "./keep-request.ts";
import type { AnsweredBy } from "./run-result.ts";
import { type KeptText, LiveRun, type RunOutcome } from "./live-run.ts";

interface JobRunsOptions {
  readonly book: JobBook;
  readonly post: JobPost;
  readonly outside: JobOutside;
  readonly log: (event: LogEvent) => void;
}

/** The runs of a job: the one that is under way, how it is settled, and what its callers get of it. */
export class JobRuns {
  readonly #options: JobRunsOptions;
  readonly #book: JobBook;
  #live: LiveRun | null = null;

  constructor(options: JobRunsOptions) {
    this.#options = options;
    this.#book = options.book;
  }

  /** The run that this object's memory knows of. Null while the record says `running`: it was lost. */
  get live(): LiveRun | null {
    const { record } = this.#book;
    return this.#live !== null && record !== null && isRunning(record, this.#live.run) ? this.#live : null;
  }

  /** Begins what was claimed. `over` never rejects. */
  start(claimed: Change, deadlineMs: number): { readonly live: LiveRun; readonly over: Promise<Delivered> } {
    const { outside, log } = this.#options;
    const { tables } = this.#book;
    const kept = this.#keptText(claimed.record);
    const record = this.#book.save(claimed, () => {
      if (kept === null) tables.dropChunks();
    });
    const live = new LiveRun({ record, work: this.#work(record), deadlineMs, kept, book: this.#book, outside, log });
    this.#live = live;
    return { live, over: this.#see(live) };
  }

  /** Only a run that was lost leaves text behind, and only plain text can be gone on with, where nothing else was asked for. */
  #keptText({ work, runs }: JobRecord): KeptText | null {
    const { tables, changed } = this.#book;
    if (!this.#options.outside.mayBeContinued(keptRequest(tables).request)) return null;
    const log = work.stream ? ChunkLog.reopen(tables, runs.run, () => changed.fire()) : null;
    if (log === null) return null;
    const fold = new CompletionFold();
    for (let number = 1; number <= log.length; number++) fold.take(JSON.parse(log.at(number)));
    const said = fold.continuable();
    return said && { log, fold, said };
  }

  /** Somebody else has settled the job or taken it back. */
  abort(code: string, message: string): void {
    this.#live?.abort(code, message);
    this.#live = null;
  }

  /** The text of this run: of memory while it goes on, of the tables once it is answered. */
  logOf(run: number): ChunkLog | null {
    if (this.#live?.run === run) return this.#live.log;
    const { record, tables } = this.#book;
    return record?.state === "answered" && record.runs.run === run ? ChunkLog.load(tables, run) : null;
  }

  /** What a caller gets who waits for this run. */
  async join(live: LiveRun, resumeAfter: string | null): Promise<Begun> {
    await live.begun;
    if (live.log !== null) return this.#stream(live.log, live.by, resumeAfter);
    return live.verdict ?? this.standing(resumeAfter);
  }

  /** What a caller gets of a job that does not run. */
  standing(resumeAfter: string | null): Begun {
    const { record, history, tables } = this.#book;
    if (record === null) return { kind: "refused", refusal: { kind: "no_such_job" } };
    const { work, route, told, refusal } = record;
    if (record.erased) return { kind: "refused", refusal: { kind: "job_erased" } };
    if (record.state === "answered") {
      const body = tables.body("answer") ?? "";
      const from = route === null ? null : { route, told };
      if (work.stream) return this.#stream(this.#answerLog(record, body), from, resumeAfter);
      return { kind: "completion", body: answerIn(work.dialect, body), from, by: record.answeredBy ?? "provider" };
    }
    if (record.state === "dead") {
      if (refusal !== null) return { kind: "refused", refusal };
      return { kind: "dead", jobId: work.jobId, reason: history.at(-1)?.reason ?? "" };
    }
    const parked = parkedOf(record, false, this.#options.outside.clock.now());
    return { kind: "parked", parked, onCold: work.onCold };
  }

  async #see(live: LiveRun): Promise<Delivered> {
    const { post, log } = this.#options;
    try {
      const outcome = await live.go();
      const how = this.#settle(live, outcome);
      if (this.#live === live) this.#live = null;
      await post.publish();
      post.tell();
      return how;
    } catch (cause) {
      // A bug of ours: the lease runs out, and the job goes back to the queue.
      log({ event: "job_not_settled", run: live.run, cause: String(cause).slice(0, 500) });
      return "ran";
    } finally {
      live.over();
    }
  }

  #settle(live: LiveRun, outcome: RunOutcome): Delivered {
    const { record, tables } = this.#book;
    if (record === null) return "settled";
    const now = this.#options.outside.clock.now();
    if (outcome.kind === "answered") {
      const change = answered(record, live.run, outcome.by, now);
      if (change === null) return "settled";
      this.#book.save(change, () => {
        tables.appendChunks(live.run, live.log?.takeUnstored() ?? "");
        tables.saveBody("answer", outcome.answer);
        tables.dropBodies("draft");
      });
      live.log?.close({ kind: "whole" });
      return "ran";
    }
    const change = this.#unanswered(record, live, outcome, now);
    if (change === null) return "settled";
    const { state, erased, runs } = change.record;
    const isParked = runs.by === "caller" && state === "queued";
    const why = `No provider could answer: ${outcome.result.refusal.kind}.`;
    this.#book.save(
      change,
      () => {
        if (!this.#leavesText(live, outcome)) tables.dropChunks();
        if (erased) tables.erase();
        else if (outcome.draft !== "") tables.saveBody("draft", outcome.draft);
      },
      isParked ? owedNotice("cold", why, change.record, now) : owedFor(change),
    );
    live.log?.close(outcome.broke ?? { kind: "broken", code: "stream_cut", message: "The answer broke off." });
    return outcome.result.asked === 0 ? "put_off" : "ran";
  }

  /** It could not even begin to go on with what a lost run left: the next one may. */
  #leavesText(live: LiveRun, { result }: Extract<RunOutcome, { readonly kind: "unanswered" }>): boolean {
    return live.kept && live.log === null && !result.failures.some(({ kind }) => kind === "seam_unproven");
  }

  #unanswered(
    record: JobRecord,
    live: LiveRun,
    { result }: Extract<RunOutcome, { readonly kind: "unanswered" }>,
    now: number,
  ): Change | null {
    const { run } = live;
    if (!isRunning(record, run)) return null;
    const { end } = record.work;
    const { refusal } = result;
    const forItsCaller = record.runs.by === "caller" && (isOwnFault(refusal) || isCallersLimit(refusal));
    if (forItsCaller || end.step === "error") {
      live.verdict = { kind: "refused", refusal: result.refusal };
      return notKept(record, run, now);
    }
    // Whoever ran it: what is a human's goes back to a human.
    if (end.step === "human" && !isOwnFault(refusal)) {
      return toHuman(record, end.dueMs, `to a human: ${result.refusal.kind}`, now);
    }
    const { outside } = this.#options;
    const said = live.log !== null && live.log.length > 0;
    return unanswered(record, { run, result, said }, { now, random: outside.random }, outside.routing.cold);
  }

  /** Whoever has seen a run that was lost must not take the next one's text for the rest of it. */
  #stream(log: ChunkLog, from: AnsweredBy | null, after: string | null): Begun {
    const seen = chunkPlace(after);
    if (seen !== null && !log.holds(seen)) return { kind: "refused", refusal: { kind: "answer_restarted" } };
    const { changed, record } = this.#book;
    const dialect = record?.work.dialect ?? "openai";
    return {
      kind: "stream",
      from,
      body: followChunks({ log, dialect, after, changed, clock: this.#options.outside.clock }),
    };
  }

  /** A stream's text as it came, or made from a whole answer: a human's, or of a provider that did not stream. */
  #answerLog(record: JobRecord, body: string): ChunkLog {
    const kept = ChunkLog.load(this.#book.tables, record.runs.run);
    if (kept !== null) return kept;
    const log = new ChunkLog(record.runs.run);
    const completion: ChatCompletion = JSON.parse(body);
    for (const chunk of completionChunks(completion, record.work.includeUsage)) log.append(JSON.stringify(chunk));
    log.close({ kind: "whole" });
    return log;
  }

  #work({ work }: JobRecord): JobWork {
    const { model: _model, stream: _stream, includeUsage: _includeUsage, dialect = "openai", ...rest } = work;
    return { ...rest, dialect, ...keptRequest(this.#book.tables) };
  }
}
