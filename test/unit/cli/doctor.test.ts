/** What `lisbon doctor` finds, one place after the other. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askProviders, providerLine } from "../../../cli/doctor/ask-providers.ts";
import { lookedLines } from "../../../cli/doctor/finding.ts";
import { testFromHere } from "../../../cli/doctor/notices.ts";
import { lookAtClock, lookAtQstash, lookAtRedis } from "../../../cli/doctor/services.ts";
import { variableForms } from "../../../cli/doctor/variable-forms.ts";
import { wranglerLine } from "../../../cli/doctor/versions.ts";
import { plain } from "../../../cli/screen/paint.ts";
import { startSimulatedProviders } from "../../../dev/simulated/server.ts";
import { startLocalQstash } from "../../../dev/qstash/server.ts";
import type { LocalQstash } from "../../../dev/qstash/server.ts";
import { RoutingMap } from "../../../src/routing/routing-map.ts";
import { resolveRouting } from "../../../src/routing/resolve-routing.ts";
import { portOf } from "../../support/port-of.ts";
import { freePort } from "../../support/start-process.ts";
import { standardRouting } from "../../support/standard-routing.ts";

describe("a variable", () => {
  it.each([
    ["ANTHROPIC_KEY", "sk-ant-api03-abc", "ok"],
    ["ANTHROPIC_KEY", "sk-proj-abc", "warn"],
    ["OPENAI_API_KEY", "sk-...", "wrong"],
    ["OPENAI_API_KEY", "sk-abc ", "wrong"],
    ["OPENAI_API_KEY", "'sk-abc'", "wrong"],
    ["OPENAI_API_KEY", "changeme", "wrong"],
    ["LISBON_KEY_SECRET", "short", "wrong"],
    ["LISBON_KEY_SECRET", `${"a".repeat(32)},${"b".repeat(31)}`, "wrong"],
    ["LISBON_KEY_SECRET", "a".repeat(32), "ok"],
    ["LISBON_SIGNING_SECRET", `whsec_${Buffer.alloc(32, 7).toString("base64")}`, "ok"],
    ["LISBON_SIGNING_SECRET", `whsec_${Buffer.alloc(8, 7).toString("base64")}`, "wrong"],
    ["UPSTASH_REDIS_REST_URL", "rediss://default:x@eu1.upstash.io:6379", "wrong"],
    ["BUDGET_PAUSE_AT_PERCENT", "0.8e3", "wrong"],
  ])("%s is judged by its form: %s", (name, value, verdict) => {
    const found = variableForms({ [name]: value }, []);

    expect(found).toMatchObject([{ what: name, verdict }]);
    expect(JSON.stringify(found)).not.toContain(value.length > 8 ? value : `"${value}"`);
  });

  it("is looked at where the map alone knows it, and passed over where nobody does", () => {
    const variables = { MY_KEY: "todo", OTHER: "todo", HOME: "/root" };

    expect(variableForms(variables, ["MY_KEY"])).toMatchObject([{ what: "MY_KEY", verdict: "wrong" }]);
  });
});

describe("Redis and QStash", () => {
  let server: Server;
  let url: string;
  let answer: { status: number; body: unknown };
  let qstash: LocalQstash;

  beforeAll(async () => {
    server = createServer((_request, response) => response.writeHead(answer.status).end(JSON.stringify(answer.body)));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${portOf(server)}`;
    qstash = await startLocalQstash({ token: "qt", currentSigningKey: "sig_a", nextSigningKey: "sig_b" });
  });

  afterAll(async () => {
    server.close();
    await qstash.close();
  });

  it.each([
    [{ status: 200, body: { result: null } }, "ok", "is reached in"],
    [{ status: 200, body: { result: "1" } }, "warn", "pause_ai_tasks is set"],
    [{ status: 401, body: { error: "Unauthorized" } }, "wrong", "does not take the token (401)"],
    [{ status: 200, body: "a page" }, "wrong", "not as Redis does"],
  ])("tell of Redis what it answers: %j", async (given, verdict, said) => {
    answer = given;
    const { looked, skewMs } = await lookAtRedis({ UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: "t" });

    expect(looked).toMatchObject([{ verdict, said: expect.stringContaining(said) }]);
    expect(Math.abs(skewMs ?? Infinity)).toBeLessThan(60_000);
  });

  it("are named as not used, as half set, and as away, without the address", async () => {
    const away = { UPSTASH_REDIS_REST_URL: "http://127.0.0.1:1/secret", UPSTASH_REDIS_REST_TOKEN: "t" };

    expect((await lookAtRedis({})).looked[0]?.verdict).toBe("skipped");
    expect((await lookAtRedis({ UPSTASH_REDIS_REST_URL: url })).looked[0]).toMatchObject({ verdict: "wrong" });
    expect(JSON.stringify((await lookAtRedis(away)).looked)).toMatch(/"wrong".*cannot be reached(?!.*secret)/);
    expect((await lookAtQstash({})).looked[0]?.verdict).toBe("skipped");
  });

  it.each([
    ["qt", "sig_a", "sig_b", ["ok", "ok"]],
    ["qt", "sig_old", "sig_a", ["ok", "warn"]],
    ["qt", "sig_x", "sig_y", ["ok", "wrong"]],
    ["no", "sig_a", "sig_b", ["wrong"]],
  ])("compare the signing keys with the token's own: %s %s %s", async (token, current, next, verdicts) => {
    const { looked } = await lookAtQstash({
      QSTASH_URL: qstash.url,
      QSTASH_TOKEN: token,
      QSTASH_CURRENT_SIGNING_KEY: current,
      QSTASH_NEXT_SIGNING_KEY: next,
    });

    expect(looked.map(({ verdict }) => verdict)).toEqual(verdicts);
    expect(JSON.stringify(looked)).not.toContain("sig_");
  });
});

describe("providers and notices", () => {
  it("are asked for one token each, and one that is away is named", async () => {
    const simulated = await startSimulatedProviders({ tokensPerSecond: 0, firstTokenMs: 0 });
    const away = `http://127.0.0.1:${await freePort()}`;
    const map = RoutingMap.parse(JSON.parse(readFileSync("routes.local.json", "utf8")));
    const valueOf = (name: string): string => (name === "SIM_GEMINI_URL" ? away : simulated.url);
    const found = await askProviders(resolveRouting(map, valueOf));
    await simulated.close();

    expect(found.map(({ what, verdict }) => `${what} ${verdict}`)).toEqual([
      "hot/openai/gpt-4.1 ok",
      "hot/openai/gpt-4o-mini ok",
      "warm/anthropic/claude-haiku-4-5 ok",
      "warm/google/gemini-3-flash wrong",
    ]);
    expect(found[3]?.next).toContain("is it running?");
  });

  it("are told from here where no Worker runs, signed, and say where the address is wrong", async () => {
    const taken: string[] = [];
    const server = createServer((request, response) => {
      taken.push(`${request.url} ${request.headers["webhook-signature"]?.toString().slice(0, 3)}`);
      response.writeHead(request.url === "/ok" ? 200 : 404).end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${portOf(server)}`;
    const variables = { LISBON_SIGNING_SECRET: `whsec_${Buffer.alloc(32, 7).toString("base64")}` };
    const notices = {
      ...standardRouting().notices,
      targets: [`${url}/ok`, `${url}/gone`].map((one) => ({ kind: "webhook", url: one }) as const),
    };
    const found = await testFromHere(notices, variables);
    server.close();

    expect(found.map(({ verdict }) => verdict)).toEqual(["ok", "wrong"]);
    expect(taken.toSorted()).toEqual(["/gone v1,", "/ok v1,"]);
    expect((await testFromHere(standardRouting().notices, {}))[0]).toMatchObject({ verdict: "warn", what: "notices" });
  });
});

describe("the rest", () => {
  it.each([
    [[], "skipped"],
    [[400, -300], "ok"],
    [[-9_000, 9_500], "warn"],
    [[120_000], "wrong"],
    // One server with a wrong clock is not this machine's fault.
    [[3_600_000, 200], "ok"],
  ])("compares the clock with the nearest of %j", (skews, verdict) => {
    expect(lookAtClock(skews).verdict).toBe(verdict);
  });

  it("says which way the clock is wrong", () => {
    expect(lookAtClock([90_000]).said).toBe("this machine is 90 s behind");
    expect(lookAtClock([-90_000]).said).toBe("this machine is 90 s ahead");
  });

  it("names a wrangler that is another than the tested one, or none", () => {
    expect(wranglerLine("4.1.0", "4.1.0").verdict).toBe("ok");
    expect(wranglerLine("4.1.0", "4.2.0").verdict).toBe("warn");
    expect(wranglerLine("4.1.0", undefined).verdict).toBe("wrong");
  });

  it("says what a provider's failure calls for", () => {
    const failed = providerLine("hot/a", { ms: 3, failure: { kind: "auth_failed", detail: "invalid key" } });

    expect(failed).toMatchObject({ verdict: "wrong", said: "auth_failed: invalid key" });
    expect(failed.next).toContain("make another");
    expect(providerLine("hot/a", { ms: 3, failure: { kind: "rate_limited", detail: "" } }).verdict).toBe("warn");
    expect(providerLine("hot/a", { ms: 312.4, failure: null }).said).toBe("answers in 312 ms");
  });

  it("counts what it found", () => {
    const lines = lookedLines(
      [
        { verdict: "ok", what: "a", said: "is set" },
        { verdict: "wrong", what: "long name", said: "is not", next: "do this" },
      ],
      plain,
    );

    expect(lines).toEqual([
      "ok     a          is set",
      "wrong  long name  is not",
      "       do this",
      "",
      "1 wrong, 0 to look at, 1 ok.",
    ]);
  });
});
