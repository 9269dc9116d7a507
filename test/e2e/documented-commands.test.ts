/** The commands of the pages, as they stand there and in their order, by bash and curl, against one `npm start`. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { embeddedRedis } from "../../dev/redis/embedded-redis.ts";
import { startRedisFront, type RedisFront } from "../../dev/redis/front.ts";
import { realClock } from "../../src/lib/clock.ts";
import { documentedCommands, type DocumentedCommand } from "../support/documented/commands.ts";
import { placeOf, RUN_PAGES } from "../support/documented/proofs.ts";
import { startShell, type Shell } from "../support/documented/shell.ts";
import { startProduct, type Product } from "../support/started-product.ts";

/** The runbook is for production, and names what is served there; every other page names what `npm start` serves. */
const OF_PRODUCTION: readonly (readonly [string, string])[] = [
  ["hot/anthropic/claude-sonnet-4-6", "hot/openai/gpt-4.1"],
  ["anthropic:ANTHROPIC_KEY", "openai:SIM_KEY"],
];

const folder = mkdtempSync(join(tmpdir(), "lisbon-commands-"));
const record = join(folder, "record");

let product: Product;
let redis: RedisFront;
let shell: Shell;

beforeAll(async () => {
  const backend = embeddedRedis(realClock);
  redis = await startRedisFront({ token: "redis-token", backend });
  product = await startProduct({
    routes: "routes.local.json",
    variables: { CHAOS: "on", BUDGET_PAUSE_TOKEN: "pause-token" },
  });
  // What the lines read, write and change is this folder's.
  for (const file of ["routes.prod.json", "CHANGELOG.md"]) copyFileSync(file, join(folder, file));
  for (const name of [".wrangler", "drills", "watchdog"]) symlinkSync(resolve(name), join(folder, name));
  writeFileSync(record, "");
});

afterAll(async () => {
  await product.stop();
  await redis.close();
  rmSync(folder, { recursive: true });
});

describe.each(RUN_PAGES)("%s", (page) => {
  /** What one page has switched, broken or paused is no other page's. */
  afterEach(async () => {
    await shell.end();
    const flags = { enable_warm_fallback: null, enable_cold_queue: null };
    await ask("/admin/flags", { flags, routes: { "hot/openai/gpt-4.1": true } });
    await ask("/budget/resume");
    await fetch(`${simulated()}/_control/faults`, { method: "DELETE" });
  });

  it("has commands that do what they are for", async () => {
    const job = await answeredJob(page);
    shell = shellHere(job);
    for (const found of documentedCommands().filter((each) => each.page === page && placeOf(each) === "run")) {
      const command = asItIsHere(found, job);
      const typed = command.startsWith("read ") ? product.adminKey : undefined;
      const { code, out } = await shell.run(command, typed);
      // Something may need somebody: that is what these two are there to say. And no slice is called "…".
      const codes = /^npx lisbon (status|watch)/.test(command) ? [0, 1] : command.includes('"…"') ? [22] : [0];
      expect(codes, `${page}:${found.line} ${command}\n${out}`).toContain(code);
      const [, id] = /"id":"(?:key_)?([\w-]+)"/.exec(out) ?? [];
      if (id !== undefined) await shell.run(`ID=${id}`);
    }
  });
});

it("serves docs/openapi.json at /openapi.json", async () => {
  const served = await fetch(`${product.url}/openapi.json`);

  expect(await served.text()).toBe(readFileSync("docs/openapi.json", "utf8"));
});

describe("a plan of a Lisbon that runs", () => {
  beforeAll(() => {
    shell = shellHere("");
  });
  afterAll(() => shell.end());

  it("takes what that has measured for what nobody set", async () => {
    await product.client.chat.completions.create({ model: "auto", messages: [{ role: "user", content: "Hello" }] });
    const inputs = await measuredInputs();

    expect(inputs).toMatchObject({
      monthlyRequests: { source: "measured (1 day)" },
      kinds: { auto: { sharePercent: { source: "measured" }, inputTokens: { source: "measured" } } },
    });
    expect(JSON.stringify(inputs)).toContain('"p50Ms":{"value":');
  });

  it("says so where the admin key is not the deployment's", async () => {
    const { code, out } = await shell.run("npx lisbon plan --url $URL --admin-key of-somebody-else");

    expect([code, out]).toEqual([3, expect.stringContaining("does not take this admin key")]);
  });
});

