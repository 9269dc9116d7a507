import { describe, expect, it } from "vitest";
import { changeInput, inputNames } from "../../../planner/change-input.ts";
import { inputsFromMap } from "../../../planner/inputs-from-map.ts";
import { withMeasurements } from "../../../planner/measured.ts";
import { inputsWith, plannedMap } from "../../support/planned.ts";

const inputs = inputsFromMap(plannedMap);
const first = inputs.routes[0];

describe("the inputs of a map", () => {
  it("have its prices, or those of the shipped list, and say which", () => {
    const price = { inputPerMillion: 7, outputPerMillion: 8 };
    const hot = [
      { id: "own", provider: "anthropic", model: "claude-sonnet-4-6", price },
      { id: "listed", provider: "anthropic", model: "claude-sonnet-4-6" },
      { id: "nobody", provider: "openai", model: "gpt-of-nobody" },
      { id: "here", provider: "ollama", model: "llama", baseUrl: "http://localhost:11434/v1" },
    ];
    const { routes } = inputsFromMap({ hot });

    expect(routes.map(({ id, fields: { inputPrice } }) => [id, inputPrice.value, inputPrice.source])).toEqual([
      ["own", 7, "the map"],
      ["listed", 3, "price list"],
      ["nobody", 0, "unknown, taken as 0"],
      ["here", 0, "the map (local)"],
    ]);
  });

  it("have its limits, its queue and the deadlines of its kinds", () => {
    const { general, kinds } = inputsFromMap({
      ...plannedMap,
      kinds: { quick: { deadlineSeconds: 5 }, slow: {} },
      limits: { sameRouteRetries: 2, maxAttempts: 4 },
      cold: { retainDays: 3 },
      flags: { enable_cold_queue: false },
    });

    expect([general.sameRouteRetries, general.maxAttempts, general.retainDays, general.queueOn]).toEqual(
      [2, 4, 3, 0].map((value) => ({ value, source: "the map" })),
    );
    expect(kinds.map(({ kind, fields }) => [kind, fields.sharePercent.value, fields.deadlineSeconds.value])).toEqual([
      ["auto", 0, 30],
      ["quick", 50, 5],
      ["slow", 50, 30],
    ]);
  });

  it("leave out what is switched off, Warm too where its flag is off", () => {
    const off = { id: "off", provider: "openai", model: "gpt-4o", enabled: false };
    const map = { ...plannedMap, hot: [...(plannedMap.hot ?? []), off], flags: { enable_warm_fallback: false } };

    expect(inputsFromMap(map).kinds[0]?.chain).toEqual(["first", "second"]);
  });

  it("walk the routes of a kind's own list in its order", () => {
    const { kinds } = inputsFromMap({ ...plannedMap, kinds: { own: { routes: ["third", "first"] } } });

    expect(kinds.find(({ kind }) => kind === "own")?.chain).toEqual(["third", "first"]);
  });
});

describe("an input", () => {
  it.each(inputNames(inputs))("%s can be set", (name) => {
    expect(changeInput(inputs, `${name}=1`)).toMatchObject({ ok: true });
  });

  it("is set for every kind or route by a star", () => {
    const { routes } = inputsWith({ "route.*.failurePercent": 7 });

    expect(routes.map(({ fields }) => fields.failurePercent)).toEqual(
      [7, 7, 7].map((value) => ({ value, source: "set" })),
    );
  });

  it("of a route whose id has dots and signs is found", () => {
    const map = { hot: [{ id: "hot/x/gpt-4.1=a", provider: "openai", model: "gpt-4.1" }] };

    expect(inputsWith({ "route.hot/x/gpt-4.1=a.p50Ms": 9 }, map).routes[0]?.fields.p50Ms.value).toBe(9);
  });

  it.each([
    ["xyz=5", "xyz: there is no such input; npx lisbon plan --json has all of them"],
    ["monthlyRequest=5", "monthlyRequest: there is no such input; did you mean monthlyRequests?"],
    ["route.fist.p50Ms=5", "route.fist.p50Ms: there is no such input; did you mean route.first.p50Ms?"],
    ["monthlyRequests", "monthlyRequests: expected name=value, such as monthlyRequests=500000"],
    ["monthlyRequests=", "monthlyRequests=: expected name=value, such as monthlyRequests=500000"],
    ["monthlyRequests=many", "monthlyRequests=many: many is not a number"],
    ["monthlyRequests=-1", "monthlyRequests: expected 0 or more, not -1"],
    ["retriedPercent=101", "retriedPercent: expected between 0 and 100, not 101"],
    ["route.first.p50Ms=0", "route.first.p50Ms: expected 1 or more, not 0"],
  ])("%s is refused with what to write instead", (written, failure) => {
    expect(changeInput(inputs, written)).toEqual({ ok: false, failure });
  });
});

describe("measurements", () => {
  const outcomes = Array.from({ length: 20 }, (_, index) => (index < 2 ? 0 : 1));
  const row = { id: "first", last: outcomes, errorRate: 0.1, p50Ms: 800, p95Ms: 0 };
  const spent = { day: "2026-11-12", kind: "auto", requests: 10, prompt_tokens: 5_000, completion_tokens: 1_000 };

  it("take the place of what was assumed, and say so", () => {
    const later = { ...spent, day: "2026-11-20", requests: 90, prompt_tokens: 95_000 };
    const measured = measuredBy({ routes: [row] }, { spend: [spent, later] });

    expect(measured).toMatchObject({
      ok: true,
      value: {
        general: { monthlyRequests: { value: 304, source: "measured (10 days)" } },
        kinds: [
          {
            fields: {
              sharePercent: { value: 100, source: "measured" },
              inputTokens: { value: 1_000, source: "measured" },
              outputTokens: { value: 20, source: "measured" },
            },
          },
        ],
      },
    });
    expect(measured.ok && measured.value.routes[0]?.fields).toMatchObject({
      failurePercent: { value: 10, source: "measured (last 20)" },
      p50Ms: { value: 800, source: "measured" },
      // No latency is nothing: its logarithm is taken.
      p95Ms: { value: 1, source: "measured" },
    });
  });

  it("leave as it was what nobody has measured", () => {
    const few = { ...row, last: [1, 0], p50Ms: null, p95Ms: null };

    expect(measuredBy({ routes: [few] }, { spend: [] })).toEqual({ ok: true, value: inputs });
    expect(first?.fields.failurePercent.source).toBe("assumed");
  });

  it.each([
    ["breakers", "nothing", { spend: [] }],
    ["spend", { routes: [] }, { error: "no" }],
  ])("of %s in another form are refused", (path, breakers, spend) => {
    expect(measuredBy(breakers, spend)).toMatchObject({
      ok: false,
      failure: expect.stringContaining(`/admin/${path}`),
    });
  });
});

function measuredBy(breakers: unknown, spend: unknown): ReturnType<typeof withMeasurements> {
  return withMeasurements(inputs, { breakers, spend, today: "2026-11-21" });
}
