import { describe, expect, it } from "vitest";
import type { Kind } from "../../../src/domain/kind.ts";
import { standardRouting } from "../../support/standard-routing.ts";

function kindOf(kind: Record<string, unknown>, cold: Record<string, unknown> = {}): Kind | undefined {
  return standardRouting({ cold, kinds: { draft: kind } }).kinds.get("draft");
}

describe("what happens to a call that no provider could answer", () => {
  it.each([
    ["nothing is said", {}, {}, { step: "queue" }],
    ["its ladder ends in an error", { degrade: ["smaller_model", "error"] }, {}, { step: "error" }],
    ["its ladder ends in a human", { degrade: ["human"] }, {}, { step: "human", dueMs: null }],
    [
      "a human has two hours",
      { degrade: ["shorter_context", { step: "human", dueMinutes: 120 }] },
      {},
      { step: "human", dueMs: 7_200_000 },
    ],
    ["Cold is off", {}, { mode: "off" }, { step: "error" }],
    ["Cold is off and its ladder ends in the queue", { degrade: ["queue"] }, { mode: "off" }, { step: "error" }],
    ["humans answer this kind", { answeredBy: "human" }, {}, { step: "human", dueMs: null }],
  ])("where %s", (_where, kind, cold, end) => {
    expect(kindOf(kind, cold)?.end).toEqual(end);
  });

  it("is told as the kind says, else as the map says, else 202", () => {
    expect(kindOf({})?.onCold).toBe("accepted");
    expect(kindOf({}, { onCold: "error" })?.onCold).toBe("error");
    expect(kindOf({ onCold: "wait" }, { onCold: "error" })?.onCold).toBe("wait");
  });
});

describe("the numbers of Cold", () => {
  it("are those of DESIGN where the map says nothing", () => {
    expect(standardRouting().cold).toEqual({
      mode: "graceful_degrade",
      queue: "ai-tasks",
      parallelism: 10,
      deadlineMs: 300_000,
      maxAgeMs: 86_400_000,
      attempts: 5,
      retainMs: 7 * 86_400_000,
      retryWindowMs: 120_000,
    });
  });

  it("are the map's where it says them", () => {
    const cold = { deadlineSeconds: 60, maxAgeHours: 2, attempts: 3, retainDays: 0.5, retryWindow: 30, parallelism: 4 };
    expect(standardRouting({ cold }).cold).toMatchObject({
      deadlineMs: 60_000,
      maxAgeMs: 7_200_000,
      attempts: 3,
      retainMs: 43_200_000,
      retryWindowMs: 30_000,
      parallelism: 4,
    });
  });
});

describe("the budget", () => {
  it("pauses at 80 per cent, everything, and again 10 points later", () => {
    expect(standardRouting().budget).toMatchObject({ pauseAtPercent: 80, pauseScope: "all", repauseStep: 10 });
  });

  it.each([
    ["90", 90],
    ["0", 0],
    ["", 70],
    ["much", 70],
    ["101", 70],
  ])("takes BUDGET_PAUSE_AT_PERCENT=%s before the map's 70: %i", (variable, percent) => {
    const environment = (name: string) => (name === "BUDGET_PAUSE_AT_PERCENT" ? variable : undefined);
    expect(standardRouting({ budget: { pauseAtPercent: 70 } }, environment).budget.pauseAtPercent).toBe(percent);
  });

  it("knows a provider by any of its names", () => {
    const { monthlyUsd, push } = standardRouting({
      budget: { monthly: { gemini: 5 }, push: { audience: "a", email: "e@x.y", provider: "Gemini" } },
    }).budget;
    expect([...monthlyUsd]).toEqual([["google", 5]]);
    expect(push).toMatchObject({ provider: "google", issuer: "https://accounts.google.com" });
  });

  it("reads spend from a URL with its variables filled in, and from none while one is missing", () => {
    const budget = { spend: { url: "${SPEND_URL}", headers: { "x-key": "${SPEND_KEY}" } } };
    const variables: Readonly<Record<string, string>> = { SPEND_URL: "https://spend.test/now", SPEND_KEY: "k" };
    expect(standardRouting({ budget }, (name) => variables[name]).budget.spend).toEqual({
      url: "https://spend.test/now",
      headers: { "x-key": "k" },
    });
    expect(standardRouting({ budget }, (name) => (name === "SPEND_URL" ? "https://spend.test" : "")).budget.spend).toBe(
      null,
    );
  });
});

describe("whom to believe a push", () => {
  const budget = { push: { audience: "${AUDIENCE}", email: "e@x.y", jwksUrl: "${JWKS_URL}" } };

  it("may stand in variables, and is nobody while one is missing", () => {
    const variables: Readonly<Record<string, string>> = { AUDIENCE: "https://l.test", JWKS_URL: "https://keys.test" };
    expect(standardRouting({ budget }, (name) => variables[name]).budget.push).toMatchObject({
      audience: "https://l.test",
      jwksUrl: "https://keys.test",
    });
    expect(standardRouting({ budget }, (name) => (name === "AUDIENCE" ? "a" : "")).budget.push).toBeNull();
  });
});

describe("whom notices go to", () => {
  const notify = [
    "ops@example.com",
    "${SLACK_WEBHOOK_URL}",
    "https://hooks.slack.com/services/x",
    "https://pager.test/in",
  ];

  it("is told by host, by the variable's name and by the @", () => {
    const { targets } = standardRouting({ cold: { notify } }, () => "https://relay.test/slack").notices;
    expect(targets).toEqual([
      { kind: "email", to: "ops@example.com" },
      { kind: "slack", url: "https://relay.test/slack" },
      { kind: "slack", url: "https://hooks.slack.com/services/x" },
      { kind: "webhook", url: "https://pager.test/in" },
    ]);
  });

  it("is nobody where the variable is missing, or holds neither URL nor address", () => {
    const alone = { cold: { notify: ["${SLACK_WEBHOOK_URL}"] } };
    expect(standardRouting(alone).notices.targets).toEqual([]);
    expect(standardRouting(alone, () => "a channel").notices.targets).toEqual([]);
  });

  it("is on call in hours of its own zone", () => {
    const onCall = [
      { name: "Ana", tz: "Europe/Lisbon", hours: "22:00-06:30", contact: "ana@example.com" },
      { name: "Bo", contact: "+351 000" },
    ];
    expect(standardRouting({ onCall }).notices.onCall).toEqual([
      { name: "Ana", tz: "Europe/Lisbon", hours: { fromMinute: 1320, toMinute: 390 }, contact: "ana@example.com" },
      { name: "Bo", tz: "UTC", hours: null, contact: "+351 000" },
    ]);
  });
});
