/** The lines of docs/deploy.md, one after another, with a `wrangler` that writes down what it is told and keeps what it was given. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { documentedCommands } from "../support/documented/commands.ts";
import { startShell, type Shell, type ShellRun } from "../support/documented/shell.ts";
import { FAKE_WRANGLER } from "../support/fake-wrangler.ts";
import { portOf } from "../support/port-of.ts";

const OLD = "00000000-0000-4000-8000-000000000001";
const NEW = "00000000-0000-4000-8000-000000000002";
const PARTS = ["state", "jobs", "router"];
const ALL_SECRETS = ["LISBON_KEY_SECRET", "ANTHROPIC_API_KEY", "OPENAI_API_KEY"];

const lines = documentedCommands().flatMap(({ page, command }) => (page === "docs/deploy.md" ? [command] : []));
/** Of the page, as far as they have been run. */
const run = new Set<string>();

const folder = mkdtempSync(join(tmpdir(), "lisbon-deploy-"));
const record = join(folder, "record");
let asked: string[];
let server: Server;
let url: string;
let shell: Shell;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.url} ${String(request.headers["cloudflare-workers-version-overrides"] ?? "-")}`);
    if (request.url === "/health") {
      response.end('{"status":"ok","healthy":["hot/x"]}');
      return;
    }
    void json(request).then((body) => {
      const { stream } = z.object({ stream: z.boolean() }).parse(body);
      const words = JSON.stringify({ choices: [{ message: { content: "hello" }, delta: { content: "hello" } }] });
      response.setHeader("x-lisbon-route", "hot/x").end(stream ? `data: ${words}\n\ndata: [DONE]\n\n` : words);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${portOf(server)}`;

  mkdirSync(join(folder, "uploads"));
  writeFileSync(join(folder, "routes.prod.json"), readFileSync("routes.prod.json"));
  const variables = "LISBON_KEY_SECRET=a\nANTHROPIC_KEY=b\nOPENAI_API_KEY=c$d\nCLOUDFLARE_API_TOKEN=secret\n";
  writeFileSync(join(folder, ".env.staging"), variables);
  const told = {
    FAKE_RECORD: record,
    FAKE_UPLOADS: join(folder, "uploads"),
    FAKE_VERSION: NEW,
    FAKE_VERSIONS: JSON.stringify([version(OLD, "2026-11-20"), version(NEW, "2026-11-21")]),
    FAKE_SERVING: serving([OLD, 100]),
  };
  shell = startShell(folder, { ...told, KEY: "a-server-key" }, { wrangler: FAKE_WRANGLER });
});

beforeEach(() => {
  asked = [];
  writeFileSync(record, "");
});

afterAll(async () => {
  await shell.end();
  server.close();
  rmSync(folder, { recursive: true });
});

