import { woken } from "./dispatches.ts";
import { overdue, retired } from "./human-hand.ts";
import type { JobBook } from "./job-book.ts";
import { claim, leaseRenewed, lost } from "./job-machine.ts";
import { owedNotice } from "./job-notices.ts";
import type { JobOutside } from "./job-outside.ts";
import type { JobPost } from "./job-post.ts";
import type { JobRecord } from "./job-record.ts";
import type { JobRuns } from "./job-runs.ts";

interface LookAfter {
  readonly book: JobBook;
  readonly post: JobPost;
  readonly runs: JobRuns;
  readonly outside: JobOutside;
  readonly destroy: () => Promise<void>;
}

/** What the alarm is for: everything that is due without anybody asking, in one go. */
export async function lookAfter({ book, post, runs, outside, destroy }: LookAfter): Promise<void> {
  const { clock, random, routing } = outside;
  const now = clock.now();
  const { record } = book;
  if (record === null) return;
  if (record.gone && record.index === null && now >= record.eraseAtMs) {
    await destroy();
    book.forget();
    return;
  }
  retire(record, now);
  seeToRun(book.record ?? record, now);
  remind(book.record ?? record, now);
  redispatch(book.record ?? record, now);
  await Promise.all([post.publish(), post.callBack(), post.tellNow()]);

  // Asked anew: meanwhile a delivery may have come.
  const due = book.record && woken(book.record, clock.now());
  if (!book.record || due?.kind !== "run") return;
  const claimed = claim(book.record, "alarm", null, clock.now());
  if (claimed.kind === "claimed") await runs.start(claimed.change, routing.cold.deadlineMs).over;

  function retire(before: JobRecord, atMs: number): void {
    const change = retired(before, atMs);
    if (change === null) return;
    book.save(change, () => book.tables.erase());
    runs.abort("job_erased", "The job's time of keeping is over.");
  }

  /** The lease of a run that lives is renewed; one that nobody knows of any more was lost. */
  function seeToRun(before: JobRecord, atMs: number): void {
    const { leaseUntilMs, startedAtMs } = before.runs;
    if (before.state !== "running") return;
    if (runs.live !== null && atMs - startedAtMs < LONGEST_RUN_MS) return book.keep(leaseRenewed(before, atMs));
    if (leaseUntilMs !== null && leaseUntilMs > atMs) return;
    book.save(lost(before, { now: atMs, random }));
    runs.abort("stream_cut", "The answer broke off.");
  }

  function remind(before: JobRecord, atMs: number): void {
    const after = overdue(before, atMs);
    if (after !== null) book.keep(after, owedNotice("job_overdue", OVERDUE, after, atMs));
  }

  function redispatch(before: JobRecord, atMs: number): void {
    const next = woken(before, atMs);
    if (next.kind === "publish") book.keep(next.record);
  }
}

const OVERDUE = "Nobody has answered it in the time that was given.";

/** Longer than any stream may take (`maxStreamMs`) after any deadline: what still runs then hangs. */
const LONGEST_RUN_MS = 45 * 60_000;
