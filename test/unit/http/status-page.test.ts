/** What everybody may read at `/`: how it stands, and what was out when; no reason, no account, no key. */
import { describe, expect, it } from "vitest";
import type { Incident } from "../../../src/breaker/board-state.ts";
import { statusPage } from "../../../src/http/status-page.ts";
import { resolveRouting } from "../../../src/routing/resolve-routing.ts";
import { RoutingMap } from "../../../src/routing/routing-map.ts";
import type { WorkerDeps } from "../../../src/worker-deps.ts";
import { operatorDeps } from "../../support/operator-deps.ts";
import { NIGHT_MS } from "../../support/parked-job.ts";
import { UNASKED_SWITCHBOARD } from "../../support/unasked-switchboard.ts";

const incident: Incident = {
  id: 1,
  rule: "account",
  target: "openai:OPENAI_API_KEY",
  kind: "credit_exhausted",
  detail: "your balance is empty",
  provider: "openai",
  routes: ["hot-1", "hot-2"],
  firstFailureAtMs: NIGHT_MS - 65_000,
  startedAtMs: NIGHT_MS - 60_000,
  endedAtMs: null,
  calls: { saved: 3, parked: 2, missed: 1 },
};

function depsWith(incidents: () => Promise<readonly Incident[]>, more: Partial<WorkerDeps> = {}): WorkerDeps {
  const map = RoutingMap.parse({ hot: [{ provider: "ollama", model: "one" }] });
  const routing = resolveRouting(map, () => undefined);
  return operatorDeps({ routing, switchboard: () => ({ ...UNASKED_SWITCHBOARD, incidents }), ...more });
}

async function pageOf(deps: WorkerDeps): Promise<string> {
  return await (await statusPage(new Request("https://lisbon.test/"), deps)).text();
}

describe("the status page", () => {
  it("says which routes were out since when, and neither why nor whose account", async () => {
    const text = await pageOf(depsWith(async () => [incident]));

    expect(text).toContain("hot-1, hot-2");
    expect(text).toContain(`<time datetime="${new Date(NIGHT_MS - 60_000).toISOString()}">`);
    expect(text).toMatch(/UTC<\/time> to\s+now/);
    expect(text).not.toMatch(/OPENAI_API_KEY|credit_exhausted|balance/);
  });

  it("is there while the switchboard is away, and says that outages are not known", async () => {
    const text = await pageOf(depsWith(() => Promise.reject(new Error("away"))));

    expect(text).toContain("Serving. Every route is healthy.");
    expect(text).toContain("Not known right now.");
  });

  it("asks the switchboard once for however many readers of five seconds", async () => {
    let asked = 0;
    const deps = depsWith(async () => {
      asked += 1;
      return [];
    });
    for (let reader = 0; reader < 5; reader++) await pageOf(deps);

    expect(asked).toBe(1);
  });

  it("asks it once for readers at once too, however long the answer takes", async () => {
    let asked = 0;
    const answer = Promise.withResolvers<readonly Incident[]>();
    const deps = depsWith(() => {
      asked += 1;
      return answer.promise;
    });
    const first = pageOf(deps);
    expect(await pageOf(deps)).toContain("Not known right now.");
    answer.resolve([incident]);

    expect(await first).toContain("hot-1, hot-2");
    expect(await pageOf(deps)).toContain("hot-1, hot-2");
    expect(asked).toBe(1);
  });

  it("calls a pause a pause", async () => {
    const { breakers } = operatorDeps();
    const deps = depsWith(async () => [], { breakers: { ...breakers, paused: () => true } });

    expect(await pageOf(deps)).toContain("<h1>Paused: new calls wait, running ones finish.</h1>");
  });

  it.each([
    ["with the queue's flag off", {}, { enable_warm_fallback: true, enable_cold_queue: false }],
    ["with a map that keeps no call", { cold: { mode: "off" as const } }, undefined],
  ])("says that calls are refused, not kept, %s", async (_what, map, flags) => {
    const { breakers } = operatorDeps();
    const routing = resolveRouting(
      RoutingMap.parse({ hot: [{ provider: "ollama", model: "one" }], ...map }),
      () => undefined,
    );
    const paused = { ...breakers, paused: () => true, flags: () => flags ?? routing.flags };
    const open = { ...breakers, blocked: () => ({ why: "open" as const, untilMs: null }), flags: paused.flags };

    expect(await pageOf(depsWith(async () => [], { routing, breakers: paused }))).toContain(
      "<h1>Paused: new calls are refused, running ones finish.</h1>",
    );
    expect(await pageOf(depsWith(async () => [], { routing, breakers: open }))).toContain(
      "<h1>Not serving: no route can answer right now, and calls are refused.</h1>",
    );
  });
});