describe("what docs/deploy.md shows", () => {
  it("uploads to each, by the name that npm has for it, what the map needs of a file and nothing else", async () => {
    const scripts = z
      .object({ scripts: z.object({ deploy: z.string() }) })
      .parse(JSON.parse(readFileSync("package.json", "utf8")));
    const { code, out } = await paste("npx lisbon deploy staging --env-file");
    const needed = { LISBON_KEY_SECRET: "a", ANTHROPIC_KEY: "b", OPENAI_API_KEY: "c$d" };

    expect(code, out).toBe(0);
    expect(scripts.scripts.deploy).toBe("node -- cli/lisbon.mjs deploy");
    expect(recorded().slice(3)).toEqual(
      PARTS.map((part) => `deploy --config ${part}/wrangler.json --env [] --secrets-file secrets.json`),
    );
    expect(PARTS.map((part) => JSON.parse(uploaded(part, "secrets.json")))).toEqual([needed, needed, needed]);
    // The first upload on a machine is made smaller, which takes terser a while; after that it is kept.
  }, 180_000);

  it("deploys the state, the jobs and then the router of the environment, and asks health and two real calls", async () => {
    await haveSecrets();
    const { code, out } = await paste("npx lisbon deploy staging --smoke-key");

    expect(code, out).toBe(0);
    expect(recorded()).toEqual([
      ...PARTS.map((part) => `secret list --config ${part}/wrangler.json --env [] --format json`),
      ...PARTS.map((part) => `deploy --config ${part}/wrangler.json --env []`),
    ]);
    expect(PARTS.map((part) => configOf(part))).toMatchObject([
      { name: "lisbon-staging-state", main: "worker.js" },
      { name: "lisbon-staging-jobs", main: "worker.js" },
      { name: "lisbon-staging", main: "worker.js" },
    ]);
    expect(exportsOf("state").join(" ")).toBe("Cache JobIndex Ledger Notifier Switchboard default");
    expect(exportsOf("jobs")).toEqual(["Job", "default"]);
    expect(exportsOf("router")).toEqual(["default"]);
    expect(asked).toEqual(["/health -", "/v1/chat/completions -", "/v1/chat/completions -"]);
    expect(out).toContain("routes.prod.json has 2 warnings: no_free_route, smaller_context (npx lisbon check");
    expect(out).toContain(`Deployed: ${url}/health says ok; healthy: hot/x`);
    expect(out).toContain("A real call was answered unstreamed by hot/x and streamed by hot/x.");
  });

  it("gives a share of the requests to the router's new version, and tries that version", async () => {
    const { code, out } = await paste("npx lisbon deploy production");

    expect(code, out).toBe(0);
    expect(recorded().at(-1)).toBe(
      `versions deploy ${NEW}@10% ${OLD}@90% --config router/wrangler.json --env [] --yes`,
    );
    expect(asked).toEqual([`/health lisbon-production="${NEW}"`]);
    expect(out).toContain("10 % of the requests. Then: npx lisbon promote production 50");
  });

  it("gives it more, and all", async () => {
    await shell.run(`export FAKE_SERVING='${serving([OLD, 90], [NEW, 10])}'`);
    const half = await paste("npx lisbon promote production 50");
    const all = await paste("npx lisbon promote production 100");

    expect([half.code, all.code], half.out + all.out).toEqual([0, 0]);
    expect(recorded().filter((line) => line.startsWith("versions deploy"))).toEqual([
      `versions deploy ${NEW}@50% ${OLD}@50% --config router/wrangler.json --env [] --yes`,
      `versions deploy ${NEW}@100% --config router/wrangler.json --env [] --yes`,
    ]);
    expect(asked).toEqual([`/health lisbon-production="${NEW}"`]);
  });

  it("goes back, the router first, and never unasked", async () => {
    expect((await shell.run("npx lisbon rollback staging")).code).toBe(2);
    expect(recorded()).toEqual([""]);
    const { code, out } = await paste("npx lisbon rollback production");

    expect(code, out).toBe(0);
    expect(recorded()).toEqual(
      PARTS.toReversed().map(
        (part) => `rollback --config ${part}/wrangler.json --env [] --message answers are empty --yes`,
      ),
    );
    expect(asked).toEqual(["/health -"]);
  });

  it("is all that the page shows", () => {
    expect(lines.filter((line) => !run.has(line))).toEqual([]);
  });
});

