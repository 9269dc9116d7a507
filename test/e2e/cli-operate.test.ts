/** The commands that ask a running Worker, and every line of docs/cli.md, against `npm start`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { RoutingMap } from "../../src/routing/routing-map.ts";
import { lisbon } from "../support/lisbon-command.ts";
import type { Run } from "../support/lisbon-command.ts";
import { freePort } from "../support/start-process.ts";
import { startProduct } from "../support/started-product.ts";
import type { Product } from "../support/started-product.ts";

const Found = z.object({ found: z.array(z.object({ what: z.string(), verdict: z.string() })) });

const page = readFileSync("docs/cli.md", "utf8");
const shown = [...page.matchAll(/^npx lisbon (.*)$/gm)].map(([, line = ""]) => line);

let product: Product;
let shell: Readonly<Record<string, string>>;
/** A job waits for a person here, so none is answered before its command comes. */
const local = RoutingMap.parse(JSON.parse(readFileSync("routes.local.json", "utf8")));
const routes = { ...local, kinds: { "draft-email": { degrade: [{ step: "human" as const, dueMinutes: 60 }] } } };

/** As the page calls what only a run can know. */
const named = new Map<string, string>();

beforeAll(async () => {
  product = await startProduct({ routes });
  shell = { LISBON_URL: product.url, LISBON_ADMIN_KEY: product.adminKey };
});

afterAll(async () => {
  await product.stop();
});

describe("a quiet Worker", () => {
  it.each([
    ["status", "nothing needs you"],
    ["jobs", "There are no jobs."],
    ["watch --once", "all is well"],
    ["tenants", "Make the first: npx lisbon tenants key default"],
    ["tenants keys", "There are no keys."],
    ["tenants limits", "No budget of money has been used yet"],
    ["jobs retry-dead", "There are no dead jobs."],
  ])("says so: lisbon %s", async (line, words) => {
    const run = await ask(line);

    expect([run.code, run.errors]).toEqual([0, ""]);
    expect(run.out).toContain(words);
  });
});

describe("what docs/cli.md shows", () => {
  beforeAll(async () => {
    await lisbon(["pause", "--yes", "--json"], shell);
    for (const name of ["JOB", "OTHER_JOB", "THIRD_JOB"]) named.set(name, await parked(name));
    await lisbon(["resume", "--yes", "--json"], shell);
  });

  const here = shown.filter((line) => !/^(?:init|check|doctor)\b/.test(line));

  it("is nearly everything that there is", () => {
    expect(here.length).toBeGreaterThan(25);
    expect(new Set(here.map((line) => line.split(" ")[0]))).toEqual(
      new Set(["status", "routes", "flags", "pause", "resume", "jobs", "tenants"]),
    );
  });

  it("works, line by line, in the page's order", async () => {
    for (const line of here) {
      const run = await ask(line);
      // A quiet status is not promised while a line before it has paused something.
      const codes = line.startsWith("status") ? [0, 1] : [0];
      expect(codes, `${line}\n${run.out}${run.errors}`).toContain(run.code);
      if (line.startsWith("tenants key ")) named.set("KEY_ID", /Its id is (\w+)/.exec(run.errors)?.[1] ?? "");
    }
  });

  it("has done what it says", async () => {
    expect((await asked("flags --json")).flags).toContainEqual(
      expect.objectContaining({ name: "enable_warm_fallback", value: true, switched: false }),
    );
    expect((await asked("status --json")).pauses).toEqual([]);
    expect((await asked(`jobs show ${named.get("JOB")} --prompt --json`)).answer).toContain("as the app is to get it");
    expect((await asked(`jobs show ${named.get("THIRD_JOB")} --json`)).job).toMatchObject({
      state: "cancelled",
      erased: true,
    });
    expect((await asked("tenants keys --json")).keys).toMatchObject([
      { tenant: "acme", revokedAt: expect.any(String) },
    ]);
    expect((await asked("tenants limits --json")).changes).toEqual([]);
  });
});

