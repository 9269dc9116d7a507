import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FAKE_WRANGLER } from "../support/fake-wrangler.ts";
import { portOf } from "../support/port-of.ts";

const folder = mkdtempSync(join(tmpdir(), "lisbon-cli-"));
const record = join(folder, "record");
const uploads = join(folder, "uploads");
const allSecrets = ["LISBON_KEY_SECRET", "ANTHROPIC_API_KEY", "OPENAI_API_KEY"];

const HEALTH = '{"status":"ok","healthy":["hot/anthropic/claude-sonnet-4-6"]}';
let asked: string[];
let server: Server;
let url: string;

beforeAll(async () => {
  writeFileSync(join(folder, "wrangler"), FAKE_WRANGLER, { mode: 0o755 });
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end(HEALTH);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${portOf(server)}`;
});

beforeEach(() => {
  asked = [];
  writeFileSync(record, "");
  rmSync(uploads, { recursive: true, force: true });
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

describe("lisbon check", () => {
  it("says what is on, what is off, and which variables are missing", async () => {
    const run = await lisbon(["check", "routes.prod.json", "--env-file", file("some.env", "OPENAI_API_KEY=k\n")]);

    expect(run.code).toBe(0);
    expect(run.out).toContain("on   warm/openai/gpt-4o-mini  (openai at api.openai.com)");
    expect(run.out).toContain('off  warm/google/gemini-3-flash: switched off in the map ("enabled": false)');
    expect(run.out).toContain("hot[0].key: not set: ANTHROPIC_KEY or ANTHROPIC_API_KEY (for hot/anthropic/");
  });

  it("names a paid route whose price nobody has said, whether or not it is on", async () => {
    const hot = [
      { id: "known", provider: "openai", model: "gpt-4o-mini" },
      { id: "unknown", provider: "openai", model: "gpt-of-nobody" },
      { id: "priced", provider: "openai", model: "x", price: { inputPerMillion: 1, outputPerMillion: 2 } },
      { id: "free", provider: "openai", model: "y", cost: "free" },
    ];
    const run = await lisbon([
      "check",
      file("prices.json", JSON.stringify({ hot })),
      "--env-file",
      file("none.env", ""),
    ]);

    expect(run.code).toBe(0);
    expect(run.out.match(/.* missing_price .*/g)).toEqual([
      expect.stringContaining(
        "hot[1].price: unknown is paid, and neither the map nor the shipped list knows its price",
      ),
    ]);
  });

  it("takes a missing variable for an error when it is strict", async () => {
    expect((await lisbon(["check", "--strict", "--env-file", file("none.env", "")])).code).toBe(1);
  });

  it("ends with 1 and every mistake of a wrong map", async () => {
    const run = await lisbon(["check", file("wrong.json", '{"hot":[{"provider":"openai"}],"order":"x"}')]);

    expect(run.code).toBe(1);
    expect(run.errors).toContain("hot[0].model: found nothing");
    expect(run.errors).toContain('order: found "x"');
  });

  it("ends with 1 and one line when there is no such file", async () => {
    const run = await lisbon(["check", "nowhere.json"]);
    expect([run.code, run.errors]).toEqual([1, "cannot read nowhere.json: there is no such file\n"]);
  });

  it("ends with 1 when a variable's value does not fit", async () => {
    const variables = "ANTHROPIC_BASE_URL=ftp://x\nANTHROPIC_KEY=k\n";
    const run = await lisbon(["check", "test/fixtures/routes.pasted.json", "--env-file", file("ftp.env", variables)]);

    expect(run.code).toBe(1);
    expect(run.out).toContain("its baseUrl (filled from ANTHROPIC_BASE_URL) is not an http(s) URL");
  });

  it("speaks JSON to programs", async () => {
    const run = await lisbon(["check", "--json", "--env-file", file("none.env", "")]);
    expect(JSON.parse(run.out)).toMatchObject({ ok: true, on: [], missingVariables: [{ name: "ANTHROPIC_KEY" }, {}] });
  });
});

describe("lisbon deploy", () => {
  it("deploys the state, the jobs and then the router of the environment that is named, and asks its health", async () => {
    const run = await lisbon(["deploy", "staging", "--url", url], { secrets: allSecrets });

    expect(run.errors).toBe("");
    expect(run.code).toBe(0);
    expect(recorded()).toEqual([
      "secret list --config state/wrangler.json --env [] --format json",
      "secret list --config jobs/wrangler.json --env [] --format json",
      "secret list --config router/wrangler.json --env [] --format json",
      "deploy --config state/wrangler.json --env []",
      "deploy --config jobs/wrangler.json --env []",
      "deploy --config router/wrangler.json --env []",
    ]);
    expect(uploaded("state").config).toMatchObject({ name: "lisbon-staging-state", main: "worker.js" });
    expect(exportsOf("state").join(" ")).toBe("Cache JobIndex Ledger Notifier Switchboard default");
    expect(uploaded("jobs").config).toMatchObject({ name: "lisbon-staging-jobs", main: "worker.js" });
    expect(exportsOf("jobs")).toEqual(["Job", "default"]);
    expect(uploaded("router").config).toMatchObject({ name: "lisbon-staging", main: "worker.js" });
    expect(exportsOf("router")).toEqual(["default"]);
    expect(asked).toEqual(["/health"]);
    expect(run.out).toContain("routes.prod.json has 2 warnings: no_free_route, smaller_context (npx lisbon check");
    expect(run.out).toContain(`Deployed: ${url}/health says ok; healthy: hot/anthropic/claude-sonnet-4-6`);
  });

  it("refuses while variables are missing, names each, and deploys nothing", async () => {
    const run = await lisbon(["deploy", "production", "--url", url], { secrets: ["OPENAI_API_KEY"] });

    expect(run.code).toBe(1);
    expect(run.errors).toContain("lisbon-production-state lacks\n  LISBON_KEY_SECRET");
    expect(run.errors).toContain("lisbon-production lacks\n  LISBON_KEY_SECRET");
    expect(run.errors).toContain("ANTHROPIC_KEY or ANTHROPIC_API_KEY (for hot/anthropic/claude-sonnet-4-6");
    expect(run.errors).not.toContain("OPENAI_API_KEY");
    expect(recorded().filter((line) => !line.startsWith("secret list"))).toEqual([]);
    expect(asked).toEqual([]);
  });

  it("refuses when one of the Workers lacks what the others have, and says which and how to set it", async () => {
    const run = await lisbon(["deploy", "production", "--url", url], {
      secrets: allSecrets,
      stateSecrets: ["LISBON_KEY_SECRET", "OPENAI_API_KEY"],
    });

    expect(run.code).toBe(1);
    expect(run.errors).toContain("Not deployed.\nlisbon-production-state lacks\n  ANTHROPIC_KEY or ANTHROPIC_API_KEY");
    expect(run.errors).not.toContain("lisbon-production lacks");
    expect(run.errors).toContain('npx wrangler secret put NAME --name lisbon-production-state --env ""');
    expect(recorded().filter((line) => line.startsWith("deploy"))).toEqual([]);
  });

  it("uploads to each from a file what the map needs, and nothing else that is in it", async () => {
    const variables = "LISBON_KEY_SECRET=a\nANTHROPIC_KEY=b\nOPENAI_API_KEY=c$d\nCLOUDFLARE_API_TOKEN=secret\n";
    const args = ["deploy", "staging", "--url", url, "--env-file", file("all.env", variables)];
    const run = await lisbon(args, { secrets: null });
    const needed = { LISBON_KEY_SECRET: "a", ANTHROPIC_KEY: "b", OPENAI_API_KEY: "c$d" };

    expect(run.code).toBe(0);
    expect(recorded().slice(3)).toEqual(
      ["state", "jobs", "router"].map(
        (part) => `deploy --config ${part}/wrangler.json --env [] --secrets-file secrets.json`,
      ),
    );
    expect(["state", "jobs", "router"].map((part) => uploaded(part).secrets)).toEqual([needed, needed, needed]);
  });

  it("gives a share of the requests to the router's new version, and goes back from it", async () => {
    const version = "00000000-0000-4000-8000-000000000002";
    const args = ["deploy", "staging", "--gradual", "10", "--url", url];
    const run = await lisbon(args, { secrets: allSecrets, version, serving: "old" });

    expect([run.code, run.errors]).toEqual([0, ""]);
    expect(recorded().at(-1)).toBe(
      `versions deploy ${version}@10% old@90% --config router/wrangler.json --env [] --yes`,
    );
    expect(run.out).toContain("No call was made: with --smoke-key KEY");
    expect(run.out).toContain("10 % of the requests. Then: npx lisbon promote staging 50");

    expect((await lisbon(["rollback", "staging"])).code).toBe(2);
    expect((await lisbon(["rollback", "staging", "--yes"])).code).toBe(0);
    expect(recorded().filter((line) => line.startsWith("rollback --config"))).toHaveLength(3);
  });

  it("shows wrangler's own words when it cannot deploy", async () => {
    const run = await lisbon(["deploy", "staging", "--url", url], { secrets: allSecrets, broken: "state" });

    expect(run.code).toBe(1);
    expect(run.errors).toContain("no such account");
    expect(run.errors).toContain("wrangler could not deploy lisbon-staging-state;");
    expect(run.errors).toContain("Nothing was deployed.");
    expect(recorded().filter((line) => line.startsWith("deploy"))).toHaveLength(1);
    expect(asked).toEqual([]);
  });

  it("says what is deployed and that to repeat is safe when the router cannot follow the others", async () => {
    const run = await lisbon(["deploy", "staging", "--url", url], { secrets: allSecrets, broken: "router" });

    expect(run.code).toBe(1);
    expect(run.errors).toContain("wrangler could not deploy lisbon-staging;");
    expect(run.errors).toContain(
      "Deployed before it: lisbon-staging-state, lisbon-staging-jobs; lisbon-staging is as it was.",
    );
    expect(run.errors).toContain("To deploy all again is safe: run the same command.");
    expect(asked).toEqual([]);
  });

  it.each([
    [["deploy"], "Deploy where? npm run deploy -- staging | production\n"],
    [["deploy", "mars"], 'There is no environment "mars" in wrangler.toml; there are staging, production.\n'],
  ])("names the environments there are: %j", async (args, expected) => {
    const run = await lisbon(args);
    expect([run.code, run.errors]).toEqual([1, expected]);
  });
});

interface Fake {
  /** Null: the list cannot be read, as for a Worker that does not exist yet. */
  readonly secrets?: readonly string[] | null;
  /** Of the state, where it has others than the router. */
  readonly stateSecrets?: readonly string[];
  /** Which of the two cannot be deployed. */
  readonly broken?: "state" | "router";
  /** What an upload becomes, and what serves. */
  readonly version?: string;
  readonly serving?: string;
}

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

async function lisbon(args: readonly string[], fake: Fake = {}): Promise<Run> {
  const child = spawn(process.execPath, ["--", "cli/lisbon.mjs", ...args], {
    env: {
      PATH: `${folder}${delimiter}${process.env["PATH"]}`,
      FAKE_RECORD: record,
      FAKE_UPLOADS: uploads,
      FAKE_SECRETS_router: listOf(fake.secrets),
      FAKE_SECRETS_state: listOf(fake.stateSecrets ?? fake.secrets),
      FAKE_SECRETS_jobs: listOf(fake.secrets),
      FAKE_BROKEN: fake.broken ?? "",
      FAKE_VERSION: fake.version ?? "",
      FAKE_SERVING: JSON.stringify({ versions: [{ version_id: fake.serving ?? "", percentage: 100 }] }),
    },
  });
  const ended = once(child, "close");
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  return { code: typeof code === "number" ? code : null, out, errors };
}

function listOf(secrets: Fake["secrets"] = []): string {
  return secrets === null ? "" : JSON.stringify(secrets.map((name) => ({ name })));
}

/** The commands without the folder, which has another name each time. */
function recorded(): readonly string[] {
  return readFileSync(record, "utf8").trim().split("\n");
}

interface Uploaded {
  readonly config: Readonly<Record<string, unknown>>;
  readonly bundle: string;
  readonly secrets: unknown;
}

/** What stood in the folder when wrangler was told to deploy. */
function uploaded(part: string): Uploaded {
  const read = (name: string): string => readFileSync(join(uploads, part, name), "utf8");
  const secrets = existsSync(join(uploads, part, "secrets.json"))
    ? (JSON.parse(read("secrets.json")) as unknown)
    : null;
  return { config: JSON.parse(read("wrangler.json")), bundle: read("worker.js"), secrets };
}

function exportsOf(part: string): readonly string[] {
  const list = /export\s*\{([^}]*)\}/.exec(uploaded(part).bundle)?.[1] ?? "";
  return list
    .split(",")
    .map((each) => each.trim().split(" as ").at(-1) ?? "")
    .toSorted();
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
