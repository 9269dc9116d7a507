/** A drill in words: its time line, what users saw, and the report to keep. */
import { type Figures, type Verdict, seconds } from "./judge.ts";
import { type Observed, OUTCOMES, type SeenEvent } from "./observed.ts";
import { describeFault, type NamedScenario } from "./scenario.ts";

export interface Told {
  readonly scenario: NamedScenario;
  readonly where: string;
  /** ISO. */
  readonly at: string;
  readonly observed: Observed;
  readonly verdict: Verdict;
}

export function eventText({ atMs, kind, text }: SeenEvent): string {
  return `${seconds(atMs).padStart(8)}  ${kind.padEnd(7)}  ${text}`;
}

export function summaryText({ scenario, verdict }: Told): string {
  const { checks, alerts, held } = verdict;
  const lines = checks.map(({ ok, what, expected, saw }) => `${ok ? "ok  " : "MISS"}  ${what}: ${saw} (${expected})`);
  const others = alerts.filter(({ expected }) => !expected).map(({ kind, atMs }) => `${kind} ${seconds(atMs ?? 0)}`);
  return [
    "",
    "What users saw",
    ...usersSaw(verdict.figures).map(([what, count]) => `  ${what.padEnd(36)} ${count}`),
    "",
    ...lines,
    ...(others.length > 0 ? [`      other alerts: ${others.join(", ")}`] : []),
    "",
    `The drill ${scenario.name} ${held ? "HELD" : "FAILED"}.`,
  ].join("\n");
}

function usersSaw({ calls, by, p50Ms, p95Ms, longestMs, finished }: Figures): readonly (readonly [string, string])[] {
  return [
    ["calls", String(calls)],
    ...OUTCOMES.map((outcome) => [WORDS[outcome], String(by[outcome])] as const),
    ["parked calls finished", String(finished)],
    [
      "p50 / p95 of what was answered",
      `${p50Ms === null ? "-" : seconds(p50Ms)} / ${p95Ms === null ? "-" : seconds(p95Ms)}`,
    ],
    ["longest wait", seconds(longestMs)],
  ];
}

const WORDS = {
  hot: "answered by Hot",
  warm: "answered by Warm",
  degraded: "answered by a degraded step",
  queued: "parked",
  refused: "refused",
  broken: "broke off, and said so",
  half: "half answers shown as whole",
  lost: "lost without a word",
} as const;

/** Markdown. Holds no key, no prompt and no answer. */
export function reportText({ scenario, where, at, observed, verdict }: Told): string {
  const { faults, load } = scenario;
  return [
    `# Drill: ${scenario.title}`,
    "",
    `${at}, against ${where}. **${verdict.held ? "Held" : "FAILED"}.**`,
    "",
    scenario.what,
    "",
    ...faults.map((each) => `- ${each.fromSecond} s to ${each.toSecond} s: ${cell(describeFault(each))}`),
    `- load: ${load.perSecond} calls/s for ${scenario.seconds} s, ${load.streamed} % streamed, model \`${load.model}\``,
    "",
    "## What users saw",
    "",
    ...table(["", ""], usersSaw(verdict.figures)),
    "",
    "## Expectations",
    "",
    ...table(
      ["what", "expected", "seen", ""],
      verdict.checks.map(({ what, expected, saw, ok }) => [what, expected, saw, ok ? "ok" : "**miss**"]),
    ),
    "",
    "## Alerts",
    "",
    ...table(
      ["alert", "expected", "fired after", "brought by"],
      verdict.alerts.map(({ kind, expected, atMs, broughtBy }) => [
        kind,
        expected ? "yes" : "",
        atMs === null ? "**never**" : seconds(atMs),
        broughtBy.join(", "),
      ]),
    ),
    "",
    "## Time line",
    "",
    ...table(
      ["after", "", "what"],
      observed.events.map(({ atMs, kind, text }) => [seconds(atMs), kind, text]),
    ),
    "",
    "## Notes",
    "",
    "What was learnt, what is to change, and who does it:",
    "",
  ].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`);
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
}
