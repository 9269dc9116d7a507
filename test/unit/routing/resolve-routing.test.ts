import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Routing } from "../../../src/domain/routing.ts";
import { describeOff } from "../../../src/routing/describe-off.ts";
import { describeMissing, missingVariables } from "../../../src/routing/map-variables.ts";
import { resolveRouting } from "../../../src/routing/resolve-routing.ts";
import { RoutingMap } from "../../../src/routing/routing-map.ts";

describe("a resolved routing map", () => {
  it("is the pasted map with its gateways, keys and tiers", () => {
    const map: unknown = JSON.parse(readFileSync("test/fixtures/routes.pasted.json", "utf8"));
    const { routes, off } = resolve(map, {
      ANTHROPIC_KEY: "a",
      OPENAI_API_KEY: "o",
      GEMINI_API_KEY: "g",
      ANTHROPIC_BASE_URL: "https://gateway.example/v1",
      ANTHROPIC_BASE_URL_2: "https://other.example/v1/",
      GEMINI_OPENAI_COMPAT: "https://generativelanguage.googleapis.com/v1beta/openai/",
    });

    expect(off).toEqual([]);
    expect(routes.map(({ id, tier, api, baseUrl, key, account }) => [id, tier, api, baseUrl, key, account])).toEqual([
      ["hot/anthropic/sonnet-4.6", "hot", "openai", "https://gateway.example/v1", "a", "anthropic:ANTHROPIC_KEY"],
      ["hot/anthropic/haiku-4.5", "hot", "openai", "https://other.example/v1", "a", "anthropic:ANTHROPIC_KEY"],
      ["warm/openai/gpt-4o-mini", "warm", "openai", "https://api.openai.com/v1", "o", "openai:OPENAI_API_KEY"],
      [
        "warm/google/gemini-3-flash",
        "warm",
        "openai",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        "g",
        "google:GEMINI_API_KEY",
      ],
    ]);
  });

  it("takes ANTHROPIC_API_KEY for ANTHROPIC_KEY, also where the map names the other", () => {
    const routes = [
      { provider: "claude", model: "a" },
      { provider: "anthropic", model: "b", key: "${ANTHROPIC_KEY}" },
    ];
    const resolved = resolve({ hot: routes }, { ANTHROPIC_API_KEY: "k" });

    expect(resolved.routes.map(({ key, account }) => [key, account])).toEqual([
      ["k", "anthropic:ANTHROPIC_API_KEY"],
      ["k", "anthropic:ANTHROPIC_API_KEY"],
    ]);
  });

  it.each([
    ["anthropic", undefined, "anthropic", "https://api.anthropic.com"],
    ["anthropic", "https://api.anthropic.com/v1/", "anthropic", "https://api.anthropic.com"],
    ["anthropic", "https://gateway.example/v1", "openai", "https://gateway.example/v1"],
    ["google", undefined, "gemini", "https://generativelanguage.googleapis.com"],
    [
      "gemini",
      "https://generativelanguage.googleapis.com/v1beta",
      "gemini",
      "https://generativelanguage.googleapis.com",
    ],
    [
      "gemini",
      "https://generativelanguage.googleapis.com/v1beta/openai/",
      "openai",
      "https://generativelanguage.googleapis.com/v1beta/openai",
    ],
    ["anthropic", "https://api.anthropic.com.evil.example", "openai", "https://api.anthropic.com.evil.example"],
    [
      "bedrock",
      "https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1",
      "openai",
      "https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1",
    ],
    ["somebody", "http://10.0.0.1//v1", "openai", "http://10.0.0.1/v1"],
  ])("speaks a provider's own API only at its own host: %s at %s", (provider, baseUrl, api, expected) => {
    const key = "${KEY}";
    const { routes } = resolve({ hot: [{ provider, model: "m", key, ...(baseUrl ? { baseUrl } : {}) }] }, { KEY: "k" });

    expect(routes[0]).toMatchObject({ api, baseUrl: expected });
  });

  it("lets the map choose the API", () => {
    const hot = [{ provider: "anthropic", model: "m", baseUrl: "https://gateway.example/claude", api: "anthropic" }];
    expect(resolve({ hot }, { ANTHROPIC_KEY: "k" }).routes[0]?.api).toBe("anthropic");
  });

  it("switches off only the route that lacks a variable, and names every one", () => {
    const resolved = resolve(
      {
        hot: [{ provider: "openai", model: "a", baseUrl: "${HOST}/v1", headers: { "x-team": "${TEAM}" } }],
        warm: [{ provider: "nobody", model: "b", baseUrl: "https://b.example" }],
      },
      { TEAM: "  " },
    );

    expect(resolved.routes.map((route) => route.id)).toEqual(["warm/nobody/b"]);
    expect(resolved.off.map(({ id, why }) => [id, describeOff(why)])).toEqual([
      ["hot/openai/a", "not set: HOST, TEAM, OPENAI_API_KEY"],
    ]);
  });

  it.each([
    [{ HOST: "ftp://host" }, "its baseUrl (filled from HOST) is not an http(s) URL"],
    [{ HOST: "localhost:1234" }, "its baseUrl (filled from HOST) is not an http(s) URL"],
    [{ OPENAI_API_KEY: "a\r\nx-evil: 1" }, "its key (filled from OPENAI_API_KEY) is not one line of plain characters"],
    [{ TEAM: "a\nb" }, "its headers.x-team (filled from TEAM) is not one line of plain characters"],
  ])("switches off a route whose values turn out wrong: %j", (variables, expected) => {
    const hot = [{ provider: "openai", model: "a", baseUrl: "${HOST}", headers: { "x-team": "${TEAM}" } }];
    const { off } = resolve({ hot }, { HOST: "https://h.example", TEAM: "t", OPENAI_API_KEY: "k", ...variables });

    expect(off.map(({ why }) => describeOff(why))).toEqual([expected]);
  });

  describe("a route to Bedrock", () => {
    const HOST = "https://bedrock-runtime.us-east-1.amazonaws.com";
    const SIGNING = { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "s" };
    const signs = { accessKeyId: "AKIA", secretAccessKey: "s", sessionToken: null };

    it("takes its bearer key, also where there are keys that sign", () => {
      expect(bedrock({ baseUrl: HOST }, { ...SIGNING, AWS_BEARER_TOKEN_BEDROCK: "k" }).route).toMatchObject({
        api: "bedrock",
        key: "k",
        awsKeys: null,
        account: "aws-bedrock:AWS_BEARER_TOKEN_BEDROCK",
      });
    });

    it("is signed where it has none, in the region of its host", () => {
      const { route } = bedrock({ baseUrl: HOST }, { ...SIGNING, AWS_REGION: "eu-west-1", AWS_SESSION_TOKEN: "t" });
      expect(route).toMatchObject({
        key: null,
        awsKeys: { ...signs, sessionToken: "t", region: "us-east-1" },
        account: "aws-bedrock:AWS_ACCESS_KEY_ID",
      });
    });

    it.each([
      ["https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"],
      ["https://vpce-1-2.bedrock-runtime.eu-west-3.vpce.amazonaws.com", "eu-west-3"],
      ["https://proxy.example/aws", "eu-west-1"],
    ])("at %s is signed for %s", (baseUrl, region) => {
      const { route } = bedrock({ baseUrl, api: "bedrock" }, { ...SIGNING, AWS_REGION: "eu-west-1" });
      expect(route?.awsKeys).toEqual({ ...signs, region });
    });

    it("needs no baseUrl where AWS_REGION is set", () => {
      const { route } = bedrock({}, { ...SIGNING, AWS_REGION: "eu-west-1" });
      expect(route).toMatchObject({ baseUrl: "https://bedrock-runtime.eu-west-1.amazonaws.com", api: "bedrock" });
      expect(bedrock({}, SIGNING).why).toBe("not set: AWS_REGION");
    });

    it("is signed with keys that the map names", () => {
      const named = { baseUrl: HOST, key: "${AWS_ACCESS_KEY_ID}" };
      const { route } = bedrock(named, { ...SIGNING, AWS_BEARER_TOKEN_BEDROCK: "k" });
      expect(route).toMatchObject({ key: null, awsKeys: signs });
      expect(bedrock(named, { AWS_ACCESS_KEY_ID: "a" }).why).toBe("not set: AWS_SECRET_ACCESS_KEY");
    });

    it.each([
      [{ baseUrl: HOST }, {}, "not set: AWS_BEARER_TOKEN_BEDROCK or AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY"],
      [
        { baseUrl: HOST },
        { AWS_ACCESS_KEY_ID: "a" },
        "not set: AWS_BEARER_TOKEN_BEDROCK or AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY",
      ],
      [{ baseUrl: "https://proxy.example", api: "bedrock" }, SIGNING, "not set: AWS_REGION"],
      [{ baseUrl: HOST, key: "${MINE}" }, SIGNING, "not set: MINE"],
      [
        { baseUrl: `${HOST}/openai/v1` },
        SIGNING,
        'its key (filled from AWS_ACCESS_KEY_ID) is not a bearer key, such as AWS_BEARER_TOKEN_BEDROCK: only calls of "api": "bedrock" are signed',
      ],
      [
        { baseUrl: HOST },
        { ...SIGNING, AWS_SESSION_TOKEN: "a\nb" },
        "its key (filled from AWS_ACCESS_KEY_ID, AWS_SESSION_TOKEN) is not one line of plain characters",
      ],
    ])("%j with %j is off: %s", (fields, variables, expected) => {
      expect(bedrock(fields, variables)).toEqual({ route: undefined, why: expected });
    });

    it("is not missed by a start or a deploy that has keys which sign", () => {
      const map = RoutingMap.parse({ hot: [{ provider: "bedrock", model: "m", baseUrl: HOST }] });
      const missing = (variables: Readonly<Record<string, string>>) =>
        missingVariables(map, (name) => variables[name]).map(describeMissing);

      expect(missing(SIGNING)).toEqual([]);
      expect(missing({ AWS_ACCESS_KEY_ID: "a" })).toEqual([
        "AWS_BEARER_TOKEN_BEDROCK or AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY (for hot/aws-bedrock/m)",
      ]);
    });
  });

  it("sends no key to a provider that nobody knows, nor to a local server", () => {
    const warm = [
      { provider: "LM-Studio", model: "a" },
      { provider: "mine", model: "b", baseUrl: "http://10.0.0.1:8000/v1" },
    ];
    const { routes } = resolve({ hot: [{ provider: "ollama", model: "c" }], warm }, {});

    expect(routes.map(({ id, key, cost, baseUrl, account }) => [id, key, cost, baseUrl, account])).toEqual([
      ["hot/ollama/c", null, "local", "http://127.0.0.1:11434/v1", "ollama:127.0.0.1:11434"],
      ["warm/lmstudio/a", null, "local", "http://127.0.0.1:1234/v1", "lmstudio:127.0.0.1:1234"],
      ["warm/mine/b", null, "paid", "http://10.0.0.1:8000/v1", "mine:10.0.0.1:8000"],
    ]);
  });

  it("gives every route an id of its own, without taking one that is written", () => {
    const route = { provider: "openai", model: "m" };
    const hot = [route, route, { ...route, id: "hot/openai/m" }];

    expect(resolve({ hot }, { OPENAI_API_KEY: "k" }).routes.map((each) => each.id)).toEqual([
      "hot/openai/m/2",
      "hot/openai/m/3",
      "hot/openai/m",
    ]);
  });

  it("gives a reasoning model 30 s for its first words, unless the map says otherwise", () => {
    const hot = [
      { provider: "openai", model: "a" },
      { provider: "openai", model: "b", reasoning: true },
      { provider: "openai", model: "c", reasoning: true, timeouts: { firstTokenMs: 5 } },
    ];
    const { routes } = resolve({ hot }, { OPENAI_API_KEY: "k" });

    expect(routes.map(({ clocks }) => clocks.firstTokenMs)).toEqual([10_000, 30_000, 5]);
    expect(routes[0]?.clocks).toEqual({
      headersMs: 10_000,
      firstTokenMs: 10_000,
      idleMs: 15_000,
      maxStreamMs: 600_000,
      attemptMs: null,
    });
  });

  it("keeps of a kind's routes those that are on, in the kind's order", () => {
    const map = {
      hot: [
        { provider: "openai", model: "a" },
        { provider: "openai", model: "b", enabled: false },
        { provider: "openai", model: "c" },
      ],
      kinds: { draft: { deadlineSeconds: 2.5, routes: ["hot/openai/c", "hot/openai/b", "hot/openai/a"] }, plain: {} },
    };
    const { kinds, off } = resolve(map, { OPENAI_API_KEY: "k" });

    expect(kinds.get("draft")).toMatchObject({
      name: "draft",
      deadlineMs: 2_500,
      stream: "pumped",
      routeIds: ["hot/openai/c", "hot/openai/a"],
    });
    expect(kinds.get("plain")).toMatchObject({ deadlineMs: 30_000, routeIds: null });
    expect(off).toMatchObject([{ id: "hot/openai/b", why: { kind: "disabled" } }]);
  });
});

function resolve(map: unknown, variables: Readonly<Record<string, string>>): Routing {
  return resolveRouting(RoutingMap.parse(map), (name) => variables[name]);
}

/** A map of one route to Bedrock. */
function bedrock(fields: object, variables: Readonly<Record<string, string>>) {
  const { routes, off } = resolve({ hot: [{ provider: "bedrock", model: "m", ...fields }] }, variables);
  return { route: routes[0], why: off.map(({ why }) => describeOff(why))[0] };
}