describe("what was only written down", () => {
  it("names Workers and environments that wrangler.toml has", () => {
    const config = readFileSync("wrangler.toml", "utf8");
    const environments = valuesOf(/^\[env\.(\w+)\.vars\]/gm, config);
    const workers = environments.flatMap((name) => ["", "-state", "-jobs"].map((part) => `lisbon-${name}${part}`));
    const words = writtenDown("wrangler").join("\n");

    expect(writtenDown("wrangler").length).toBeGreaterThan(8);
    expect(valuesOf(/--env (\S+)/g, words).filter((name) => !environments.includes(name))).toEqual([]);
    expect(valuesOf(/(?:--name|tail) (?!-)(\S+)/g, words).filter((name) => !workers.includes(name))).toEqual([]);
    expect(valuesOf(/--config (\S+)/g, words)).toContain("watchdog/wrangler.toml");
  });

  it("makes Pub/Sub push to the webhook, as an account that it may make tokens for", () => {
    const words = writtenDown("gcloud").join("\n");

    expect(words).toMatch(/subscriptions create lisbon-budget .*--push-endpoint http:\S+\/budget\/webhook /);
    expect(words).toContain("serviceAccount:service-1234567890@gcp-sa-pubsub");
  });

  it("sets and takes back the flag in Redis", () => {
    expect(redis.commands.map((command) => command.slice(0, 2).join(" "))).toEqual(
      ["SET", "DEL", "SET", "DEL"].map((name) => `${name} pause_ai_tasks`),
    );
  });
});

/** As the pages would have it: with the variables that they name. */
function shellHere(job: string): Shell {
  return startShell(folder, {
    URL: product.url,
    LISBON_URL: product.url,
    LISBON_API_KEY: product.key,
    SERVER_KEY: product.key,
    LISBON_ADMIN_KEY: product.adminKey,
    BUDGET_WEBHOOK_SECRET: readFileSync(".wrangler/lisbon/budget-secret", "utf8").trim(),
    BUDGET_PAUSE_TOKEN: "pause-token",
    SIM: simulated(),
    JOB: job,
    REDIS_URL: "redis://of-the-page",
    UPSTASH_REDIS_REST_URL: redis.url,
    UPSTASH_REDIS_REST_TOKEN: redis.token,
    RECORD: record,
  });
}

function asItIsHere({ page, command }: DocumentedCommand, job: string): string {
  const named = page === "docs/runbook.md" ? OF_PRODUCTION : [];
  return named
    .reduce((line, [there, here]) => line.replaceAll(there, here), command)
    .replaceAll(/https:\/\/lisbon(-staging)?\.example(\.workers\.dev|\.com)|http:\/\/127\.0\.0\.1:8787/g, product.url)
    .replaceAll("http://127.0.0.1:34579", simulated())
    .replaceAll("lsb_dev_…", product.key)
    .replaceAll("--admin-key …", `--admin-key ${product.adminKey}`)
    .replaceAll("job_…", job)
    .replaceAll("/tmp/", `${folder}/`);
}

/** Asked until the calls' reports have arrived, which follow the replies. */
async function measuredInputs(): Promise<Record<string, { readonly source: string }>> {
  for (;;) {
    const { code, out } = await shell.run("npx lisbon plan --url $URL --json");
    expect(code, out).toBe(0);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is missing in it fails the comparison
    const { inputs } = JSON.parse(out) as { inputs: Record<string, { readonly source: string }> };
    if (inputs["monthlyRequests"]?.source !== "assumed") return inputs;
  }
}

function simulated(): string {
  return product.controlUrl?.replace("/_control", "") ?? "";
}

async function ask(path: string, body?: unknown): Promise<void> {
  const headers = { authorization: `Bearer ${product.adminKey}`, "content-type": "application/json" };
  const answer = await fetch(product.url + path, { method: "POST", headers, body: JSON.stringify(body) ?? null });
  expect(answer.ok, `${path}: ${await answer.text()}`).toBe(true);
}

/** A call with a key belongs to its job, which has the answer by now. */
async function answeredJob(name: string): Promise<string> {
  const { response } = await product.client.chat.completions
    .create(
      { model: "draft-email", messages: [{ role: "user", content: `say: ${name}` }] },
      { headers: { "idempotency-key": crypto.randomUUID() } },
    )
    .withResponse();
  return response.headers.get("x-lisbon-job") ?? "";
}

function valuesOf(pattern: RegExp, text: string): readonly string[] {
  return [...text.matchAll(pattern)].map(([, value = ""]) => value);
}

/** What a program was told that only writes it down. */
function writtenDown(program: string): readonly string[] {
  return readFileSync(record, "utf8")
    .split("\n")
    .filter((line) => line.startsWith(`${program} `));
}
