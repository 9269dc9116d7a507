import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "lisbon-plan-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("lisbon plan", () => {
  it("says what a month costs in lines of 80 columns, and what it assumed", async () => {
    const run = await lisbonPlan(["--set", "monthlyRequests=250000", "--set", "route.*.failurePercent=2"]);

    expect(run.code).toBe(0);
    expect(run.out).toContain("routes.prod.json: 250,000 requests a month (set)");
    expect(run.out).toMatch(/hot\/anthropic\/claude-sonnet-4-6 +1,8\d\d\.\d\d  █{25}\n/);
    expect(run.out).toMatch(/Deadline missed: Hot and Warm fail +of the calls\n/);
    expect(run.out).toContain("route.*.p50Ms");
    expect(run.out).not.toContain("route.*.failurePercent");
    expect(run.out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("names every input that is not as it must be, and what to write instead", async () => {
    const run = await lisbonPlan(["--set", "monthlyRequest=1", "retriedPercent=200"]);

    expect(run.code).toBe(1);
    expect(run.errors).toContain("monthlyRequest: there is no such input; did you mean monthlyRequests?");
    expect(run.errors).toContain("retriedPercent: expected between 0 and 100, not 200");
  });

  it.each([
    [["--map", "routes.nowhere.json"], "cannot read routes.nowhere.json: there is no such file"],
    [["--xlsx", join(folder, "no/such/plan.xlsx")], "cannot write"],
  ])("%j fails with one line, for programs in their form", async (args, words) => {
    const run = await lisbonPlan([...args, "--json"]);

    expect(run).toMatchObject({ code: 1, errors: "" });
    expect(JSON.parse(run.out)).toEqual({
      ok: false,
      problems: [expect.stringContaining(words)],
      next: expect.stringMatching(/FILE|--xlsx/),
    });
  });

  it("ends as every command does where the deployment does not answer", async () => {
    const run = await lisbonPlan(["--url", "http://127.0.0.1:9", "--admin-key", "k", "--json"]);

    expect(run).toMatchObject({ code: 4, errors: "" });
    expect(JSON.parse(run.out)).toMatchObject({
      ok: false,
      error: { code: "not_reached", message: expect.stringContaining("cannot be reached") },
    });
  });
});

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

async function lisbonPlan(args: readonly string[]): Promise<Run> {
  const env = { ...process.env };
  delete env["LISBON_ADMIN_KEY"];
  const child = spawn(process.execPath, ["cli/lisbon.mjs", "plan", ...args], { env });
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, out, errors };
}
