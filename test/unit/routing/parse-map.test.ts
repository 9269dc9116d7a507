import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { describeProblem } from "../../../src/routing/map-problem.ts";
import { parseMap } from "../../../src/routing/parse-map.ts";

describe("a routing map's text", () => {
  it.each([
    "routes.prod.json",
    "routes.local.json",
    "test/fixtures/routes.pasted.json",
    "test/fixtures/routes.test.json",
  ])("of %s is right", (file) => {
    expect(problemsIn(readFileSync(file, "utf8"))).toEqual([]);
  });

  it("may begin with a byte order mark", () => {
    expect(problemsIn(`\uFEFF{"hot":[{"provider":"openai","model":"m"}]}`)).toEqual([]);
  });

  it("names file, place, value and what was expected, all mistakes at once", () => {
    const map = `{
  "hot": [
    { "provider": "openai", "modle": "gpt" },
    { "id": "twice", "provider": "openai", "model": "a", "baseUrl": "ftp://host" },
    { "id": "twice", "provider": "openai", "model": "b", "timeouts": { "idleMS": 5 } }
  ],
  "order": "cheapest",
  "kinds": { "draft": { "deadlineSeconds": "30" } }
}`;
    expect(problemsIn(map)).toEqual([
      "map.json:3:5 hot[0].model: found nothing, expected a string (it is required)",
      'map.json:3:29 hot[0].modle: found "gpt", expected no such field; did you mean "model"?',
      'map.json:4:58 hot[1].baseUrl: found "ftp://host", expected an http(s) URL',
      'map.json:5:7 hot[2].id: found "twice", expected an id of its own: hot[1] has this one already',
      'map.json:5:72 hot[2].timeouts.idleMS: found 5, expected no such field; did you mean "idleMs"?',
      'map.json:7:3 order: found "cheapest", expected one of "listed", "local-free-paid"',
      'map.json:8:25 kinds.draft.deadlineSeconds: found "30", expected a number',
    ]);
  });

  it.each([
    ['{"hot": [1 2]}', 'map.json:1:12: found "2]}", expected "," or "]" (this is not JSON)'],
    ['{"hot":\n  [],}', 'map.json:2:6: found "}", expected a name after the comma (this is not JSON)'],
    ["{'hot': []}", `map.json:1:2: found "'hot': []}", expected a name in double quotes or "}" (this is not JSON)`],
    ['{"hot": [', "map.json:1:10: found the end of the file, expected a value (this is not JSON)"],
    ["", "map.json:1:1: found the end of the file, expected a value (this is not JSON)"],
    ["{} {}", 'map.json:1:4: found "{}", expected the end of the file (this is not JSON)'],
  ])("that is not JSON is reported with line and column: %j", (text, expected) => {
    expect(problemsIn(text)).toEqual([expected]);
  });

  it("with a name that occurs twice is refused, where JSON would keep the last", () => {
    expect(
      problemsIn('{"hot":[{"provider":"openai","model":"a"}],\n"hot":[{"provider":"openai","model":"b"}]}'),
    ).toEqual(['map.json:2:1 hot: found "hot" twice, expected each name once']);
  });

  it("with a key in it is refused without showing the key", () => {
    const [problem] = problemsIn('{"hot":[{"provider":"openai","model":"a","key":"sk-proj-verysecret"}]}');

    expect(problem).toContain("expected a placeholder such as ${OPENAI_API_KEY}");
    expect(problem).not.toContain("verysecret");
  });

  it.each([
    ["ftp://host", "an http(s) URL"],
    ["host/v1", "an http(s) URL such as https://api.example.com/v1"],
    ["https://user:word@host/v1", "a URL without user and password: keys go in headers only"],
    ["https://host/v1?key=1", "a URL without ? and #: the API's path is added at its end"],
    ["${my-host}/v1", "an http(s) URL whose placeholders are written ${NAME}"],
  ])("with the base URL %s is refused", (baseUrl, expected) => {
    const map = { hot: [{ provider: "openai", model: "a", baseUrl }] };
    expect(problemsIn(JSON.stringify(map))[0]).toContain(`expected ${expected}`);
  });

  it("with a provider that nobody knows needs a base URL, and a near name is suggested", () => {
    const map = { hot: [{ provider: "antropic", model: "a" }] };
    expect(problemsIn(JSON.stringify(map))[0]).toContain('did you mean the provider "anthropic"?');
  });

  it("with a kind that names a route that does not exist is refused, and a near one is suggested", () => {
    const map = { hot: [{ provider: "openai", model: "gpt" }], kinds: { draft: { routes: ["hot/openai/gtp"] } } };
    expect(problemsIn(JSON.stringify(map))).toEqual([
      'map.json:1:74 kinds.draft.routes[0]: found "hot/openai/gtp", expected the id of a route in hot or warm; did you mean "hot/openai/gpt"?',
    ]);
  });

  it.each([
    ["maxBodyBytes", 25 * 1024 * 1024],
    ["maxStreamBytes", 65 * 1024 * 1024],
    ["maxAttempts", 51],
  ])("with a %s beyond what the platform can bear is refused", (name, value) => {
    const map = { hot: [{ provider: "openai", model: "gpt" }], limits: { [name]: value } };
    expect(problemsIn(JSON.stringify(map))[0]).toContain(`limits.${name}`);
  });

  it("with a kind called auto is refused: that name means every route", () => {
    const map = { hot: [{ provider: "openai", model: "gpt" }], kinds: { auto: {} } };
    expect(problemsIn(JSON.stringify(map))[0]).toContain("kinds.auto");
  });

  it("says what is wrong inside a degrade step, not that none of the alternatives fits", () => {
    const map = {
      hot: [{ provider: "openai", model: "gpt" }],
      kinds: { draft: { degrade: ["que", { step: "human", due: 3 }] } },
    };
    const problems = problemsIn(JSON.stringify(map)).join("\n");

    expect(problems).toContain('degrade[0]: found "que", expected one of "smaller_model"');
    expect(problems).toContain("degrade[1].dueMinutes: found nothing, expected a number");
    expect(problems).toContain("degrade[1].due: found 3, expected no such field");
  });

  it("may use every name of the contract", () => {
    expect(problemsIn(JSON.stringify(everything))).toEqual([]);
  });
});

