/** `lisbon plan`: what a month costs, how long a call takes and how often a deadline is missed. */
import { writeFileSync } from "node:fs";
import { changeInput } from "../planner/change-input.ts";
import { inputsFromMap } from "../planner/inputs-from-map.ts";
import type { Input, PlanInputs } from "../planner/inputs.ts";
import { withMeasurements } from "../planner/measured.ts";
import { planOf } from "../planner/plan.ts";
import { planSheets } from "../planner/plan-sheets.ts";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import { mapErrorLines } from "./check.ts";
import type { AdminFailure } from "./ask-admin.ts";
import { askLisbon } from "./plan/ask-lisbon.ts";
import { describePlan } from "./plan/describe-plan.ts";
import { readMap } from "./read-map.ts";
import { showEnding } from "./run-command.ts";

export interface PlanOptions {
  readonly map: string;
  /** `name=value` each. */
  readonly set: readonly string[];
  /** A deployment whose measurements are taken. */
  readonly url?: string;
  readonly adminKey?: string;
  readonly json?: true;
  /** A file to write. */
  readonly xlsx?: string;
}

/** Lines about the map, the inputs or the file, or why the deployment gave no answer. */
type Failed = { readonly problems: readonly string[]; readonly next: string } | { readonly unanswered: AdminFailure };

const MAP_NEXT = "npx lisbon check FILE says what a map needs; another one: --map FILE";
const INPUT_NEXT = "npx lisbon plan --json has every input and its value.";

/** The exit code: 1 where the map, an input or the file is not as it must be. */
export async function plan(options: PlanOptions): Promise<number> {
  const inputs = await inputsOf(options);
  if (!inputs.ok) return stop(inputs.failure, options);
  const planned = planOf(inputs.value);
  if (options.xlsx !== undefined) {
    // Only who writes a spreadsheet loads what writes it.
    const { xlsxOf } = await import("../planner/workbook.ts");
    try {
      writeFileSync(options.xlsx, await xlsxOf(planSheets(inputs.value)));
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      const next = "Name a file in a folder that is there: --xlsx plan.xlsx";
      return stop({ problems: [`cannot write ${options.xlsx}: ${message}`], next }, options);
    }
  }
  if (options.json) {
    const said = { ok: true, map: options.map, inputs: shownInputs(inputs.value), ...planned };
    console.log(JSON.stringify(said, null, 2));
  } else {
    console.log(describePlan(options.map, inputs.value, planned).join("\n"));
    if (options.xlsx !== undefined) console.log(`\n${options.xlsx} is written: its outputs follow its inputs.`);
  }
  return 0;
}

/** The map's, then what was measured, then what was set. */
async function inputsOf(options: PlanOptions): Promise<Result<PlanInputs, Failed>> {
  const map = readMap(options.map);
  if (!map.ok) return fail({ problems: mapErrorLines(map.failure), next: MAP_NEXT });
  let inputs = inputsFromMap(map.value);
  if (inputs.routes.length === 0) {
    const problems = [`${options.map}: no route is switched on, so there is nothing to plan`];
    return fail({ problems, next: MAP_NEXT });
  }
  if (options.url !== undefined) {
    const measured = await measuredBy(inputs, options);
    if (!measured.ok) return measured;
    inputs = measured.value;
  }
  const wrong: string[] = [];
  for (const written of options.set) {
    const changed = changeInput(inputs, written);
    if (changed.ok) inputs = changed.value;
    else wrong.push(changed.failure);
  }
  return wrong.length === 0 ? ok(inputs) : fail({ problems: wrong, next: INPUT_NEXT });
}

async function measuredBy(inputs: PlanInputs, { url, adminKey }: PlanOptions): Promise<Result<PlanInputs, Failed>> {
  const asked = await askLisbon(
    { ...(url !== undefined && { url }), ...(adminKey !== undefined && { adminKey }) },
    Date.now(),
  );
  if (!asked.ok) return fail({ unanswered: asked.failure });
  const measured = withMeasurements(inputs, asked.value);
  return measured.ok ? measured : fail({ problems: [measured.failure], next: INPUT_NEXT });
}

function stop(failed: Failed, { json }: PlanOptions): number {
  if ("unanswered" in failed) return showEnding(fail(failed.unanswered), { ...(json && { json }) });
  const { problems, next } = failed;
  if (json) console.log(JSON.stringify({ ok: false, problems, next }, null, 2));
  else console.error([...problems, next].join("\n"));
  return 1;
}

function shownInputs({ general, kinds, routes }: PlanInputs): object {
  return {
    ...general,
    kinds: Object.fromEntries(kinds.map(({ kind, chain, fields }) => [kind, shownFields({ chain }, fields)])),
    routes: Object.fromEntries(routes.map(({ id, tier, fields }) => [id, shownFields({ tier }, fields)])),
  };
}

function shownFields(about: object, fields: Readonly<Record<string, Input>>): object {
  return { ...about, ...fields };
}
