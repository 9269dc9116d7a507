import { fromNow } from "../screen/moments.ts";
import type { Paint } from "../screen/paint.ts";
import { harmless, shortened } from "../screen/table.ts";
import { countsLine } from "./job-lines.ts";
import { pauseLines } from "./pause.ts";
import { routeLines } from "./routes.ts";
import type { Status } from "./status.ts";
import { dollars } from "./tenant-lines.ts";
import { watchdogLines } from "./watch-lines.ts";

/** With more, only those in trouble are listed. */
const MOST_ROUTES = 12;
const MOST_BUDGETS = 5;

export function statusLines(status: Status, nowMs: number, paint: Paint): readonly string[] {
  const { url, serving, attention } = status;
  return [
    `${harmless(url)} is ${serving ? paint("good", "serving") : paint("bad", "NOT serving")}`,
    ...attention.map((line) => `${paint(serving ? "warn" : "bad", "  look at")}  ${harmless(line)}`),
    ...(attention.length === 0 ? ["  nothing needs you"] : []),
    "",
    ...routesPart(status, nowMs, paint),
    "",
    ...pauseLines(status.pauses, nowMs, paint),
    ...budgetLines(status, paint),
    jobsLine(status, nowMs),
    ...watchdogLines(status.watch, nowMs),
    ...noticeLines(status, nowMs, paint),
  ];
}

function routesPart({ routes }: Status, nowMs: number, paint: Paint): readonly string[] {
  if (routes.length <= MOST_ROUTES) return routeLines(routes, nowMs, paint);
  const troubled = routes.filter(({ state }) => state !== "serving" && state !== "off" && state !== "warm_off");
  const shown = troubled.slice(0, MOST_ROUTES);
  const all = routeLines(routes, nowMs, paint).at(-1) ?? "";
  return [
    // Without its own last line, which counts those that are shown.
    ...(shown.length === 0 ? [] : routeLines(shown, nowMs, paint).slice(0, -1)),
    `${all} (npx lisbon routes)`,
  ];
}

function budgetLines({ budgets }: Status, paint: Paint): readonly string[] {
  if (budgets.length === 0) return ["No budget of money is in use."];
  const lines = budgets.slice(0, MOST_BUDGETS).map(({ scope, limitUsd, usedUsd, percent }) => {
    const used = paint(percent >= 100 ? "bad" : percent >= 80 ? "warn" : "good", `${percent} %`);
    return `Budget of ${harmless(scope)}: ${used}, ${dollars(usedUsd)} of ${dollars(limitUsd)}`;
  });
  const more = budgets.length - MOST_BUDGETS;
  return more > 0 ? [...lines, `and ${more} more: npx lisbon tenants limits`] : lines;
}

function jobsLine({ jobs }: Status, nowMs: number): string {
  const { counts, oldestAt } = jobs;
  const oldest = oldestAt === null ? "" : `; the oldest that waits: ${fromNow(Date.parse(oldestAt), nowMs)}`;
  return `${countsLine(counts)}${oldest}`;
}

function noticeLines({ notices, onCall }: Status, nowMs: number, paint: Paint): readonly string[] {
  const who = onCall === null ? [] : [`On call: ${harmless(onCall)}`];
  if (notices.length === 0) return [...who, "No notice was sent yet."];
  return [
    ...who,
    "Last notices:",
    // A title says itself how often it was told.
    ...notices.map(({ at, title, undelivered }) => {
      const lost = undelivered.length === 0 ? "" : paint("bad", ` (not at ${undelivered.map(harmless).join(", ")})`);
      return `  ${fromNow(Date.parse(at), nowMs)}: ${shortened(harmless(title), 60)}${lost}`;
    }),
  ];
}
