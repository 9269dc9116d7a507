import { JOB_STATES } from "../../src/jobs/job.ts";
import type { JobState } from "../../src/jobs/job.ts";
import type { JobEntry, JobView } from "../admin-schemas.ts";
import { fromNow, isoOf } from "../screen/moments.ts";
import type { Paint, Style } from "../screen/paint.ts";
import { count, harmless, shortened, table } from "../screen/table.ts";

const STYLES = {
  stored: "dim",
  queued: "warn",
  running: "good",
  waiting_for_human: "warn",
  answered: "good",
  dead: "bad",
  cancelled: "dim",
} as const satisfies Record<JobState, Style>;

/** For programs. */
export function jobRow(job: JobEntry): object {
  const { id, state, tenant, kind, model, attempts, reason } = job;
  const { createdAtMs, updatedAtMs, nextRunAtMs, dueAtMs } = job;
  const times = {
    createdAt: isoOf(createdAtMs),
    updatedAt: isoOf(updatedAtMs),
    nextRunAt: isoOf(nextRunAtMs),
    dueAt: isoOf(dueAtMs),
  };
  return { id, state, tenant, kind, model, attempts, reason, ...times };
}

/** For programs; neither prompt nor answer. */
export function viewRow(job: JobView): object {
  const { answeredBy, route, erased, history } = job;
  return {
    ...jobRow({ ...job, reason: history.at(-1)?.reason ?? "" }),
    answeredBy,
    route,
    erased,
    history: history.map(({ atMs, state, reason, times = 1 }) => ({ at: isoOf(atMs), state, reason, times })),
  };
}

export function jobListLines(jobs: readonly JobEntry[], nowMs: number, paint: Paint): readonly string[] {
  if (jobs.length === 0) return ["No such jobs."];
  const cells = jobs.map(({ id, state, createdAtMs, attempts }) => [
    state === null ? "-" : paint(STYLES[state], state),
    fromNow(createdAtMs, nowMs),
    String(attempts),
    id,
  ]);
  const [head = "", ...lines] = table([["STATE", "STORED", "TRIES", "JOB"], ...cells], [2]);
  return [paint("dim", head), ...lines.flatMap((line, at) => [line, paint("dim", `  ${aboutLine(jobs[at], nowMs)}`)])];
}

function aboutLine(job: JobEntry | undefined, nowMs: number): string {
  if (job === undefined) return "";
  const { state, kind, tenant, nextRunAtMs, dueAtMs, reason } = job;
  const parts = [
    harmless(tenant === "default" ? kind : `${kind} of ${tenant}`),
    ...(dueAtMs === null ? [] : [`due ${fromNow(dueAtMs, nowMs)}`]),
    ...(nextRunAtMs === null ? [] : [`next try ${fromNow(nextRunAtMs, nowMs)}`]),
    ...(reason === "" || state === "answered" ? [] : [harmless(reason)]),
  ];
  return shortened(parts.join("; "), 76);
}

/** `3 queued, 1 dead`, in the order of a job's life. */
export function countsLine(counts: Readonly<Partial<Record<JobState, number>>>): string {
  const parts = JOB_STATES.flatMap((state) => (counts[state] ? [`${counts[state]} ${state}`] : []));
  return parts.length === 0 ? "There are no jobs." : `All jobs: ${parts.join(", ")}`;
}

export function jobLines(job: JobView, nowMs: number, paint: Paint): readonly string[] {
  const { id, state, tenant, kind, model, attempts, createdAtMs, nextRunAtMs, dueAtMs, route } = job;
  const facts = [
    ["state", paint(STYLES[state], state)],
    ["stored", `${isoOf(createdAtMs)} (${fromNow(createdAtMs, nowMs)})`],
    ["tenant", harmless(tenant)],
    ["kind", harmless(kind)],
    ["model", harmless(model)],
    ["tries", count(attempts, "attempt")],
    ...(nextRunAtMs === null ? [] : [["next try", fromNow(nextRunAtMs, nowMs)]]),
    ...(dueAtMs === null ? [] : [["due", fromNow(dueAtMs, nowMs)]]),
    ...(route === null ? [] : [["answered by", harmless(route)]]),
    ...(job.erased ? [["erased", "prompt and answer are gone"]] : []),
  ];
  return [
    paint("bold", id),
    ...table(facts.map(([name = "", value = ""]) => [`  ${name}`, value])),
    "",
    ...job.history.map(
      ({ atMs, state: then, reason, times = 1 }) =>
        `${isoOf(atMs)?.slice(0, 19)}Z  ${then}${reason === "" ? "" : `: ${shortened(harmless(reason), 160)}`}${times > 1 ? ` (${times} times)` : ""}`,
    ),
    ...nextSteps(job),
  ];
}

function nextSteps({ id, state }: JobView): readonly string[] {
  if (state === "waiting_for_human") return ["", `npx lisbon jobs answer ${id} "…"`];
  if (state !== "dead") return [];
  return ["", `npx lisbon jobs retry ${id}`, `npx lisbon jobs answer ${id} "…"`];
}
