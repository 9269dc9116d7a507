/** The lint as people meet it: `lisbon check`, `lisbon diff`, a start and a deploy, each as its own process. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "lisbon-lint-"));
const allSet = join(folder, "all.env");
const incident = "test/fixtures/lint/incident.json";
const mended = "test/fixtures/lint/mended.json";

beforeAll(() => {
  const keys = ["ANTHROPIC_KEY", "OPENAI_API_KEY", "OPENCODE_API_KEY", "NVIDIA_API_KEY", "GEMINI_API_KEY"];
  const urls = ["SLACK_WEBHOOK_URL=https://hooks.slack.com/x", "TUNNEL_URL=https://tunnel.example"];
  writeFileSync(allSet, [...keys.map((name) => `${name}=k`), ...urls].join("\n"));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("lisbon check of a map that can be read", () => {
  it("ends with 1 for the incident's chain, and names place, reason and remedy", async () => {
    const run = await node(["cli/lisbon.mjs", "check", incident, "--env-file", allSet]);

    expect(run.code).toBe(1);
    expect(run.out).toContain("1 error: duplicate_route; 3 warnings: no_local_route, paid_before_free, paid_clustered");
    expect(run.out).toMatch(/incident\.json:6:5 error duplicate_route hot\[1\]: .*\n {4}why: .*\n {4}instead: /);
  });

  it("ends with 0 for the mended chain, however strict", async () => {
    const run = await node(["cli/lisbon.mjs", "check", mended, "--strict", "--json", "--env-file", allSet]);

    expect(run.code).toBe(0);
    expect(JSON.parse(run.out)).toMatchObject({ ok: true, findings: [] });
  });

  it("ends with 0 for warnings, and with 1 when it is strict; the map alone lacks no variable", async () => {
    const args = ["cli/lisbon.mjs", "check", "routes.prod.json", "--map-only", "--json"];
    const [usual, strict] = await Promise.all([node(args), node([...args, "--strict"])]);

    expect([usual.code, strict.code]).toEqual([0, 1]);
    expect(JSON.parse(usual.out)).toMatchObject({
      ok: true,
      findings: [
        { code: "no_free_route", severity: "warning", file: "routes.prod.json", path: ["warm"] },
        { code: "smaller_context", severity: "warning", line: 23, column: 7 },
      ],
    });
  });

  it("gives programs what cannot be read as findings too", async () => {
    const wrong = join(folder, "wrong.json");
    writeFileSync(wrong, '{"hot":[{"provider":"openai"}]}');
    const run = await node(["cli/lisbon.mjs", "check", wrong, "--json"]);

    expect(run.code).toBe(1);
    expect(JSON.parse(run.out)).toMatchObject({
      ok: false,
      findings: [{ code: "unreadable", severity: "error", path: ["hot", 0, "model"], line: 1, column: 9 }],
    });
  });
});

describe("lisbon diff", () => {
  it("says what a change means for traffic, money and reach", async () => {
    const run = await node(["cli/lisbon.mjs", "diff", incident, mended]);

    expect([run.code, run.errors]).toEqual([0, ""]);
    expect(run.out).toContain("local routes: 0 → 2");
    expect(run.out).toContain("auto: first asked 5/25 → 5/25; dearest 21/168 → 21/168");
    expect(run.out).toContain("gone: 1 error: duplicate_route; 3 warnings:");
  });

  it("speaks JSON to programs, and ends with 1 where one of the two cannot be read", async () => {
    const [same, missing] = await Promise.all([
      node(["cli/lisbon.mjs", "diff", mended, mended, "--json"]),
      node(["cli/lisbon.mjs", "diff", mended, "nowhere.json"]),
    ]);

    expect(JSON.parse(same.out)).toMatchObject({ ok: true, traffic: [], settings: [] });
    expect([missing.code, missing.errors]).toEqual([
      1,
      "cannot read nowhere.json: there is no such file\nnpx lisbon check FILE says what a map needs.\n",
    ]);
  });
});

describe("an error of the lint", () => {
  it("keeps npm start from starting", async () => {
    const run = await node(["dev/start.ts", "--routes", incident, "--env-file", allSet]);

    expect(run.code).toBe(1);
    expect(run.errors).toContain("error duplicate_route hot[1]");
  });

  it("keeps a map from being deployed", async () => {
    copyFileSync(incident, join(folder, "routes.prod.json"));
    const run = await node([resolve("cli/lisbon.mjs"), "deploy", "staging"], folder);

    expect(run.code).toBe(1);
    expect(run.errors).toMatch(/^Not deployed:\nroutes\.prod\.json:6:5 error duplicate_route/);
  });
});

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

async function node(args: readonly string[], cwd = process.cwd()): Promise<Run> {
  const child = spawn(process.execPath, ["--", ...args], { cwd, env: { PATH: process.env["PATH"] ?? "" } });
  const ended = once(child, "close");
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  return { code: typeof code === "number" ? code : null, out, errors };
}
