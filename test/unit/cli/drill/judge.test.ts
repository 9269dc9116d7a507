import { describe, expect, it } from "vitest";
import { judge, type Verdict } from "../../../../cli/drill/judge.ts";
import type { CallOutcome, Observed, SeenCall } from "../../../../cli/drill/observed.ts";
import { Scenario } from "../../../../cli/drill/scenario.ts";
import { reportText } from "../../../../cli/drill/tell.ts";

const calm: Observed = { calls: [], events: [], notices: [], jobs: [], stillOpen: [], problems: [] };

describe("a drill holds", () => {
  it("where everything that was expected came true", () => {
    const notices = [{ kind: "cold", atMs: 900, title: "t", broughtBy: ["Slack"] }] as const;
    const verdict = judged(
      {
        answeredPercent: 75,
        hotPercent: 50,
        warmPercent: 25,
        queued: 1,
        p95Ms: 300,
        longestMs: 400,
        notices: ["cold"],
      },
      {
        calls: [call("hot", 100), call("hot", 200), call("warm", 300), call("queued", 400, "job_1")],
        jobs: [{ jobId: "job_1", status: "answered" }],
        notices,
      },
    );

    expect(missed(verdict)).toEqual([]);
    expect(verdict.held).toBe(true);
    expect(verdict.figures).toMatchObject({ calls: 4, p50Ms: 200, p95Ms: 300, longestMs: 400, finished: 1 });
  });
});

describe("a drill fails", () => {
  it.each<[string, Record<string, unknown>, Partial<Observed>]>([
    ["answered at once", {}, { calls: [] }],
    ["answered at once", { answeredPercent: 80 }, { calls: [call("hot"), call("queued")] }],
    ["answered by Warm", { warmPercent: 51 }, { calls: [call("hot"), call("warm")] }],
    ["answered by Hot", { hotPercent: 51 }, { calls: [call("hot"), call("warm")] }],
    ["refused", {}, { calls: [call("hot"), call("refused")] }],
    ["parked", { queued: 1 }, { calls: [call("hot")] }],
    ["p95", { p95Ms: 99 }, { calls: [call("hot", 100)] }],
    ["the longest wait", { longestMs: 99 }, { calls: [call("hot"), call("queued", 100)] }],
    ["half answers shown as whole", {}, { calls: [call("hot"), call("half")] }],
    ["lost without a word", {}, { calls: [call("hot"), call("lost")] }],
    ["parked and not finished", {}, { jobs: [{ jobId: "job_1", status: "dead" }] }],
    ["circuits open at the end", {}, { stillOpen: ["hot/a"] }],
    ["the alert cold", { notices: ["cold"] }, {}],
    ["the alert cold", { notices: ["cold"] }, { notices: [{ kind: "cold", atMs: 1, title: "", broughtBy: [] }] }],
    ["the drill itself", {}, { problems: ["POST /admin/chaos answered 500"] }],
  ])("%s, and by nothing else", (what, expected, observed) => {
    const verdict = judged(expected, { calls: [call("hot", 1)], ...observed });

    expect(missed(verdict)).toEqual([what]);
    expect(verdict.held).toBe(false);
  });
});

it("an alert that nobody expected is told, and judged by nobody", () => {
  const notices = [{ kind: "setup", atMs: 5, title: "", broughtBy: ["Slack"] }] as const;
  const verdict = judged({}, { calls: [call("hot")], notices });

  expect(verdict.held).toBe(true);
  expect(verdict.alerts).toEqual([{ kind: "setup", atMs: 5, broughtBy: ["Slack"], expected: false }]);
});

it("a report says what failed, in a table that its own words do not break", () => {
  const observed = { ...calm, calls: [call("lost")] };
  const scenario = { ...scenarioWith({}), name: "own" };
  const verdict = judge(scenario, observed);
  const report = reportText({ scenario, where: "here", at: "2026-11-21T10:00:00Z", observed, verdict });

  expect(report).toContain("**FAILED.**");
  expect(report).toContain("| lost without a word | 0 | 1 (first after 0.0 s: one \\| two) | **miss** |");
});

function call(outcome: CallOutcome, tookMs: number = 1, jobId: string | null = null): SeenCall {
  return { atMs: 0, tookMs, streamed: false, outcome, jobId, detail: "one | two" };
}

function scenarioWith(expected: Record<string, unknown>): Scenario {
  return Scenario.parse({
    title: "t",
    what: "w",
    seconds: 10,
    load: { perSecond: 1, streamed: 0 },
    faults: [{ away: "redis", fromSecond: 1, toSecond: 2 }],
    expect: { answeredPercent: 50, ...expected },
  });
}

/** Half of the calls are to be answered where nothing else is said. */
function judged(expected: Record<string, unknown>, observed: Partial<Observed>): Verdict {
  return judge(scenarioWith(expected), { ...calm, ...observed });
}

function missed({ checks }: Verdict): readonly string[] {
  return checks.filter(({ ok }) => !ok).map(({ what }) => what);
}