function problemsIn(text: string): readonly string[] {
  const parsed = parseMap(text, "map.json");
  return parsed.ok ? [] : parsed.failure.map(describeProblem);
}

const route = {
  id: "hot/one",
  provider: "openai",
  model: "m",
  baseUrl: "${BASE_URL}/v1",
  api: "bedrock",
  key: "${KEY}",
  headers: { "x-team": "${TEAM}" },
  cost: "free",
  priority: 1,
  timeouts: { headersMs: 1, firstTokenMs: 1, idleMs: 1, maxStreamMs: 1, attemptMs: 1 },
  context: 128_000,
  price: { inputPerMillion: 1, outputPerMillion: 2 },
  capabilities: { tools: false, images: true },
  reasoning: true,
  account: "team",
  rollout: 10,
  enabled: true,
  trusted: false,
};

const everything = {
  $schema: "./routes.schema.json",
  hot: [route],
  warm: [],
  smaller: [{ provider: "openai", model: "mini" }],
  cold: {
    mode: "queue",
    queue: "ai-tasks",
    onCold: "error",
    parallelism: 5,
    retainDays: 0.5,
    retryWindow: 60,
    notify: ["a@b.co", "${SLACK_WEBHOOK_URL}", "https://hooks.example.com/x"],
  },
  kinds: {
    draft: {
      deadlineSeconds: 30,
      stream: "checked",
      answeredBy: "human",
      onCold: "wait",
      degrade: ["queue", { step: "human", dueMinutes: 60 }],
    },
  },
  order: "local-free-paid",
  breaker: { enabled: true, failuresToOpen: 5 },
  budget: {
    pauseAtPercent: 80,
    pauseScope: "provider",
    repauseStep: 5,
    monthlyUsd: 100,
    monthly: { openai: 500 },
    spend: { url: "${SPEND_URL}", headers: { authorization: "Bearer ${SPEND_KEY}" } },
    push: { audience: "https://lisbon.example.com/budget/webhook", email: "push@p.iam.gserviceaccount.com" },
    providers: { openai: { dailyTokens: 1 } },
  },
  pause: { whenUnknown: "queue", keepFree: true },
  notices: { degradedAfterMinutes: 15, repeatAfterMinutes: 60, clientMessage: "We are slow today." },
  onCall: [{ name: "Ana", tz: "Europe/Lisbon", hours: "09:00-17:00", contact: "ana@example.com" }],
  flags: { enable_warm_fallback: true, enable_cold_queue: false },
};
