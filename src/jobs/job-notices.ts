/** What a human is told of a job: names, times and counts, never a prompt or an answer. */
import { type Notice, type NoticeLink, QUIET_NOTICE } from "../domain/notice.ts";
import type { Change } from "./job-machine.ts";
import type { JobAction, JobOutside } from "./job-outside.ts";
import type { JobRecord } from "./job-record.ts";

type Links = JobOutside["links"];

/** A notice that waits to be told: what was so when it arose. */
export interface OwedNotice {
  readonly kind: "cold" | "job_waiting" | "job_overdue" | "job_dead";
  readonly why: string;
  readonly atMs: number;
  readonly dueAtMs: number | null;
  readonly reminders: number;
}

export function owedNotice(kind: OwedNotice["kind"], why: string, record: JobRecord, atMs: number): OwedNotice {
  const { human } = record;
  return { kind, why, atMs, dueAtMs: human?.dueAtMs ?? null, reminders: human?.reminders ?? 0 };
}

/** What follows from a change by itself: somebody must see to it. */
export function owedFor({ record, line }: Change): OwedNotice | null {
  if (line === null || record.erased) return null;
  if (line.state === "dead") return owedNotice("job_dead", line.reason, record, record.updatedAtMs);
  return line.state === "waiting_for_human" ? owedNotice("job_waiting", line.reason, record, record.updatedAtMs) : null;
}

export async function noticeOf(owed: OwedNotice, record: JobRecord, links: Links): Promise<Notice> {
  const { work } = record;
  const { atMs, dueAtMs, reminders, why } = owed;
  const { actions, ...words } = WORDS[owed.kind](record, owed);
  const signed = await linksOf(record, actions, links);
  return {
    ...QUIET_NOTICE,
    kind: owed.kind,
    why,
    tenant: work.tenant,
    jobIds: [work.jobId],
    atMs,
    dueAtMs,
    reminders,
    links: signed,
    ...words,
  };
}

interface Words extends Pick<Notice, "key" | "title" | "nextAction"> {
  readonly retryWindow?: string;
  readonly actions: readonly JobAction[];
}

const WORDS = {
  // One key for all jobs of a kind: an outage is one notice with a count.
  cold: ({ work, createdAtMs, expiresAtMs }) => ({
    key: `cold:${work.kind}`,
    title: `Calls of "${work.kind}" are parked`,
    nextAction: "None yet: they are answered by themselves once a route is back. /admin/jobs lists them.",
    retryWindow: `each call for ${hours(expiresAtMs - createdAtMs)}, a pause not counted`,
    actions: ["view"],
  }),
  job_waiting: ({ work }) => ({
    key: `job_waiting:${work.jobId}`,
    title: `A call of "${work.kind}" waits for a human`,
    nextAction: ANSWER_IT,
    actions: ["answer", "retry", "cancel"],
  }),
  // Each reminder is news: it goes to another person.
  job_overdue: ({ work }, { reminders }) => ({
    key: `job_overdue:${work.jobId}:${reminders}`,
    title: `A call of "${work.kind}" has waited too long for a human`,
    nextAction: ANSWER_IT,
    actions: ["answer", "retry", "cancel"],
  }),
  // As with parking: what kills one job of a kind may kill a thousand.
  job_dead: ({ work }) => ({
    key: `job_dead:${work.kind}`,
    title: `A call of "${work.kind}" could not be answered`,
    nextAction: "Answer it, edit it, send it back to the queue, or cancel it.",
    actions: ["view", "answer", "retry", "cancel"],
  }),
} as const satisfies Record<OwedNotice["kind"], (record: JobRecord, owed: OwedNotice) => Words>;

const ANSWER_IT = "Answer it, or send it back to the queue.";

const LABELS = {
  view: "Look at it",
  answer: "Answer it",
  retry: "Send it back to the queue",
  cancel: "Cancel it",
} as const satisfies Record<JobAction, string>;

async function linksOf(
  { work }: JobRecord,
  actions: readonly JobAction[],
  links: Links,
): Promise<readonly NoticeLink[]> {
  const made = await Promise.all(
    actions.map(async (action) => ({ action, url: await links(work.jobId, action, work.origin) })),
  );
  return made.flatMap(({ action, url }) => (url === null ? [] : [{ label: LABELS[action], url }]));
}

function hours(ms: number): string {
  const count = Math.round(ms / 3_600_000);
  return `${count} ${count === 1 ? "hour" : "hours"}`;
}
