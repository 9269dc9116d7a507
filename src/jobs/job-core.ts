/**
 * A job without its Durable Object: the machine over what the Worker says,
 * what the transport delivers and what people do. The object around it brings
 * storage and the alarm. Each change is written, with the alarm that follows
 * from it, before anything is awaited.
 */
import { fail, ok, type Result } from "../lib/result.ts";
import type { ChatRequest } from "../openai/chat-request.ts";
import { givenUp, type Moment } from "./dispatches.ts";
import { followEvents } from "./follow-events.ts";
import { humanCompletion } from "./human-completion.ts";
import { answeredByHuman, cancelled, edited, retried } from "./human-hand.ts";
import { ABORTED, type ByHand } from "./by-hand.ts";
import { JobBook } from "./job-book.ts";
import { idleCallback, type Change, claim, lost, made, toHuman, toQueue } from "./job-machine.ts";
import { type OwedNotice, owedNotice } from "./job-notices.ts";
import type { JobOutside, LogEvent } from "./job-outside.ts";
import type { Begun, Delivered, HumanAnswer, JobPort, JobRefused, Parked, ParkHow } from "./job-port.ts";
import { JobPost } from "./job-post.ts";
import { isSettled, type JobRecord } from "./job-record.ts";
import { JobRuns } from "./job-runs.ts";
import { type JobStorage, JobTables } from "./job-tables.ts";
import { parkedOf, viewOf } from "./job-view.ts";
import type { JobView, JobWork } from "./job.ts";
import { keepRequest } from "./keep-request.ts";
import { lookAfter } from "./look-after.ts";

export interface JobParts {
  readonly storage: JobStorage;
  readonly outside: JobOutside;
  /** Never waited for: the platform lets no answer out before it is written. */
  readonly setAlarm: (atMs: number) => void;
  /** Deletes everything, the alarm too. */
  readonly destroy: () => Promise<void>;
  /** For work that nobody waits for. */
  readonly background: (work: Promise<unknown>) => void;
  readonly log: (event: LogEvent) => void;
}

export class Job implements JobPort {
  readonly #parts: JobParts;
  readonly #outside: JobOutside;
  readonly #book: JobBook;
  readonly #post: JobPost;
  readonly #runs: JobRuns;

  constructor(parts: JobParts) {
    const { storage, outside, setAlarm, background, log } = parts;
    this.#parts = parts;
    this.#outside = outside;
    this.#book = new JobBook({ tables: new JobTables(storage), clock: outside.clock, setAlarm });
    this.#post = new JobPost(this.#book, outside, background);
    this.#runs = new JobRuns({ book: this.#book, post: this.#post, outside, log });
  }

