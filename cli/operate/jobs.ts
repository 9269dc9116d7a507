/** `lisbon jobs`: the parked calls, and what an operator can do about one. */
import { text } from "node:stream/consumers";
import { fail, ok } from "../../src/lib/result.ts";
import type { Result } from "../../src/lib/result.ts";
import { isJobId } from "../../src/jobs/job-ids.ts";
import { ChangedJob, Jobs, Retried, ShownJob } from "../admin-schemas.ts";
import type { JobEntry } from "../admin-schemas.ts";
import { askAdminFor, posting } from "../ask-admin.ts";
import type { AdminFailure } from "../ask-admin.ts";
import { confirmed } from "../confirm.ts";
import { EXIT } from "../exit-codes.ts";
import { progressOn } from "../progress.ts";
import { readText } from "../read-map.ts";
import type { CommandOptions, Ending } from "../run-command.ts";
import { isoOf } from "../screen/moments.ts";
import { harmless } from "../screen/table.ts";
import { countsLine, jobLines, jobListLines, jobRow, viewRow } from "./job-lines.ts";

export interface JobsOptions extends CommandOptions {
  readonly state?: string;
  readonly tenant?: string;
  readonly kind?: string;
  readonly limit?: string;
  readonly after?: string;
}

const DEFAULT_LIMIT = 50;
const PAGE = 200;
/** As the index has it: a moment and an id. */
const PAGE_END = /^\d{1,15}\../;

/**
 * Tenant and kind are looked for here, page by page: the index knows jobs by their state. The page in which the limit
 * is reached is then shown whole, for a list is gone on with where a page ends.
 */
export async function jobs(options: JobsOptions): Promise<Ending> {
  const { state, tenant, kind } = options;
  const limit = Number(options.limit ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1) {
    const message = `--limit ${options.limit} is no number of jobs`;
    return fail({ kind: "usage", code: "usage", message, next: "A whole number from 1: npx lisbon jobs --limit 50" });
  }
  // The Worker would take it for none, and answer with the first page.
  if (options.after !== undefined && !PAGE_END.test(options.after)) {
    const next = "npx lisbon jobs ends with the command for its next page; without --after it is the first.";
    return fail({ kind: "usage", code: "usage", message: `--after ${options.after} is no page's end`, next });
  }
  const isFiltered = tenant !== undefined || kind !== undefined;
  const progress = progressOn();
  const found: JobEntry[] = [];
  let after = options.after ?? null;
  let looked = 0;
  try {
    for (;;) {
      const size = isFiltered ? PAGE : Math.min(limit - found.length, PAGE);
      const page = await askAdminFor(Jobs, options, pagePath(state, size, after));
      if (!page.ok) return page;
      looked += page.value.jobs.length;
      progress.say(`looked at ${looked} jobs`);
      for (const job of page.value.jobs) {
        if ((tenant ?? job.tenant) === job.tenant && (kind ?? job.kind) === job.kind) found.push(job);
      }
      after = page.value.next;
      if (after !== null && found.length < limit) continue;
      const { counts, oldestMs } = page.value;
      const next = after;
      return ok({
        json: { counts, oldestAt: isoOf(oldestMs), jobs: found.map(jobRow), next },
        lines: (paint) => [
          ...jobListLines(found, Date.now(), paint),
          "",
          countsLine(counts),
          ...(next === null ? [] : [`There are more: npx lisbon jobs --after ${next}`]),
        ],
      });
    }
  } finally {
    progress.done();
  }
}

function pagePath(state: string | undefined, limit: number, after: string | null): string {
  const query = new URLSearchParams({
    limit: String(limit),
    ...(state !== undefined && { state }),
    ...(after !== null && { after }),
  });
  return `/admin/jobs?${query}`;
}

export interface ShowOptions extends CommandOptions {
  readonly prompt?: true;
}

/** Prompt, draft and answer are shown only where they are asked for: a terminal's history is no place for them. */
export async function showJob(id: string, options: ShowOptions): Promise<Ending> {
  const path = pathOf(id);
  if (!path.ok) return path;
  const asked = await askAdminFor(ShownJob, options, path.value);
  if (!asked.ok) return asked;
  const { job, request, draft } = asked.value;
  const words = { answer: job.answer, request, draft };
  return ok({
    json: { job: viewRow(job), ...(options.prompt && words) },
    lines: (paint) => [
      ...jobLines(job, Date.now(), paint),
      ...(options.prompt ? Object.entries(words).flatMap(([name, value]) => wordLines(name, value)) : []),
    ],
  });
}

