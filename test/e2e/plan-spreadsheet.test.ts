import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import * as fc from "fast-check";
import { openXlsx, readXlsx, saveXlsx } from "hucre/xlsx";
import type { CellValue } from "hucre/xlsx";
import { afterAll, describe, expect, it } from "vitest";
import { OUTPUT_NAMES } from "../../planner/outputs.ts";
import { hasLibreOffice, recalculate } from "../support/libreoffice.ts";

const folder = mkdtempSync(join(tmpdir(), "lisbon-plan-"));
const office = await hasLibreOffice();

afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!office)("the plan's spreadsheet", () => {
  it("works out in LibreOffice what lisbon plan says of the same inputs", async () => {
    const written = join(folder, "plan.xlsx");
    await lisbonPlan(["--xlsx", written]);
    const samples = fc.sample(someInputs, 3);
    const files = await Promise.all(
      samples.map(async (inputs, index) => {
        const file = join(folder, `changed-${index}.xlsx`);
        writeFileSync(file, await withInputs(readFileSync(written), inputs));
        return file;
      }),
    );

    const recalculated = await recalculate(files, folder);

    for (const [index, inputs] of samples.entries()) {
      const sheets = await readXlsx(readFileSync(join(recalculated, `changed-${index}.xlsx`)));
      const plan = await lisbonPlan(["--json", ...asArguments(inputs)]);
      expect(Object.keys(plan.outputs)).toEqual([...OUTPUT_NAMES]);
      const rows = new Map(rowsOf(sheets, "Outputs"));
      const said = JSON.stringify(inputs);
      for (const [name, value] of Object.entries(plan.outputs)) {
        expectNear(rows.get(name)?.[1], value, `${name} of ${said}`);
      }
      const kinds = headed(sheets, "Kinds");
      for (const { kind, ...fields } of plan.kinds) {
        for (const [name, value] of Object.entries(fields)) {
          expectNear(kinds(kind, titles[name] ?? ""), value, `${kind} ${name} of ${said}`);
        }
      }
      const routes = headed(sheets, "Routes");
      for (const { id, usd, attempts } of plan.routes) {
        expectNear(routes(id, "$/month"), usd, `${id} usd of ${said}`);
        expectNear(routes(id, "Attempts/month"), attempts, `${id} attempts of ${said}`);
      }
    }
  });
});

const titles: Readonly<Record<string, string>> = {
  requests: "Requests/month",
  p95Ms: "p95 with retries, ms",
  missedPercent: "Deadlines missed, %",
  jobs: "Parked/month",
  usd: "Providers, $/month",
};

/** Inputs of every sheet, as the command calls them. */
const share = upTo(100);
const someInputs = fc.record({
  monthlyRequests: upTo(1e8),
  peakPerSecond: upTo(1e4),
  streamedPercent: share,
  sameRouteRetries: fc.integer({ min: 0, max: 3 }),
  maxAttempts: fc.integer({ min: 0, max: 6 }),
  retriedPercent: share,
  repeatPercent: share,
  errorMs: upTo(20_000),
  queueOn: fc.integer({ min: 0, max: 1 }),
  parkedPercent: share,
  backoffMs: upTo(5_000),
  failedBilledPercent: share,
  "kind.draft-email.deadlineSeconds": upTo(60),
  "kind.rag-answer.outputTokens": upTo(1e5),
  "route.hot/anthropic/claude-sonnet-4-6.failurePercent": share,
  "route.warm/openai/gpt-4o-mini.failurePercent": share,
  "route.hot/anthropic/claude-haiku-4-5.p95Ms": upTo(60_000, 1),
  "route.warm/openai/gpt-4o-mini.p50Ms": upTo(20_000, 1),
});
type SomeInputs = typeof someInputs extends fc.Arbitrary<infer Inputs> ? Inputs : never;

/** In hundredths, as people write numbers: what is as good as nothing a spreadsheet takes for nothing. */
function upTo(most: number, least = 0): fc.Arbitrary<number> {
  return fc.integer({ min: least * 100, max: most * 100 }).map((hundredths) => hundredths / 100);
}

async function withInputs(bytes: Uint8Array, inputs: SomeInputs): Promise<Uint8Array> {
  const workbook = await openXlsx(bytes);
  for (const [name, value] of Object.entries(inputs)) {
    const [, list, id, field] = /^(kind|route)\.(.+)\.(\w+)$/.exec(name) ?? [];
    const sheet = workbook.sheets.find(
      (each) => each.name === (list === undefined ? "Inputs" : `${list === "kind" ? "Kind" : "Route"}s`),
    );
    const row = sheet?.rows.find(([first]) => first === (id ?? name));
    const column =
      field === undefined ? 1 : (sheet?.rows[0]?.findIndex((title) => String(title).startsWith(`${field},`)) ?? -1);
    if (row === undefined || column < 0) throw new Error(`the spreadsheet has no cell for ${name}`);
    row[column] = value;
  }
  return await saveXlsx(workbook);
}

function asArguments(inputs: SomeInputs): readonly string[] {
  return Object.entries(inputs).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
}

type Workbook = Awaited<ReturnType<typeof readXlsx>>;

/** Without the heading, by what stands first. */
function rowsOf(workbook: Workbook, name: string): readonly (readonly [CellValue, readonly CellValue[]])[] {
  const rows = workbook.sheets.find((sheet) => sheet.name === name)?.rows ?? [];
  return rows.slice(1).map((row) => [row[0] ?? null, row]);
}

function headed(workbook: Workbook, name: string): (row: string, title: string) => CellValue | undefined {
  const rows = new Map(rowsOf(workbook, name));
  const titled = workbook.sheets.find((sheet) => sheet.name === name)?.rows[0] ?? [];
  return (row, title) => rows.get(row)?.[titled.indexOf(title)];
}

/** Spreadsheets round a difference that is as good as nothing to nothing. */
function expectNear(found: CellValue | undefined, value: number, of: string): void {
  expect(found, of).toBeTypeOf("number");
  expect(Math.abs(Number(found) - value), `${of}: ${String(found)}, not ${value}`).toBeLessThanOrEqual(
    1e-6 + Math.abs(value) * 1e-6,
  );
}

interface Planned {
  readonly outputs: Readonly<Record<string, number>>;
  readonly kinds: readonly ({ readonly kind: string } & Readonly<Record<string, number>>)[];
  readonly routes: readonly { readonly id: string; readonly usd: number; readonly attempts: number }[];
}

async function lisbonPlan(args: readonly string[]): Promise<Planned> {
  const child = spawn(process.execPath, ["cli/lisbon.mjs", "plan", "--json", ...args]);
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  expect(errors).toBe("");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is missing in it fails the comparison
  return JSON.parse(out) as Planned;
}
