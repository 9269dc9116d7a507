/**
 * `lisbon drill`: plays a scenario of `drills/` on this machine, or with
 * `--url` at a staging that allows faults, and says whether it was borne.
 * Exit code 0: what was expected came true; 1: it did not; 2: it was not run.
 */
import { writeFileSync } from "node:fs";
import { deployedDrillStage, type DrillStage, localDrillStage } from "./drill/drill-stage.ts";
import { judge } from "./drill/judge.ts";
import { runDrill } from "./drill/run-drill.ts";
import { type NamedScenario, readScenario, scaledTo, shippedScenarios } from "./drill/scenario.ts";
import { eventText, reportText, summaryText } from "./drill/tell.ts";
import { Cleanup } from "./lisbon-test/cleanup.ts";
import { fail, ok, type Result } from "../src/lib/result.ts";

export interface DrillOptions {
  readonly scenario: string | undefined;
  readonly list?: true;
  readonly url?: string;
  readonly apiKey?: string;
  readonly adminKey?: string;
  readonly seconds?: string;
  readonly json?: true;
  readonly report?: string;
  readonly log?: true;
}

const HELP = "npx lisbon drill --help says what it takes.";
const GIVE_KEYS = "Give both, or set LISBON_API_KEY and LISBON_ADMIN_KEY.";
const NOT_RUN = 2;
const INTERRUPTED = 130;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The exit code. */
export async function drill(options: DrillOptions): Promise<number> {
  if (options.list) return list(options);
  const scenario = scenarioOf(options);
  if (!scenario.ok) return notRun(scenario.failure, options);

  const cleanup = new Cleanup();
  const interruption = new AbortController();
  const onSignal = (): void => {
    interruption.abort();
    void cleanup.run().finally(() => process.exit(INTERRUPTED));
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    const stage = await stageOf(options, scenario.value, cleanup);
    if (!stage.ok) return notRun(stage.failure, options);
    return await play(scenario.value, stage.value, options, interruption.signal);
  } catch (cause) {
    return notRun({ why: cause instanceof Error ? cause.message : String(cause), next: HELP }, options);
  } finally {
    await cleanup.run();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

function list({ json }: DrillOptions): number {
  const all = shippedScenarios().map((name) => ({ name, read: readScenario(name) }));
  if (json) {
    const scenarios = all.flatMap(({ name, read }) =>
      read.ok ? [{ name, title: read.value.title, seconds: read.value.seconds }] : [],
    );
    console.log(JSON.stringify({ ok: true, scenarios }, null, 2));
    return 0;
  }
  for (const { name, read } of all) {
    console.log(read.ok ? `${name.padEnd(14)} ${read.value.title} (${read.value.seconds} s)` : read.failure);
  }
  return 0;
}

/** Why not, and what to do about it. */
interface NotRun {
  readonly why: string;
  readonly next: string;
}

function notRun({ why, next }: NotRun, { json }: DrillOptions): number {
  const error = { code: "not_run", message: `The drill was not run: ${why}.`, next };
  if (json) console.log(JSON.stringify({ ok: false, error }, null, 2));
  else console.error(`${error.message}\n${next}`);
  return NOT_RUN;
}

function scenarioOf({ scenario, seconds }: DrillOptions): Result<NamedScenario, NotRun> {
  const next = "npx lisbon drill --list says what there is.";
  if (scenario === undefined) return fail({ why: "no scenario was named", next });
  const read = readScenario(scenario);
  if (!read.ok) return fail({ why: read.failure, next });
  if (seconds === undefined) return read;
  const length = Number(seconds);
  if (!(length >= 1 && length <= 600))
    return fail({ why: `--seconds ${seconds} is no length`, next: "A number from 1 to 600: --seconds 60" });
  return ok(scaledTo(length, read.value));
}

async function stageOf(
  { url, apiKey, adminKey, log }: DrillOptions,
  { name, faults }: NamedScenario,
  cleanup: Cleanup,
): Promise<Result<DrillStage, NotRun>> {
  if (url === undefined) return ok(await localDrillStage(cleanup, (line) => log && console.error(line)));
  if (!URL.canParse(url)) return fail({ why: `--url ${url} is no URL`, next: "Give one such as --url https://…" });
  if (!apiKey || !adminKey)
    return fail({ why: "a deployment is drilled with --api-key and --admin-key", next: GIVE_KEYS });
  const away = faults.find((fault) => "away" in fault);
  if (away !== undefined) {
    const why = `${name} takes a service away, which nobody can do to a deployment from outside`;
    return fail({ why, next: `npx lisbon drill ${name}, without --url` });
  }
  const address = { url: url.replace(/\/+$/, ""), apiKey, adminKey, budgetSecret: null };
  const stage = await deployedDrillStage(address, cleanup);
  return stage.ok
    ? stage
    : fail({ why: `${address.url}: ${stage.failure}`, next: "docs/drills.md says what a staging needs." });
}

async function play(
  scenario: NamedScenario,
  stage: DrillStage,
  { json, report }: DrillOptions,
  interrupted: AbortSignal,
): Promise<number> {
  // With --json the one thing on stdout is the result.
  const say = (line: string): void => (json ? console.error(line) : console.log(line));
  say(`${scenario.title}: ${scenario.what}\nOn ${stage.where}, for ${scenario.seconds} s.\n`);
  const at = new Date().toISOString();
  const observed = await runDrill(scenario, stage, (event) => say(eventText(event)), interrupted);
  // Whoever interrupted it wants no verdict.
  if (interrupted.aborted) return INTERRUPTED;
  const verdict = judge(scenario, observed);
  const told = { scenario, where: stage.where, at, observed, verdict };
  say(summaryText(told));
  const file = report ?? `drill-${scenario.name}-${at.slice(0, 10)}.md`;
  writeFileSync(file, reportText(told));
  say(`The report is in ${file}.`);
  if (json) console.log(JSON.stringify({ ok: verdict.held, ...told }, null, 2));
  return verdict.held ? 0 : 1;
}
