/** A plan for people: tables and bars within 80 columns. */
import { chanceWords, perMonthWords } from "../../planner/missed-words.ts";
import { INPUT_NAMES } from "../../planner/inputs.ts";
import type { PlanInputs } from "../../planner/inputs.ts";
import { COSTS } from "../../planner/outputs.ts";
import type { OutputName } from "../../planner/outputs.ts";
import type { Plan } from "../../planner/plan.ts";

export const WIDTH = 80;
const NAME_WIDTH = 34;
const NUMBER_WIDTH = 16;
const BAR_WIDTH = WIDTH - 2 - NAME_WIDTH - 1 - NUMBER_WIDTH - 2;

const COST_WORDS: Readonly<Record<(typeof COSTS)[number], string>> = {
  hotUsd: "Hot: providers",
  warmUsd: "Warm: providers",
  redisUsd: "Redis",
  qstashUsd: "QStash",
  workersUsd: "Workers",
  objectsUsd: "Durable Objects",
};

export function describePlan(file: string, inputs: PlanInputs, plan: Plan): readonly string[] {
  const { outputs, routes, kinds } = plan;
  const used = kinds.filter(({ requests }) => requests > 0);
  const { monthlyRequests } = inputs.general;
  return [
    ...wrapped(`${file}: ${whole(monthlyRequests.value)} requests a month (${monthlyRequests.source})`, ""),
    "",
    row("Cost", "$/month", ""),
    ...bars(
      COSTS.map((name) => ({ name: COST_WORDS[name], value: outputs[name] })),
      money,
    ),
    row("  all", money(outputs.totalUsd), ""),
    row("  for 1,000 requests", money(outputs.usdPer1000Requests), ""),
    "",
    row("Cost by route", "$/month", ""),
    ...bars(
      routes.map(({ id, usd }) => ({ name: id, value: usd })),
      money,
    ),
    "",
    row("Time to the answer, p95 with retries", "ms", ""),
    ...bars(
      used.map(({ kind, p95Ms }) => ({ name: kind, value: p95Ms })),
      whole,
    ),
    "",
    row("Deadline missed: Hot and Warm fail", "of the calls", ""),
    ...bars(
      used.map(({ kind, missedPercent }) => ({ name: kind, value: missedPercent })),
      chanceWords,
    ),
    row(
      "  all",
      chanceWords(outputs.missedPercent),
      outputs.missedPerMonth > 0 ? perMonthWords(outputs.missedPerMonth) : "",
    ),
    "",
    ...AMOUNTS.map(([name, words, unit]) => row(words, rough(outputs[name]), unit)),
    "",
    ...assumedLines(inputs),
  ];
}

const AMOUNTS: readonly (readonly [OutputName, string, string])[] = [
  ["jobs", "Parked calls", "a month"],
  ["redisCommands", "Redis commands", "a month"],
  ["qstashMessages", "QStash messages", "a month"],
  ["workerRequests", "Worker requests", "a month"],
  ["objectRequests", "Durable Object requests", "a month"],
  ["switchboardPeak", "At the switchboard, at the peak", "a second, of about 1,000"],
];

interface Bar {
  readonly name: string;
  readonly value: number;
}

function bars(given: readonly Bar[], worded: (value: number) => string): readonly string[] {
  const most = Math.max(...given.map(({ value }) => value), 0);
  return given.map(({ name, value }) => {
    const length = most === 0 ? 0 : Math.round((value / most) * BAR_WIDTH);
    return row(`  ${name}`, worded(value), "█".repeat(value > 0 ? Math.max(1, length) : 0));
  });
}

function row(name: string, number: string, rest: string): string {
  const room = NAME_WIDTH + 2;
  const shown = name.length > room ? `${name.slice(0, room - 1)}…` : name;
  return `${shown.padEnd(room)} ${number.padStart(NUMBER_WIDTH)}  ${rest}`.trimEnd();
}

/** What nobody has said or measured: the first things to look at. */
function assumedLines({ general, kinds, routes }: PlanInputs): readonly string[] {
  const names = [
    ...INPUT_NAMES.filter((name) => assumed(general[name].source)),
    ...assumedIn(kinds).map((field) => `kind.*.${field}`),
    ...assumedIn(routes).map((field) => `route.*.${field}`),
  ];
  if (names.length === 0) return [];
  return wrapped(`Assumed, change with --set name=value, or measure with --url: ${names.join(", ")}.`, "  ");
}

function assumedIn(
  named: readonly { readonly fields: Readonly<Record<string, { readonly source: string }>> }[],
): readonly string[] {
  const fields = named.flatMap((each) => Object.entries(each.fields));
  return [...new Set(fields.flatMap(([field, { source }]) => (assumed(source) ? [field] : [])))];
}

function assumed(source: string): boolean {
  return source === "assumed" || source.startsWith("unknown");
}

/** Broken between words, further lines indented. */
function wrapped(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function money(value: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function rough(value: number): string {
  return value >= 10 || value === 0 ? whole(value) : value.toPrecision(2);
}
