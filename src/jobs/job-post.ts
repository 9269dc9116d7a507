import { inTime } from "../lib/in-time.ts";
import { CALLBACK_DELAYS_MS, tellAgainMs } from "./delays.ts";
import { published } from "./dispatches.ts";
import type { JobBook } from "./job-book.ts";
import { changed } from "./job-machine.ts";
import { noticeOf } from "./job-notices.ts";
import type { JobOutside } from "./job-outside.ts";
import type { Callback, JobRecord } from "./job-record.ts";
import { entryOf, viewOf } from "./job-view.ts";
import { publicJob } from "./public-job.ts";
import type { Published } from "./publisher.ts";

/**
 * What a job sends: its dispatch to the transport, its change to the list, its
 * notices to the notifier, its end to the caller's own server. Each is owed in
 * the record until it was taken, so the alarm sends it again.
 */
export class JobPost {
  readonly #book: JobBook;
  readonly #outside: JobOutside;
  readonly #background: (work: Promise<unknown>) => void;
  /** The number of the dispatch that was last handed over by this life of the object. */
  #publishing = 0;
  /** One at a time: who comes meanwhile waits for that one. */
  #tellingIndex: Promise<void> | null = null;
  #tellingNotices: Promise<void> | null = null;

  constructor(book: JobBook, outside: JobOutside, background: (work: Promise<unknown>) => void) {
    this.#book = book;
    this.#outside = outside;
    this.#background = background;
  }

  /** Hands the newest dispatch over, where nobody has done so yet: also one that an earlier life of the object made. */
  async publish(): Promise<void> {
    const record = this.#book.record;
    if (record === null || record.delivery.phase !== "unpublished" || record.delivery.wakeAtMs === null) return;
    const { dispatch } = record.delivery;
    if (this.#publishing === dispatch) return;
    this.#publishing = dispatch;
    const answer = await this.#answerOfPublisher(record);
    const now = this.#outside.clock.now();
    const after = this.#book.record && published(this.#book.record, dispatch, answer, now);
    if (!after) return;
    if (after.state === "stored") this.#book.save(changed(after, "queued", wordsOf(answer, dispatch), now));
    else this.#book.keep(after);
  }

  /** The list and the notifier, in nobody's way. */
  tell(): void {
    this.#background(this.tellNow());
  }

  async tellNow(): Promise<void> {
    this.#tellingIndex ??= this.#tellIndex().finally(() => {
      this.#tellingIndex = null;
    });
    this.#tellingNotices ??= this.#tellNotices().finally(() => {
      this.#tellingNotices = null;
    });
    await Promise.all([this.#tellingIndex, this.#tellingNotices]);
  }

  /** One try of the callback, where one is due. */
  async callBack(): Promise<void> {
    const record = this.#book.record;
    const due = record?.callback;
    if (!record || !due || due.dueAtMs === null || due.messageId === null) return;
    if (due.dueAtMs > this.#outside.clock.now()) return;
    const attempts = due.attempts + 1;
    const delayMs = CALLBACK_DELAYS_MS[attempts];
    // Written before it is sent: a try that kills the object is a try.
    const dueAtMs = delayMs === undefined ? null : this.#outside.clock.now() + delayMs;
    this.#book.keep({ ...record, callback: { ...due, attempts, dueAtMs } });
    const result = await this.#sendCallback(record, due);
    const { record: current } = this.#book;
    // Erased or sent back meanwhile: this message is of no end that stands.
    if (current?.callback?.messageId !== due.messageId) return;
    this.#book.keep({ ...current, callback: { ...current.callback, ...result } });
  }

  async #answerOfPublisher({ work, delivery }: JobRecord): Promise<Published> {
    const { clock, publisher } = this.#outside;
    const { dispatch, notBeforeMs } = delivery;
    try {
      const dispatched = { jobId: work.jobId, dispatch, notBeforeMs, origin: work.origin };
      return await inTime(clock, PUBLISH_MS, publisher.publish(dispatched));
    } catch (cause) {
      return { ok: false, why: "away", detail: String(cause).slice(0, 300) };
    }
  }

  async #sendCallback(record: JobRecord, { url, messageId, settledAtMs }: Callback): Promise<Partial<Callback>> {
    const { clock, callbacks } = this.#outside;
    const now = clock.now();
    const view = viewOf(record, this.#book.history, this.#book.tables.body("answer"), now);
    const body = JSON.stringify({
      type: `job.${record.state}`,
      timestamp: new Date(settledAtMs ?? now).toISOString(),
      data: publicJob(view, record.work.origin),
    });
    try {
      const result = await inTime(clock, CALLBACK_MS, callbacks.send({ url, messageId: messageId ?? "", body }));
      if (result.kind === "delivered") return { state: "delivered", dueAtMs: null, lastError: null };
      if (result.kind === "gone") return { state: "gone", dueAtMs: null, lastError: result.detail };
      return this.#failed(result.detail);
    } catch (cause) {
      return this.#failed(String(cause).slice(0, 300));
    }
  }

  #failed(lastError: string): Partial<Callback> {
    const hasMore = this.#book.record?.callback?.dueAtMs != null;
    return { state: hasMore ? "waiting" : "failed", lastError };
  }

  async #tellIndex(): Promise<void> {
    try {
      for (let record = this.#book.record; record?.index; record = this.#book.record) {
        const { version } = record;
        const { clock, index } = this.#outside;
        await inTime(clock, TELL_MS, index().note(entryOf(record, this.#book.history)));
        const { record: current } = this.#book;
        if (current?.version === version) this.#book.keep({ ...current, index: null });
      }
    } catch {
      // Out of reach, not a failure of the job's: the alarm tells it again.
      const { record } = this.#book;
      if (record?.index) this.#book.keep({ ...record, index: this.#later(record.index.tries) });
    }
  }

  async #tellNotices(): Promise<void> {
    const { tables, record: before } = this.#book;
    if (!before?.notices) return;
    try {
      for (let [first] = tables.notices(); first; [first] = tables.notices()) {
        const { clock, links, notifier } = this.#outside;
        const notice = await noticeOf(first.notice, this.#book.record ?? before, links);
        await inTime(clock, TELL_MS, notifier.raise(notice));
        const { id } = first;
        tables.together(() => tables.dropNotice(id));
      }
      const { record } = this.#book;
      if (record) this.#book.keep({ ...record, notices: null });
    } catch {
      const { record } = this.#book;
      if (record?.notices) this.#book.keep({ ...record, notices: this.#later(record.notices.tries) });
    }
  }

  #later(tries: number): { readonly dueAtMs: number; readonly tries: number } {
    return { dueAtMs: this.#outside.clock.now() + tellAgainMs(tries), tries: tries + 1 };
  }
}

/** The caller waits for this; what takes longer is away, and the alarm behind the dispatch sees to it. */
const PUBLISH_MS = 2_000;

/** The list and the notifier are objects of our own. */
const TELL_MS = 10_000;
/** The sender has a time limit of its own; this one is for a bug of it. */
const CALLBACK_MS = 60_000;

function wordsOf(answer: Published, dispatch: number): string {
  if (answer.ok) return `dispatch ${dispatch} is with the queue`;
  return answer.why === "none" ? "its own alarm delivers it" : "the queue is away; its own alarm sees to it";
}