function wordLines(name: string, value: unknown): readonly string[] {
  if (value === null || value === undefined || value === "") return [];
  const words = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return ["", `${name}:`, ...words.split("\n").map(harmless)];
}

export interface AnswerOptions extends CommandOptions {
  readonly file?: string;
}

/** The first answer counts, whoever gives it. */
export async function answerJob(id: string, words: string | undefined, options: AnswerOptions): Promise<Ending> {
  const answer = await answerText(words, options.file);
  return answer.ok ? await changeJob(id, "answer", { text: answer.value }, options) : answer;
}

async function answerText(words: string | undefined, file: string | undefined): Promise<Result<string, AdminFailure>> {
  if (words !== undefined && words !== "-") return ok(words);
  if (words === "-" || (file === undefined && !process.stdin.isTTY)) return ok(await text(process.stdin));
  const read = file === undefined ? fail("there is no answer") : readText(file);
  if (read.ok) return ok(read.value);
  const next = 'npx lisbon jobs answer ID "The answer." (or --file FILE, or - for what is piped in)';
  return fail({ kind: "usage", code: "usage", message: read.failure, next });
}

export async function retryJob(id: string, options: CommandOptions): Promise<Ending> {
  return await changeJob(id, "retry", {}, options);
}

export async function cancelJob(id: string, options: CommandOptions): Promise<Ending> {
  const sure = await confirmed(`Cancel ${id}? Its prompt and its answer are erased, for good.`, options);
  return sure.ok ? await changeJob(id, "cancel", {}, options) : sure;
}

const DONE = {
  answer: "answered; its caller gets the answer now",
  retry: "back in the queue, with all its attempts",
  cancel: "cancelled; its prompt and answer are erased",
} as const;

async function changeJob(id: string, how: keyof typeof DONE, body: object, options: CommandOptions): Promise<Ending> {
  const path = pathOf(id);
  if (!path.ok) return path;
  const changed = await askAdminFor(ChangedJob, options, `${path.value}/${how}`, posting(body));
  if (!changed.ok) return changed;
  return ok({
    json: { job: viewRow(changed.value.job) },
    lines: (paint) => [`${id} is ${paint("good", DONE[how])}.`],
  });
}

/** An id is asked for before anything is sent: a slash in it would be another path. */
function pathOf(id: string): Result<string, AdminFailure> {
  if (isJobId(id)) return ok(`/admin/jobs/${id}`);
  const next = "npx lisbon jobs lists them; an id begins with job_";
  return fail({ kind: "usage", code: "usage", message: `${id} is no job's id`, next });
}

/** One request of the Worker's takes a thousand at most, so it is sent until none is left that would go. */
export async function retryDead(options: CommandOptions): Promise<Ending> {
  const dead = await askAdminFor(Jobs, options, pagePath("dead", 1, null));
  if (!dead.ok) return dead;
  const number = dead.value.counts.dead;
  if (number === 0) return ok({ json: { retried: 0, failed: 0, left: 0 }, lines: () => ["There are no dead jobs."] });
  const sure = await confirmed(`Send ${number} dead back to the queue? Each may cost its attempts again.`, options);
  if (!sure.ok) return sure;

  const progress = progressOn();
  let [retried, failed] = [0, 0];
  try {
    for (;;) {
      const sent = await askAdminFor(Retried, options, "/admin/jobs/retry-dead", posting());
      if (!sent.ok) return sent;
      retried += sent.value.retried;
      failed += sent.value.failed;
      progress.say(`${retried} of ${number}`);
      const { left } = sent.value;
      if (left > 0 && sent.value.retried > 0) continue;
      return ok({
        exitCode: left + failed === 0 ? EXIT.fine : EXIT.wrong,
        json: { retried, failed, left },
        lines: (paint) => [
          `${paint("good", `${retried} back in the queue`)}, ${failed} would not go, ${left} left.`,
          ...(left > 0 ? ["Wait a minute and send it again."] : []),
          ...(failed > 0 ? ["npx lisbon jobs --state dead says why."] : []),
        ],
      });
    }
  } finally {
    progress.done();
  }
}
