import { describe, expect, it } from "vitest";
import type { Breakers, Outcome } from "../../../src/breaker/breakers.ts";
import { NO_WISHES } from "../../../src/domain/call.ts";
import { withCallFaults } from "../../../src/http/call-faults.ts";
import { bareSettings } from "../../support/bare-settings.ts";
import { ADMIN_KEY, operatorDeps } from "../../support/operator-deps.ts";
import { route } from "../../support/spine.ts";

const [one, two, warm] = [route("hot/a/one"), route("hot/b/two"), route("warm/c/three")];

describe("faults by header", () => {
  it("are refused where the deployment takes none, right key or not", () => {
    const deps = drillDeps([], { chaos: false });

    expect(withCallFaults(asking("hot/*=unreachable"), NO_WISHES, deps)).toMatchObject({
      failure: { kind: "faults_off" },
    });
  });

  it.each(["", "admin", `${ADMIN_KEY}x`])("are refused with %j for the admin key", (key) => {
    expect(withCallFaults(asking("hot/*=unreachable", key), NO_WISHES, drillDeps())).toMatchObject({
      failure: { kind: "admin_only" },
    });
  });

  it("are refused where there is no admin key, also to those who send none", () => {
    const deps = drillDeps([], { adminKey: null });

    expect(withCallFaults(asking("hot/*=unreachable", ""), NO_WISHES, deps)).toMatchObject({
      failure: { kind: "not_configured" },
    });
  });

  it.each(["", "unreachable", "hot/*=outage", "cold/*=unreachable", "hot/*=slow:1;share=0", "hot/*=unreachable,"])(
    "are refused as %j, which means nothing",
    (text) => {
      expect(withCallFaults(asking(text), NO_WISHES, drillDeps())).toMatchObject({
        failure: { kind: "invalid_request", param: "x-lisbon-fault" },
      });
    },
  );

  it("are refused with an Idempotency-Key, whose job would run without them", () => {
    const refused = withCallFaults(asking("hot/*=unreachable"), { ...NO_WISHES, key: "k" }, drillDeps());

    expect(refused).toMatchObject({ failure: { kind: "invalid_request", param: "x-lisbon-fault" } });
  });

  it("are met on the routes that are named, and on no other", () => {
    const breakers = drilled("hot/*=unreachable, warm/c/three=slow:3000, hot/b/two=empty");

    expect([one, two, warm].map((each) => breakers.injectedFault(each))).toEqual(["unreachable", "empty", "slow:3000"]);
    expect(drilled("hot/a/one=stall").injectedFault(two)).toBeNull();
  });

  it("are met by a share of the calls: chance decides once", () => {
    expect(drilled("hot/*=unreachable;share=51").injectedFault(one)).toBe("unreachable");
    expect(drilled("hot/*=unreachable;share=50").injectedFault(one)).toBeNull();
  });

  it("are never reported, while what the call sees of other routes is", () => {
    const outcomes: Outcome[] = [];
    const breakers = drilled("hot/*=unreachable", outcomes);
    const failure = { kind: "unreachable", detail: "" } as const;
    breakers.record({ route: one, startedAtMs: 0, durationMs: 1, failure });
    breakers.record({ route: warm, startedAtMs: 0, durationMs: 1, failure: null });

    expect(outcomes.map((outcome) => outcome.route.id)).toEqual(["warm/c/three"]);
  });
});

function asking(fault: string, key: string = ADMIN_KEY): Headers {
  return new Headers({ "x-lisbon-fault": fault, "x-lisbon-admin-key": key });
}

function drilled(fault: string, outcomes: Outcome[] = []): Breakers {
  const understood = withCallFaults(asking(fault), NO_WISHES, drillDeps(outcomes));
  if (!understood.ok) throw new Error(JSON.stringify(understood.failure));
  return understood.value.breakers;
}

function drillDeps(outcomes: Outcome[] = [], settings: Partial<typeof bareSettings> = {}) {
  const deps = operatorDeps({ settings: { ...bareSettings, adminKey: ADMIN_KEY, chaos: true, ...settings } });
  return {
    ...deps,
    routing: { ...deps.routing, routes: [one, two, warm] },
    breakers: { ...deps.breakers, record: (outcome: Outcome) => void outcomes.push(outcome) },
  };
}