  async park(work: JobWork, how: ParkHow): Promise<Parked> {
    const { retryWindowMs } = this.#outside.routing.cold;
    const standing = this.#standing();
    if (standing !== null && (!isSettled(standing) || this.#isWithin(standing, retryWindowMs))) {
      return parkedOf(standing, false, this.#now());
    }
    const { now, random } = this.#moment();
    const stored = this.#made(work, `parked: ${how.reason}`);
    if (how.human === null) {
      const queued = toQueue(stored, how, { now, random });
      const why = `No provider could answer: ${how.reason}.`;
      this.#saveNew(queued, work, owedNotice("cold", why, queued.record, now));
    } else {
      const record = this.#saveNew(stored, work);
      this.#book.save(toHuman(record, how.human.dueMs, `to a human: ${how.reason}`, now));
    }
    const { record } = this.#book;
    await this.#post.publish();
    this.#post.tell();
    return parkedOf(this.#book.record ?? record ?? stored.record, true, this.#now());
  }

  async find(withinMs: number): Promise<Parked | null> {
    const record = this.#standing();
    return record !== null && this.#isWithin(record, withinMs) ? parkedOf(record, false, this.#now()) : null;
  }

  async begin(work: JobWork, resumeAfter: string | null): Promise<Begun> {
    const standing = this.#standing();
    if (standing === null) {
      this.#saveNew(this.#made(work, "came with an Idempotency-Key"), work);
      return await this.#runFor(work, resumeAfter);
    }
    if (standing.work.bodyHash !== work.bodyHash) return { kind: "other_body" };
    this.#adoptCallback(standing, work);
    if (standing.state !== "running") return this.#runs.standing(resumeAfter);
    const { live } = this.#runs;
    if (live !== null) return await this.#runs.join(live, resumeAfter);
    // Its object was evicted, and here is a caller who waits: now, and not when the lease is over.
    this.#book.save(lost(standing, this.#moment()));
    return await this.#runFor(work, resumeAfter);
  }

  async follow(resumeAfter: string | null): Promise<Begun> {
    const { live } = this.#runs;
    return live === null ? this.#runs.standing(resumeAfter) : await this.#runs.join(live, resumeAfter);
  }

  async deliver(dispatch: number): Promise<Delivered> {
    const { record } = this.#book;
    if (record === null) return "unknown";
    this.#book.setAlarm();
    const claimed = claim(record, "delivery", dispatch, this.#now());
    if (claimed.kind === "not") return claimed.why;
    if (claimed.kind === "claimed") return await this.#run(claimed.change);
    this.#book.keep(claimed.record);
    await this.#post.publish();
    return "put_off";
  }

  async transportFailed(dispatch: number): Promise<void> {
    const { record } = this.#book;
    const after = record && givenUp(record, dispatch, this.#now());
    if (!after) return;
    this.#book.keep(after);
    await this.#post.publish();
  }

  async view(): Promise<JobView | null> {
    const { record, tables, history } = this.#book;
    if (record === null || record.gone) return null;
    this.#book.setAlarm();
    return viewOf(record, history, tables.body("answer"), this.#now());
  }

  async prompt(): Promise<{ readonly request: ChatRequest; readonly draft: string } | null> {
    const { tables } = this.#book;
    const request = this.#standing() && tables.body("request");
    if (request === null) return null;
    const draft = this.#runs.live?.fold.text ?? tables.body("draft") ?? "";
    return { request: JSON.parse(request), draft };
  }

  async settled(ms: number): Promise<JobView | null> {
    const { clock } = this.#outside;
    const untilMs = clock.now() + ms;
    for (;;) {
      const { record } = this.#book;
      const leftMs = untilMs - clock.now();
      if (record === null || isSettled(record) || leftMs <= 0) return await this.view();
      await this.#book.changed.wait(clock, leftMs);
    }
  }

  async events(after: string | null): Promise<ReadableStream<Uint8Array> | null> {
    const { record } = this.#book;
    if (record === null || record.gone) return null;
    this.#book.setAlarm();
    const { clock } = this.#outside;
    return followEvents({ book: this.#book, clock, log: (run) => this.#runs.logOf(run), after });
  }

  async cancel(by: string): Promise<Result<JobView, JobRefused>> {
    return await this.#byHand(null, (record, now) => {
      const change = cancelled(record, by, now);
      return ok({ change, also: () => this.#book.tables.erase(), code: "job_cancelled" });
    });
  }

  async answer({ text, by, token }: HumanAnswer): Promise<Result<JobView, JobRefused>> {
    const { tables } = this.#book;
    return await this.#byHand(token, (record, now) => {
      const change = answeredByHuman(record, by, now);
      if (!change.ok) return change;
      const answer = JSON.stringify(humanCompletion(record.work.jobId, text, now));
      const also = (): void => {
        tables.saveBody("answer", answer);
        tables.dropBodies("draft");
        tables.dropChunks();
      };
      return ok({ change: change.value, also, code: "superseded" });
    });
  }

  async retry(by: string, token: string | null): Promise<Result<JobView, JobRefused>> {
    return await this.#byHand(token, (record, now) => {
      const change = retried(record, by, now, this.#outside.routing.cold);
      return change.ok ? ok({ change: change.value, also: () => undefined, code: "superseded" }) : change;
    });
  }

  async edit(request: ChatRequest, by: string): Promise<Result<JobView, JobRefused>> {
    const { tables } = this.#book;
    return await this.#byHand(null, (record, now) => {
      const change = edited(record, by, request.model, now, this.#outside.routing.cold);
      if (!change.ok) return change;
      const also = (): void => {
        // Whether the caller waits for a stream or a whole answer is not the editor's to change.
        tables.saveBody("request", JSON.stringify({ ...request, stream: record.work.stream }));
        // What came is not what is asked for any more.
        tables.dropBodies("native");
        tables.dropChunks();
      };
      return ok({ change: change.value, also, code: "superseded" });
    });
  }

  /** Never throws: after six throws the platform would give up for good. */
  async alarm(): Promise<void> {
    if (this.#book.record === null) return;
    // First of all the next alarm, for the work may die with the object.
    this.#book.alarmFired(ALARM_AGAIN_MS);
    try {
      await lookAfter({ book: this.#book, post: this.#post, runs: this.#runs, ...this.#parts });
    } catch (cause) {
      const what = `${new Date(this.#now()).toISOString()} ${String(cause)}`.slice(0, 500);
      this.#parts.log({ event: "job_alarm_failed", what });
      this.#book.tables.tryToNote("alarm_failure", what);
    }
    this.#book.setAlarm();
  }

  /** A repeat may be the first to say where to call back; where another address is known, that one stays. */
  #adoptCallback(record: JobRecord, { callbackUrl }: JobWork): void {
    if (callbackUrl === null || record.callback !== null || isSettled(record)) return;
    this.#book.keep({ ...record, callback: idleCallback(callbackUrl) });
  }

  /** Runs it for a caller who waits. */
  async #runFor(work: JobWork, resumeAfter: string | null): Promise<Begun> {
    const { record } = this.#book;
    const claimed = record && claim(record, "caller", null, this.#now());
    if (claimed?.kind !== "claimed") return this.#runs.standing(resumeAfter);
    const { live, over } = this.#runs.start(claimed.change, work.deadlineMs);
    // Its caller may hang up: the run goes on.
    this.#parts.background(over);
    return await this.#runs.join(live, resumeAfter);
  }

  async #run(claimed: Change): Promise<Delivered> {
    return await this.#runs.start(claimed, this.#outside.routing.cold.deadlineMs).over;
  }

  async #byHand(
    token: string | null,
    decide: (record: JobRecord, now: number) => Result<ByHand, JobRefused>,
  ): Promise<Result<JobView, JobRefused>> {
    const { record, tables } = this.#book;
    if (record === null || record.gone) return fail({ kind: "no_such_job" });
    if (token !== null && tables.isLinkUsed(token)) return fail({ kind: "link_used" });
    const now = this.#now();
    const decided = decide(record, now);
    if (!decided.ok) return decided;
    const { change, also, code } = decided.value;
    if (change !== null) {
      this.#book.save(change, () => {
        also();
        if (token !== null) tables.useLink(token, now);
      });
      this.#runs.abort(code, ABORTED[code]);
      await this.#post.publish();
      this.#post.tell();
    }
    const view = await this.view();
    return view === null ? fail({ kind: "no_such_job" }) : ok(view);
  }

  #made(work: JobWork, reason: string): Change {
    return made({ work, reason, before: this.#book.record }, this.#now(), this.#outside.routing.cold);
  }

  #saveNew(change: Change, work: JobWork, owed: OwedNotice | null = null): JobRecord {
    const { tables } = this.#book;
    return this.#book.save(change, () => keepRequest(work, tables), owed);
  }

  /** The job that is kept under this id; one that was erased makes room for a new one. */
  #standing(): JobRecord | null {
    const { record } = this.#book;
    return record === null || record.erased ? null : record;
  }

  #isWithin({ createdAtMs }: JobRecord, ms: number): boolean {
    return this.#now() - createdAtMs <= ms;
  }

  #moment(): Moment {
    return { now: this.#now(), random: this.#outside.random };
  }

  #now(): number {
    return this.#outside.clock.now();
  }
}

/** Where the work of an alarm is lost, it is done again this much later. */
const ALARM_AGAIN_MS = 60_000;
