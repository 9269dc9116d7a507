/**
 * (4) A call that only a human can answer comes in at 01:00, when the office
 * sleeps. Nine hours later somebody answers it, through the link of a notice.
 */
import { fail, ok } from "../../../src/lib/result.ts";
import { openLink, sendForm } from "../answer-by-link.ts";
import type { Checks } from "../checks.ts";
import { follow, type Follower } from "../follower.ts";
import type { Notice } from "../inbox.ts";
import { ANSWER_MS, HANDED_OVER_MS, NOTICE_MS } from "../limits.ts";
import { textOf } from "../lisbon-client.ts";
import type { LocalStack } from "../local-stack.ts";
import { noticeArrives } from "../notices.ts";
import { until } from "../until.ts";

const HOUR_MS = 3_600_000;
const STATE = "night";
/** Of a Worker that is started; not what this test measures, but it must end. */
const START_MS = 60_000;

export async function human(checks: Checks, stack: LocalStack): Promise<void> {
  const aheadMs = untilOneAtNight(Date.now());
  if (!(await started(checks, stack, "a Worker whose clock says 01:00 UTC", aheadMs))) return;
  const question = `Lisbon test ${crypto.randomUUID()}: may we send the offer?`;
  const jobId = await parked(checks, stack, question);
  if (jobId === null) return;
  const early = follow(stack.lisbon, jobId, null);
  const waiting = await told(checks, stack, "job_waiting", jobId, aheadMs);

  const later = aheadMs + 9 * HOUR_MS;
  await stack.stopWorker();
  const seen = await early.lost;
  if (!(await started(checks, stack, "the Worker is started again, nine hours later", later))) return;
  const follower = follow(stack.lisbon, jobId, seen);
  try {
    const overdue = await told(checks, stack, "job_overdue", jobId, later, waiting);
    if (overdue === null) return;
    await answered(checks, stack, { jobId, question, overdue, follower });
  } finally {
    follower.leave();
  }
}

/** From now to 01:00 UTC of the next day. */
function untilOneAtNight(now: number): number {
  const today = new Date(now);
  return Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() + 1, 1) - now;
}

async function started(checks: Checks, stack: LocalStack, what: string, aheadMs: number): Promise<boolean> {
  const done = await checks.check({
    what,
    limitMs: START_MS,
    run: async () => {
      const worker = await stack.startWorker(STATE, aheadMs);
      return worker.ok ? ok({ found: true }) : worker;
    },
  });
  return done ?? false;
}

function parked(checks: Checks, { lisbon, inbox }: LocalStack, text: string): Promise<string | null> {
  return checks.check({
    what: "01:00: the call is handed to a human (202)",
    limitMs: ANSWER_MS,
    run: async (signal) => {
      const asked = { text, model: "sign-off", callbackUrl: inbox.callbackUrl };
      const { status, jobId } = await lisbon.ask(asked, signal);
      if (status !== 202 || jobId === null) return fail(`status ${status}`);
      const job = await lisbon.job(jobId, signal);
      return job.status === "waiting_for_human" ? ok({ found: jobId }) : fail(`its job is ${job.status}`);
    },
  });
}

/** `before`: whom the notice before named; now it is to be somebody else. */
async function told(
  checks: Checks,
  stack: LocalStack,
  kind: "job_waiting" | "job_overdue",
  jobId: string,
  aheadMs: number,
  before: Notice | null = null,
): Promise<Notice | null> {
  const what = kind === "job_waiting" ? "01:00: humans are told" : "10:00: they are told that it is overdue";
  const notice = await noticeArrives(checks, stack, { what, kind, jobId, since: performance.now() });
  if (notice === null) return null;
  await checks.check({
    what: before === null ? "and who is on call, where it is day" : "and the next one who is on call, where it is day",
    limitMs: NOTICE_MS,
    run: async () => {
      const { on_call: person } = notice;
      if (person === null) return fail("it names nobody");
      const { name, tz, local_time: localTime, on_duty: onDuty } = person;
      if (!onDuty) return fail(`${name} is not on duty`);
      if (name === before?.on_call?.name) return fail(`it names ${name} again`);
      const there = timeIn(tz, Date.now() + aheadMs);
      if (!there.includes(localTime)) return fail(`it is ${there.at(-1)} in ${tz}, not ${localTime}`);
      return ok({ found: null, saw: `${name}, where it is ${localTime} (${tz})` });
    },
  });
  return notice;
}

/** Such as `Sat 10:00`; a message may be a minute old. */
function timeIn(timeZone: string, atMs: number): readonly string[] {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return [atMs - 60_000, atMs].map((ms) => format.format(ms).replace(",", ""));
}

interface Overdue {
  readonly jobId: string;
  readonly question: string;
  readonly overdue: Notice;
  readonly follower: Follower;
}

async function answered(
  checks: Checks,
  stack: LocalStack,
  { jobId, question, overdue, follower }: Overdue,
): Promise<void> {
  const { lisbon, inbox } = stack;
  const text = `Yes, send it. ${crypto.randomUUID()}`;
  const since = await checks.check({
    what: "a human opens the notice's link, which changes nothing, and answers",
    limitMs: ANSWER_MS,
    run: async (signal) => {
      const link = overdue.links.find(({ label }) => label === "Answer it");
      if (link === undefined) return fail("the notice has no such link");
      const form = await openLink(link.url, question, signal);
      if (!form.ok) return form;
      const { status } = await lisbon.job(jobId, signal);
      if (status !== "waiting_for_human") return fail(`after the link was opened its job is ${status}`);
      const began = performance.now();
      const sent = await sendForm(form.value, text, signal);
      return sent.ok ? ok({ found: began }) : sent;
    },
  });
  if (since === null) return;

  await checks.check({
    what: "its follower, back with Last-Event-ID, has the answer",
    limitMs: HANDED_OVER_MS,
    run: async () => {
      const answer = await follower.answer;
      if (answer === null) return fail("its stream ended without an answer");
      return textOf(answer.body) === text
        ? ok({ found: null, ms: Math.max(0, answer.at - since) })
        : fail(`another answer: ${JSON.stringify(answer.body)}`);
    },
  });
  await checks.check({
    what: "the caller's server is called back, signed",
    limitMs: HANDED_OVER_MS,
    run: async (signal) => {
      await until(() => (inbox.callbacks(jobId).length > 0 ? true : null), signal);
      const ms = performance.now() - since;
      const [callback] = inbox.callbacks(jobId);
      return JSON.stringify(callback).includes(text) ? ok({ found: null, ms }) : fail("without the answer");
    },
  });
  await checks.check({
    what: "GET /v1/jobs/:id says who answered",
    limitMs: HANDED_OVER_MS,
    run: async (signal) => {
      const job = await lisbon.job(jobId, signal);
      const said = `${job.status}, answered_by ${job.answered_by}`;
      return job.status === "answered" && job.answered_by === "human" ? ok({ found: null, saw: said }) : fail(said);
    },
  });
}
