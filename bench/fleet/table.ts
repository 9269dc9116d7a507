/** The outcomes as Markdown, so that they can be pasted into docs/scaling.md. */
import { timelineOf, type Trouble } from "./faults.ts";
import { costsOf } from "./prices.ts";
import type { NearAndFar, ObjectLoad, Outcome, Spread } from "./simulate.ts";

export function tablesOf(outcomes: readonly Outcome[]): string {
  const of = (...troubles: readonly Trouble[]): readonly Outcome[] =>
    outcomes.filter(({ scenario }) => troubles.includes(scenario.trouble));
  return [
    section("While nothing is wrong: requests/s (mean / peak second)", CALM, of("hard").map(calm)),
    section("A tenant with a money budget, until it is used up and after", MONEY, of("money").map(money)),
    section("A route falls ill", ILL, of("hard", "slow", "rate-limit", "two-percent").map(ill)),
    section("Back, after it is well", BACK, of("hard", "rate-limit", "slow").map(back)),
    section("The pause is set in Redis by hand", PAUSE, of("pause").map(pause)),
    section("US dollars for a million calls while nothing is wrong", costHeadings(outcomes), of("hard").map(cost)),
  ].join("\n\n");
}

const WHO = ["isolates", "calls/s"];
const CALM = [...WHO, "switchboard", "ledger", "snapshots"];
const MONEY = [...WHO, "switchboard", "ledger", "longest queue", "refused by queue", "budget", "billed", "overspent"];
const ILL = [
  ...WHO,
  "trouble",
  "opened after",
  "left: p50",
  "p99",
  "last",
  "far: p99",
  "last",
  "extra attempts",
  "switchboard",
  "longest queue",
];
const BACK = [...WHO, "trouble", "p50", "p99", "last", "far: p99", "last"];
const PAUSE = [...WHO, "obeyed: p50", "p99", "last", "far: p99", "last", "parked", "switchboard"];

function calm(outcome: Outcome): readonly string[] {
  const { switchboard, ledger } = outcome.calm;
  return [
    ...who(outcome),
    load(switchboard),
    load(ledger),
    `${(outcome.snapshotBytesPerSecond / 1024).toFixed(1)} KiB/s`,
  ];
}

function money(outcome: Outcome): readonly string[] {
  const { troubled, budget, longestQueueMs, refused } = outcome;
  const sums = [budget?.limitMicros, budget?.billedMicros, budget?.overspentMicros].map((micros) => usd(micros ?? 0));
  const loads = [load(troubled.switchboard), load(troubled.ledger)];
  return [...who(outcome), ...loads, seconds(longestQueueMs), String(refused), ...sums];
}

function ill(outcome: Outcome): readonly string[] {
  const { scenario, openedAfterMs, left, extraAttempts, calls, troubled, longestQueueMs } = outcome;
  const extra = `${extraAttempts} in ${calls} calls`;
  return [
    ...who(outcome),
    scenario.trouble,
    openedAfterMs === null ? "never" : seconds(openedAfterMs),
    ...spreads(left, lastedMs(scenario.trouble)),
    extra,
    load(troubled.switchboard),
    seconds(longestQueueMs),
  ];
}

function back(outcome: Outcome): readonly string[] {
  return [...who(outcome), outcome.scenario.trouble, ...spreads(outcome.back, watchedMs(outcome.scenario.trouble))];
}

function pause(outcome: Outcome): readonly string[] {
  return [
    ...who(outcome),
    ...spreads(outcome.paused, Infinity),
    String(outcome.parked),
    load(outcome.troubled.switchboard),
  ];
}

function cost(outcome: Outcome): readonly string[] {
  const costs = costsOf(outcome.calmUse).map(({ usd: each }) => each);
  return [...who(outcome), ...costs, costs.reduce((sum, each) => sum + each, 0)].map((cell) =>
    typeof cell === "number" ? cell.toFixed(2) : cell,
  );
}

function costHeadings([first]: readonly Outcome[]): readonly string[] {
  return [...WHO, ...(first === undefined ? [] : costsOf(first.calmUse).map(({ item }) => item)), "together"];
}

function who({ scenario: { isolates, callsPerSecond } }: Outcome): readonly string[] {
  return [isolates.toLocaleString("en"), callsPerSecond.toLocaleString("en")];
}

function load({ mean, peak }: ObjectLoad): string {
  return `${mean.toFixed(mean < 10 ? 1 : 0)} / ${peak}`;
}

/** How long the route was ill, so that nobody can have been at it for longer. */
function lastedMs(trouble: Trouble): number {
  const { beginsMs, endsMs } = timelineOf(trouble);
  return (endsMs ?? Infinity) - beginsMs;
}

/** How long the run went on after that. */
function watchedMs(trouble: Trouble): number {
  const { overMs, endsMs } = timelineOf(trouble);
  return overMs - (endsMs ?? -Infinity);
}

/** `mostMs`: what is as long as that was not seen to end. */
function spreads(both: NearAndFar | null, mostMs: number): readonly string[] {
  const of = (spread: Spread | null | undefined, which: keyof Spread): string => {
    if (spread === null || spread === undefined) return "–";
    return `${spread[which] > mostMs - NOT_SEEN_MS ? "≥ " : ""}${seconds(spread[which])}`;
  };
  const { near, far } = both ?? {};
  return [of(near, "p50"), of(near, "p99"), of(near, "last"), of(far, "p99"), of(far, "last")];
}

const NOT_SEEN_MS = 1_000;

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

function usd(micros: number): string {
  return `$${(micros / 1e6).toFixed(4)}`;
}

function section(title: string, headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const ruler = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [`**${title}**`, "", line(headings), ruler, ...rows.map(line)].join("\n");
}