describe("what goes wrong", () => {
  it.each([
    ["status --admin-key wrong", 3, "does not take this admin key", "Give the Worker's LISBON_ADMIN_KEY"],
    ["jobs show job_00000000000000000000000000000000", 1, "There is no such job", "npx lisbon jobs lists them."],
    ["jobs show ../../health", 2, "is no job's id", "an id begins with job_"],
    ["tenants revoke nokey --yes", 1, "", "npx lisbon tenants keys lists them."],
    [
      "routes kill nope --yes",
      2,
      "there is no such route. There are: hot/openai/gpt-4.1",
      "npx lisbon routes the routes",
    ],
    ["routes kill hot/openai/gpt-4.1", 2, "Not done: Take hot/openai/gpt-4.1 out of service", "--yes"],
    ["flags set nope on", 2, "there is no such flag", "npx lisbon flags lists the flags"],
    ["flags set enable_warm_fallback maybe", 2, "maybe is no position", "on|off|map"],
    ["jobs --state bogus", 2, "there is no such state", "npx lisbon jobs --help"],
    ["tenants limits acme --monthly-usd much --yes", 2, "much is no limit", "or none"],
    ["routes bogus", 2, "too many arguments", ""],
    ["status --bogus", 2, "unknown option", ""],
  ])("lisbon %s ends with %i and says what to do", async (line, code, message, next) => {
    const run = await ask(line);

    expect(run.code).toBe(code);
    expect(run.out).toBe("");
    expect(run.errors).toContain(message);
    expect(run.errors).toContain(next);
    expect(run.errors).not.toMatch(/\bat .*\.ts:\d/);
  });

  it("gives programs the same in one shape", async () => {
    const run = await ask("status --json --admin-key wrong");

    expect(JSON.parse(run.out)).toEqual({
      ok: false,
      error: { code: "admin_only", message: expect.any(String), next: expect.stringContaining("LISBON_ADMIN_KEY") },
    });
    expect([run.code, run.errors]).toEqual([3, ""]);
  });

  it("ends a status with 1 while something needs somebody, and with 0 again after", async () => {
    await ask("pause --yes --reason looking");
    const paused = await ask("status");
    const told = await asked("status --json");
    await ask("resume --yes");

    expect([paused.code, told.ok]).toEqual([1, false]);
    expect(paused.out).toMatch(
      /look at {2}paused: npx lisbon resume[^]*everything is paused by an operator, .*: looking/,
    );
    expect((await ask("status")).code).toBe(0);
  });

  it("asks nobody who looks on: a change is not made without --yes", async () => {
    await ask("pause");
    await ask("routes kill hot/openai/gpt-4.1 --json");

    expect((await asked("status --json")).attention).toEqual([]);
  });
});

describe("the process itself", () => {
  const folder = mkdtempSync(join(tmpdir(), "lisbon-cli-"));

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("finds no Worker in an empty folder, and ends with 4", async () => {
    const run = await processOf(["status", "--url", `http://127.0.0.1:${await freePort()}`]);

    expect([run.code, run.out]).toEqual([4, ""]);
    expect(run.errors).toContain("cannot be reached: nothing listens there");
  });

  it("ends with 2 where the command itself is wrong, and has no colours in a pipe", async () => {
    const run = await processOf(["nothing"]);

    expect(run.code).toBe(2);
    expect(run.errors).toContain("unknown command 'nothing'");
    expect(run.errors).not.toContain("\u001b");
  });

  it("tells a program in its one shape that the command itself is wrong", async () => {
    const run = await processOf(["jobs", "show", "--json"]);

    expect([run.code, run.errors]).toEqual([2, ""]);
    expect(JSON.parse(run.out)).toEqual({
      ok: false,
      error: { code: "usage", message: "missing required argument 'id'", next: "npx lisbon jobs --help" },
    });
  });

  it("takes an empty folder to a map that check passes and a doctor who finds what is missing", async () => {
    const made = await processOf(begins("init --yes"));
    const checked = await processOf(begins("check"));
    const reached = ["--json", "--url", product.url, "--admin-key", product.adminKey];
    const seen = await processOf([...begins("doctor --notify"), ...reached]);
    const { found } = Found.parse(JSON.parse(seen.out));

    expect([made.code, checked.code, seen.code]).toEqual([0, 0, 0]);
    expect(Object.fromEntries(found.map(({ what, verdict }) => [what, verdict]))).toMatchObject({
      map: "ok",
      LISBON_KEY_SECRET: "ok",
      OPENAI_API_KEY: "warn",
      Redis: "skipped",
      Lisbon: "ok",
      "admin key": "ok",
      // The Worker's own map names nobody.
      notices: "warn",
    });
  });

  async function processOf(args: readonly string[]): Promise<Run> {
    const child = spawn(process.execPath, ["--", resolve("cli/lisbon.mjs"), ...args], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"] ?? "", HOME: folder },
    });
    const ended = once(child, "close");
    const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = await ended;
    return { code: Number(code), out, errors };
  }
});

/** The words of the page's line; there is one. */
function begins(words: string): readonly string[] {
  const [line, ...others] = shown.filter((each) => each.startsWith(words));
  expect(others).toEqual([]);
  return line?.split(" ") ?? [];
}

/** As a shell would split it. */
async function ask(line: string): Promise<Run> {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = ""]) => quoted ?? plain);
  return await lisbon(
    words.map((word) => (word.startsWith("$") ? (named.get(word.slice(1)) ?? word) : word)),
    shell,
  );
}

async function asked(line: string) {
  return JSON.parse((await ask(line)).out);
}

/** A call that is stored, because everything is paused. */
async function parked(content: string): Promise<string> {
  const response = await fetch(`${product.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${product.key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "draft-email", messages: [{ role: "user", content }] }),
  });
  return response.headers.get("x-lisbon-job") ?? "";
}
