import { readFileSync } from "node:fs";
import * as z from "zod";
import { describe, expect, it } from "vitest";
import { readScenario, Scenario, scaledTo, shippedScenarios } from "../../../../cli/drill/scenario.ts";
import { parseMap } from "../../../../src/routing/parse-map.ts";

describe.each(shippedScenarios())("drills/%s.json", (name) => {
  it("can be played, and gives its calls time to end well", () => {
    const read = readScenario(name);

    expect(read).toMatchObject({ ok: true, value: { name } });
  });

  it("asks for what every map has, and is in the docs", () => {
    const read = readScenario(name);
    const asked = read.ok ? read.value : null;
    const map = parseMap(readFileSync("cli/lisbon-test/routes.json", "utf8"), "routes.json");
    const kinds = map.ok ? Object.keys(map.value.kinds ?? {}) : [];

    expect(["auto", ...kinds]).toContain(asked?.load.model);
    for (const fault of asked?.faults ?? []) {
      if ("on" in fault) expect(["hot", "warm", "all"]).toContain(fault.on);
    }
    expect(readFileSync("docs/drills.md", "utf8")).toContain(`\`${name}\``);
  });
});

describe("the shipped scenarios", () => {
  it("are those that an operator is promised, at least", () => {
    expect(shippedScenarios()).toEqual(
      expect.arrayContaining(["outage", "rate-limits", "slow", "quality", "redis-away", "qstash-away"]),
    );
  });
});

describe("a scenario", () => {
  const fault = { on: "hot", fault: "unreachable", fromSecond: 1, toSecond: 2 };
  const good = {
    title: "t",
    what: "w",
    seconds: 10,
    load: { perSecond: 1, streamed: 0 },
    faults: [fault],
    expect: { answeredPercent: 50 },
  };

  it.each([
    ["a fault that there is not", { faults: [{ ...fault, fault: "outage" }] }],
    ["a fault that ends before it begins", { faults: [{ ...fault, fromSecond: 3 }] }],
    ["a fault that outlasts the load", { faults: [{ ...fault, toSecond: 11 }] }],
    ["a service that there is not", { faults: [{ away: "kafka", fromSecond: 1, toSecond: 2 }] }],
    ["nothing to bear", { faults: [] }],
    ["a longer time than faults last", { seconds: 601 }],
    ["a notice that there is not", { expect: { answeredPercent: 50, notices: ["doom"] } }],
    ["a field that there is not", { colour: "red" }],
  ])("is refused with %s", (_what, wrong) => {
    expect(Scenario.safeParse(good).success).toBe(true);
    expect(Scenario.safeParse({ ...good, ...wrong }).success).toBe(false);
  });

  it("keeps its shape in another time", () => {
    const scaled = scaledTo(5, { ...Scenario.parse(good), name: "own" });

    expect(scaled).toMatchObject({ seconds: 5, faults: [{ fromSecond: 0.5, toSecond: 1 }] });
    expect(z.safeParse(Scenario, { ...good, seconds: 5, faults: scaled.faults }).success).toBe(true);
  });

  it("is not read from anywhere but drills/ by a name that leads out of it", () => {
    expect(readScenario("../package")).toMatchObject({
      ok: false,
      failure: expect.stringMatching(/^no scenario is named/),
    });
  });
});
