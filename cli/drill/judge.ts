/** From what was seen to a verdict. Pure: the same drill is judged the same way twice. */
import type { NoticeKind } from "../../src/domain/notice.ts";
import type { CallOutcome, Observed, SeenCall } from "./observed.ts";
import type { Scenario } from "./scenario.ts";

export interface Check {
  readonly what: string;
  readonly expected: string;
  readonly saw: string;
  readonly ok: boolean;
}

export interface Alert {
  readonly kind: NoticeKind;
  /** Null: it did not fire. */
  readonly atMs: number | null;
  readonly broughtBy: readonly string[];
  readonly expected: boolean;
}

export interface Figures {
  readonly calls: number;
  readonly by: Readonly<Record<CallOutcome, number>>;
  /** Of the calls that were answered at once; null: none was. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** Of any call, until whatever it got. */
  readonly longestMs: number;
  /** Parked calls that were answered in the end. */
  readonly finished: number;
}

export interface Verdict {
  readonly held: boolean;
  readonly checks: readonly Check[];
  readonly alerts: readonly Alert[];
  readonly figures: Figures;
}

export function judge({ expect }: Pick<Scenario, "expect">, observed: Observed): Verdict {
  const figures = figuresOf(observed);
  const { by, calls } = figures;
  const share = (count: number): number => (calls === 0 ? 0 : (100 * count) / calls);
  const atLeast = (what: string, least: number, count: number): Check => ({
    what,
    expected: `at least ${least} %`,
    saw: percentText(share(count)),
    ok: calls > 0 && share(count) >= least,
  });
  const alerts = alertsOf(expect.notices, observed);
  const waiting = observed.jobs.filter(({ status }) => status !== "answered");
  const checks: Check[] = [
    atLeast("answered at once", expect.answeredPercent, by.hot + by.warm + by.degraded),
    ...(expect.hotPercent === undefined ? [] : [atLeast("answered by Hot", expect.hotPercent, by.hot)]),
    ...(expect.warmPercent === undefined ? [] : [atLeast("answered by Warm", expect.warmPercent, by.warm)]),
    {
      what: "refused",
      expected: `at most ${expect.refusedPercent} %`,
      saw: percentText(share(by.refused)) + firstOf(observed.calls, "refused"),
      ok: share(by.refused) <= expect.refusedPercent,
    },
    ...(expect.queued === undefined ? [] : [countCheck("parked", expect.queued, by.queued)]),
    ...(expect.p95Ms === undefined ? [] : [within("p95", expect.p95Ms, figures.p95Ms)]),
    ...(expect.longestMs === undefined ? [] : [within("the longest wait", expect.longestMs, figures.longestMs)]),
    none("half answers shown as whole", by.half, firstOf(observed.calls, "half")),
    none("lost without a word", by.lost, firstOf(observed.calls, "lost")),
    none("parked and not finished", waiting.length, `: ${waiting.map(({ jobId, status }) => `${jobId} ${status}`)[0]}`),
    none("circuits open at the end", observed.stillOpen.length, `: ${observed.stillOpen.join(", ")}`),
    ...alerts.filter(({ expected }) => expected).map(alertCheck),
    ...observed.problems.map((problem) => ({ what: "the drill itself", expected: "runs", saw: problem, ok: false })),
  ];
  return { held: checks.every((check) => check.ok), checks, alerts, figures };
}

function figuresOf({ calls, jobs }: Observed): Figures {
  const by = { hot: 0, warm: 0, degraded: 0, queued: 0, refused: 0, broken: 0, half: 0, lost: 0 };
  for (const { outcome } of calls) by[outcome]++;
  const times = calls
    .filter(({ outcome }) => outcome === "hot" || outcome === "warm" || outcome === "degraded")
    .map(({ tookMs }) => tookMs)
    .toSorted((a, b) => a - b);
  return {
    calls: calls.length,
    by,
    p50Ms: percentile(times, 50),
    p95Ms: percentile(times, 95),
    longestMs: Math.max(0, ...calls.map(({ tookMs }) => tookMs)),
    finished: jobs.filter(({ status }) => status === "answered").length,
  };
}

/** Of sorted values, the nearest rank. */
function percentile(sorted: readonly number[], percent: number): number | null {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}

function alertsOf(expected: readonly NoticeKind[], { notices }: Observed): readonly Alert[] {
  const kinds = [...new Set([...expected, ...notices.map(({ kind }) => kind)])];
  return kinds.map((kind) => {
    const seen = notices.filter((notice) => notice.kind === kind).toSorted((a, b) => a.atMs - b.atMs);
    const first = seen.find(({ broughtBy }) => broughtBy.length > 0) ?? seen[0];
    return {
      kind,
      atMs: first?.atMs ?? null,
      broughtBy: first?.broughtBy ?? [],
      expected: expected.includes(kind),
    };
  });
}

function alertCheck({ kind, atMs, broughtBy }: Alert): Check {
  const saw =
    atMs === null
      ? "it did not fire"
      : broughtBy.length === 0
        ? "raised, and nobody has brought it"
        : `after ${seconds(atMs)}: ${broughtBy.join(", ")}`;
  return { what: `the alert ${kind}`, expected: "arrives", saw, ok: atMs !== null && broughtBy.length > 0 };
}

function within(what: string, mostMs: number, ms: number | null): Check {
  const saw = ms === null ? "nothing was answered" : seconds(ms);
  return { what, expected: `at most ${seconds(mostMs)}`, saw, ok: ms !== null && ms <= mostMs };
}

function none(what: string, count: number, detail: string): Check {
  return { what, expected: "0", saw: count === 0 ? "0" : `${count}${detail}`, ok: count === 0 };
}

function countCheck(what: string, least: number, count: number): Check {
  return { what, expected: `at least ${least}`, saw: String(count), ok: count >= least };
}

function firstOf(calls: readonly SeenCall[], outcome: CallOutcome): string {
  const first = calls.find((call) => call.outcome === outcome);
  return first === undefined ? "" : ` (first after ${seconds(first.atMs)}: ${first.detail})`;
}

function percentText(share: number): string {
  return `${share.toFixed(1)} %`;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