describe("a deploy that cannot be", () => {
  beforeAll(() => haveSecrets());

  it("is refused where one of the Workers lacks what the others have, and says which and how to set it", async () => {
    await shell.run(`export FAKE_SECRETS_state='${listOf(["LISBON_KEY_SECRET", "OPENAI_API_KEY"])}'`);
    const { code, out } = await shell.run(`npx lisbon deploy production --url ${url}`);

    expect(code).toBe(1);
    expect(out).toContain("Not deployed.\nlisbon-production-state lacks\n  ANTHROPIC_KEY or ANTHROPIC_API_KEY");
    expect(out).not.toContain("lisbon-production lacks");
    expect(out).toContain('npx wrangler secret put NAME --name lisbon-production-state --env ""');
    expect(recorded().filter((line) => !line.startsWith("secret list"))).toEqual([]);
    expect(asked).toEqual([]);
  });

  it("names every variable that is missing", async () => {
    await shell.run(PARTS.map((part) => `export FAKE_SECRETS_${part}='${listOf(["OPENAI_API_KEY"])}'`).join("\n"));
    const { code, out } = await shell.run(`npx lisbon deploy production --url ${url}`);

    expect(code).toBe(1);
    expect(out).toContain("lisbon-production-state lacks\n  LISBON_KEY_SECRET");
    expect(out).toContain("lisbon-production lacks\n  LISBON_KEY_SECRET");
    expect(out).toContain("ANTHROPIC_KEY or ANTHROPIC_API_KEY (for hot/anthropic/claude-sonnet-4-6");
    expect(out).not.toContain("OPENAI_API_KEY");
    await haveSecrets();
  });

  it.each([
    ["state", 1, "Nothing was deployed."],
    [
      "router",
      3,
      "Deployed before it: lisbon-staging-state, lisbon-staging-jobs; lisbon-staging is as it was. To deploy all again is safe: run the same command.",
    ],
  ])("shows wrangler's own words where it stops at the %s, and says how far it came", async (part, tries, words) => {
    const { code, out } = await shell.run(`FAKE_BROKEN=${part} npx lisbon deploy staging --url ${url}`);

    expect(code).toBe(1);
    expect(out).toContain("no such account");
    expect(out).toContain(`wrangler could not deploy lisbon-staging${part === "router" ? "" : `-${part}`};`);
    expect(out).toContain(words);
    expect(recorded().filter((line) => line.startsWith("deploy"))).toHaveLength(tries);
    expect(asked).toEqual([]);
  });

  it.each([
    ["", "Deploy where?\nnpm run deploy -- staging | production\n"],
    ["mars", 'There is no environment "mars" in wrangler.toml.\nThere are staging, production.\n'],
  ])("names the environments there are: %j", async (name, expected) => {
    expect(await shell.run(`npx lisbon deploy ${name}`)).toEqual({ code: 1, out: expected });
  });
});

/** The page's line. Where it names no address, wrangler would: a name below workers.dev, which no test can serve. */
async function paste(begins: string): Promise<ShellRun> {
  const [line = "false", ...others] = lines.filter((each) => each.startsWith(begins));
  expect(others).toEqual([]);
  run.add(line);
  const here = line.replace("https://lisbon.example.com", url);
  return await shell.run(line.startsWith("npx lisbon deploy staging") ? `${here} --url ${url}` : here);
}

async function haveSecrets(): Promise<void> {
  await shell.run(PARTS.map((part) => `export FAKE_SECRETS_${part}='${listOf(ALL_SECRETS)}'`).join("\n"));
}

/** As wrangler lists secrets. */
function listOf(names: readonly string[]): string {
  return JSON.stringify(names.map((name) => ({ name })));
}

function serving(...shares: readonly (readonly [string, number])[]): string {
  return JSON.stringify({ versions: shares.map(([version_id, percentage]) => ({ version_id, percentage })) });
}

function version(id: string, created_on: string) {
  return { id, metadata: { created_on } };
}

/** The commands without the folder, which has another name each time. */
function recorded(): readonly string[] {
  return readFileSync(record, "utf8").trim().split("\n");
}

/** What stood in the folder when wrangler was told to deploy; empty: it was not there. */
function uploaded(part: string, name: string): string {
  const file = join(folder, "uploads", part, name);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

function configOf(part: string): unknown {
  return JSON.parse(uploaded(part, "wrangler.json"));
}

function exportsOf(part: string): readonly string[] {
  const list = /export\s*\{([^}]*)\}/.exec(uploaded(part, "worker.js"))?.[1] ?? "";
  return list
    .split(",")
    .map((each) => each.trim().split(" as ").at(-1) ?? "")
    .toSorted();
}
